internal import MageSystem

/// When an input is refused over which workers keep ending.
public struct InputRule: Sendable {
  /// Workers that may end over an input before it is refused.
  public var deaths: Int
  /// How long it is refused the first time. Then one caller may try again; when that costs another worker the time doubles.
  public var refusal: Duration
  /// The longest that it is refused.
  public var longest: Duration
  /// Inputs that are remembered. When there are more, the one whose last death is the longest ago is forgotten.
  public var capacity: Int

  public init(
    deaths: Int = 3, refusal: Duration = .seconds(30), longest: Duration = .seconds(600),
    capacity: Int = 4096
  ) {
    self.deaths = max(deaths, 1)
    self.refusal = max(refusal, .zero)
    self.longest = max(longest, refusal)
    self.capacity = max(capacity, 1)
  }
}

/// Remembers which inputs have ended workers. Only those take memory.
struct CircuitBreaker {
  private struct Entry {
    var deaths = 0
    var lastDeath: MonotonicTime
    var refusal: Duration
    /// Refused until then, once there were deaths enough.
    var opensAt: MonotonicTime?
    var isTried = false
  }

  struct Refusal: Equatable {
    let deaths: Int
    let time: Duration
  }

  private let rule: InputRule
  private var entries: [InputKey: Entry] = [:]

  init(_ rule: InputRule) { self.rule = rule }

  var count: Int { entries.count }

  /// Says why `key` is refused now; otherwise one who asked is on the way with it, and says later what came of it.
  mutating func refusal(of key: InputKey, at now: MonotonicTime) -> Refusal? {
    guard let entry = entries[key], let opensAt = entry.opensAt else { return nil }
    guard now >= opensAt, !entry.isTried else {
      let left = max(.zero, opensAt.since(now))
      return Refusal(deaths: entry.deaths, time: left == .zero ? entry.refusal : left)
    }
    entries[key]?.isTried = true
    return nil
  }

  /// A worker ended over it. Says what is refused from now on.
  mutating func died(_ key: InputKey, at now: MonotonicTime) -> Refusal? {
    var entry = entries[key] ?? Entry(lastDeath: now, refusal: rule.refusal)
    if entries[key] == nil, entries.count >= rule.capacity { forgetOldest() }
    entry.deaths += 1
    entry.lastDeath = now
    defer { entries[key] = entry }
    guard entry.deaths >= rule.deaths else { return nil }
    if entry.isTried { entry.refusal = min(entry.refusal * 2, rule.longest) }
    entry.isTried = false
    entry.opensAt = now.advanced(by: entry.refusal)
    return Refusal(deaths: entry.deaths, time: entry.refusal)
  }

  /// A worker has lived through it.
  mutating func survived(_ key: InputKey) { entries[key] = nil }

  /// Whoever was to try it never came to that.
  mutating func notTried(_ key: InputKey) { entries[key]?.isTried = false }

  private mutating func forgetOldest() {
    // Looked for only when yet another input has just cost a worker, which takes a thousand times as long.
    let oldest = entries.min { $0.value.lastDeath < $1.value.lastDeath }
    if let oldest { entries[oldest.key] = nil }
  }
}
