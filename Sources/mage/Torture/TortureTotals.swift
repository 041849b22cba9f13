internal import MageDrill
internal import MagePolicy
internal import Synchronization

/// What a torture has seen so far.
final class TortureTotals: Sendable {
  struct Values: Sendable {
    var endings: [String: Int] = [:]
    var hostile = 0
    var tricks: [String: Int] = [:]
    /// Turns of friendly workers, by what they were.
    var turns: [String: Int] = [:]
    /// The longest that a turn took, in microseconds: one that waits among hundreds is in no percentile.
    var slowest: UInt32 = 0
    var calls = 0
    /// Times of the calls, in microseconds; of many, the last.
    var latencies: [UInt32] = []
    var failures: [String] = []
  }

  private static let mostLatencies = 1 << 16
  private static let mostFailures = 100

  private let friends = Atomic(0)
  private let state = Mutex(Values())

  init() { state.withLock { $0.latencies.reserveCapacity(Self.mostLatencies) } }

  var values: Values { state.withLock { $0 } }

  func count(_ behaviour: Behaviour, _ outcome: String) {
    state.withLock { state in
      state.hostile += 1
      state.endings["\(behaviour.rawValue): \(outcome)", default: 0] += 1
    }
  }

  func count(_ trick: Trick) {
    state.withLock { $0.tricks[trick.rawValue, default: 0] += 1 }
  }

  func count(_ turn: Turn, _ time: Duration) {
    state.withLock { state in
      state.turns[turn.rawValue, default: 0] += 1
      state.slowest = max(state.slowest, Self.microseconds(time))
    }
  }

  func answered(_ time: Duration) {
    let microseconds = Self.microseconds(time)
    state.withLock { state in
      if state.latencies.count < Self.mostLatencies {
        state.latencies.append(microseconds)
      } else {
        state.latencies[state.calls % Self.mostLatencies] = microseconds
      }
      state.calls += 1
    }
  }

  private static func microseconds(_ time: Duration) -> UInt32 {
    let (seconds, attoseconds) = time.components
    return UInt32(clamping: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }

  func fail(_ text: String) {
    state.withLock { state in
      guard state.failures.count < Self.mostFailures else { return }
      state.failures.append(text)
    }
  }

  /// One more friendly worker has answered its first call, or never will.
  func began() { friends.add(1, ordering: .relaxed) }

  /// Waits until so many friendly workers have begun.
  func waitForFirstCalls(_ count: Int) async {
    while friends.load(ordering: .relaxed) < count { try? await Task.sleep(for: .milliseconds(5)) }
  }

  func checkLatency(_ longest: Duration, slowest: Duration) {
    let values = values
    let p99 = values.percentile(99)
    if .microseconds(p99) > longest {
      fail("99 of 100 friendly calls took up to \(p99) us, more than \(longest)")
    }
    guard .microseconds(values.slowest) > slowest else { return }
    fail("a friendly turn took \(values.slowest) us, more than \(slowest)")
  }
}

extension TortureTotals.Values {
  /// In microseconds.
  func percentile(_ percent: Int) -> UInt32 {
    let sorted = latencies.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count * percent / 100, sorted.count - 1)]
  }

  var progress: String {
    "\(hostile) hostile workers ended, \(calls) friendly calls, p50 \(percentile(50)) us, "
      + "p99 \(percentile(99)) us, slowest turn \(slowest) us, \(failures.count) failures"
  }

  var json: JSONValue {
    .object([
      ("hostileWorkers", .integer(Int64(hostile))), ("friendlyCalls", .integer(Int64(calls))),
      ("p50Microseconds", .integer(Int64(percentile(50)))),
      ("p99Microseconds", .integer(Int64(percentile(99)))),
      ("slowestMicroseconds", .integer(Int64(slowest))),
      (
        "endings",
        .object(
          endings.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })
      ),
      ("failures", .array(failures.map { .string($0) })),
    ])
  }

  var summary: String {
    let rows = endings.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    let more = [("tricks", tricks), ("friendly", turns)].map { name, counts in
      let words = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return "  \(name): \(words.joined(separator: ", "))"
    }
    return (rows + more + [progress]).joined(separator: "\n")
  }
}
