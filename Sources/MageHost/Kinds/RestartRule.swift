/// How soon a worker or template is started again that ended before it was of any use.
///
/// One that ended over what it was given is replaced at once: that is what workers are for.
public struct RestartRule: Sendable {
  /// The pause after the first failure; it doubles with each one that follows.
  public var first: Duration
  /// The longest pause.
  public var longest: Duration
  /// What lived this long is not held against the next.
  public var probation: Duration
  /// After this many failures in a row whoever asks for a worker is refused at once, with the reason, until a start succeeds; one is tried after each pause
  /// that somebody asks. `nil` to have callers wait through it.
  public var failuresBeforeGivingUp: Int?

  public init(
    first: Duration = .milliseconds(50), longest: Duration = .seconds(5),
    probation: Duration = .seconds(10), failuresBeforeGivingUp: Int? = nil
  ) {
    self.first = max(first, .milliseconds(1))
    self.longest = max(longest, first)
    self.probation = probation
    self.failuresBeforeGivingUp = failuresBeforeGivingUp.map { max($0, 1) }
  }
}
