internal import MageSystem

/// How long to wait before something that ended is started again: not at all at first, then ever longer while it keeps ending soon.
struct BackOff {
  private let rule: RestartRule
  private(set) var delay = Duration.zero
  /// In a row.
  private(set) var failures = 0
  private var started: MonotonicTime?

  init(_ rule: RestartRule = RestartRule()) { self.rule = rule }

  /// When the next start may be.
  func next(_ now: MonotonicTime) -> MonotonicTime {
    guard delay > .zero, let started else { return now }
    return max(now, started.advanced(by: delay))
  }

  mutating func start(_ now: MonotonicTime) { started = now }

  /// What was started last has ended, or never came to life.
  mutating func ended(_ now: MonotonicTime) {
    guard let started, now.since(started) < rule.probation else {
      delay = .zero
      failures = 0
      return
    }
    failures &+= 1
    delay = delay == .zero ? rule.first : min(delay * 2, rule.longest)
  }

  /// It was of use.
  mutating func succeeded() { failures = 0 }

  var hasGivenUp: Bool { rule.failuresBeforeGivingUp.map { failures >= $0 } ?? false }
}
