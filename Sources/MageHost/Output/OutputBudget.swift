internal import MageSystem

/// What one worker's output may cost its host in a second.
struct OutputBudget {
  /// Bytes that are read only to be dropped. Beyond them nothing is read before the second is over, and the worker waits for its pipe.
  private static let mostBytes = 4 << 20

  private let rule: OutputRule
  private var start: MonotonicTime
  private var bytes = 0
  private var lines = 0

  init(_ rule: OutputRule, at now: MonotonicTime) {
    self.rule = rule
    start = now
  }

  private mutating func renew(_ now: MonotonicTime) {
    guard now.since(start) >= .seconds(1) else { return }
    start = now
    bytes = 0
    lines = 0
  }

  /// How many of `count` bytes are to be looked at.
  mutating func admit(bytes count: Int, at now: MonotonicTime) -> Int {
    renew(now)
    let left = max(0, rule.bytesPerSecond - bytes)
    bytes += count  // at most a pipe's capacity above `mostBytes`
    return min(count, left)
  }

  mutating func admitLine() -> Bool {
    guard lines < rule.linesPerSecond else { return false }
    lines += 1
    return true
  }

  /// When to read on; `nil` for now.
  func pause() -> MonotonicTime? {
    bytes >= Self.mostBytes ? start.advanced(by: .seconds(1)) : nil
  }
}
