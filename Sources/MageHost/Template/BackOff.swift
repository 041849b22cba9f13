internal import MageSystem

/// How long to wait before something that ended is started again: not at all at first, then ever longer while it keeps ending soon.
struct BackOff {
  static let first = Duration.milliseconds(50)
  static let longest = Duration.seconds(5)
  /// What lived this long is no longer held against the next.
  static let probation = Duration.seconds(10)

  private var delay = Duration.zero
  private var started: MonotonicTime?

  /// When the next start may be.
  func next(_ now: MonotonicTime) -> MonotonicTime {
    guard delay > .zero, let started else { return now }
    return max(now, started.advanced(by: delay))
  }

  mutating func start(_ now: MonotonicTime) { started = now }

  /// What was started last has ended, or never came to life.
  mutating func ended(_ now: MonotonicTime) {
    guard let started, now.since(started) < Self.probation else {
      delay = .zero
      return
    }
    delay = delay == .zero ? Self.first : min(delay * 2, Self.longest)
  }
}
