internal import MageSystem

/// Decides how long a loop may wait for its peers by looking again and again, before it sleeps.
///
/// An end that still looks when the answer comes saves both ends their system calls and the kernel a wake-up, a factor of tens; one that looks in
/// vain takes a processor from somebody. So looking is tried, goes on for as long as it succeeds, and is tried ever more rarely when it does not. An end
/// that notices that its processor was taken away meanwhile gives up at once and for longer: there is other work, or the machine has other guests.
///
/// Two ends find the fast state by themselves, because one try is longer than waking the other end takes: whoever asks first waits awake for the answer,
/// and whoever answered waits awake for the next question.
struct Spinning {
  /// Longer than waking a thread on another processor takes, some tens of microseconds.
  static let limit: UInt64 = 80_000
  /// A pause between two looks at the clock that only the loss of the processor explains.
  static let gap: UInt64 = 20_000
  private static let shortestRest: UInt64 = 100_000
  private static let longestRest: UInt64 = 50_000_000
  private static let shortestRetreat: UInt64 = 50_000_000
  private static let longestRetreat: UInt64 = 2_000_000_000
  /// Successes in a row after which the machine counts as quiet again.
  private static let quiet = 4096

  enum Outcome { case found, nothing, interrupted }

  private var notBefore: UInt64 = 0
  private var rest = Spinning.shortestRest
  private var retreat = Spinning.shortestRetreat
  private var successes = 0

  func mayStart(at now: MonotonicTime) -> Bool { now.nanoseconds >= notBefore }

  mutating func ended(_ outcome: Outcome, at now: MonotonicTime) {
    switch outcome {
    case .found:
      rest = Self.shortestRest
      successes = min(successes + 1, Self.quiet)
      if successes == Self.quiet { retreat = Self.shortestRetreat }
    case .nothing:
      notBefore = now.nanoseconds &+ rest
      rest = min(rest * 2, Self.longestRest)
    case .interrupted:
      successes = 0
      notBefore = now.nanoseconds &+ retreat
      retreat = min(retreat * 2, Self.longestRetreat)
    }
  }
}
