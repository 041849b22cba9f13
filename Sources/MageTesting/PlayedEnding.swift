internal import MagePipes
internal import Synchronization

/// How a played worker ended: once, and the first cause wins, as for a real one.
final class PlayedEnding: Sendable {
  private struct State {
    var cause: Ending.Cause?
    var waiting: [CheckedContinuation<Ending.Cause, Never>] = []
  }

  private let state = Mutex(State())

  var cause: Ending.Cause? { state.withLock { $0.cause } }

  /// Whether this is the first cause.
  func set(_ cause: Ending.Cause) -> Bool {
    let waiting = state.withLock { state -> [CheckedContinuation<Ending.Cause, Never>]? in
      guard state.cause == nil else { return nil }
      state.cause = cause
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting ?? [] { continuation.resume(returning: cause) }
    return waiting != nil
  }

  func wait() async -> Ending.Cause {
    await withCheckedContinuation { continuation in
      let cause = state.withLock { state -> Ending.Cause? in
        if state.cause == nil { state.waiting.append(continuation) }
        return state.cause
      }
      if let cause { continuation.resume(returning: cause) }
    }
  }
}
