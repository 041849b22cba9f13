internal import Synchronization

/// How many uploads are in the house. Asked before a byte of one is read, so that the memory for them has a bound.
final class Gate: Sendable {
  private let limit: Int
  private let inside = Mutex(0)

  init(limit: Int) { self.limit = limit }

  var count: Int { inside.withLock { $0 } }

  /// Runs `body` if there is room; `nil` when there is none.
  func enter<Value>(_ body: () async -> Value) async -> Value? {
    let isAdmitted = inside.withLock { inside in
      guard inside < limit else { return false }
      inside += 1
      return true
    }
    guard isAdmitted else { return nil }
    defer { inside.withLock { $0 -= 1 } }
    return await body()
  }
}
