internal import MagePipes
internal import Synchronization

/// How a played worker ended: once, and the first cause wins, as for a real one.
final class PlayedEnding: Sendable {
  private struct State {
    var cause: Ending.Cause?
    var isTold = false
    var waiting: [CheckedContinuation<Ending.Cause, Never>] = []
  }

  private let state = Mutex(State())

  var cause: Ending.Cause? { state.withLock { $0.cause } }

  /// Whether this is the first cause. Nobody hears of it before ``tell()``.
  func set(_ cause: Ending.Cause) -> Bool {
    state.withLock { state in
      guard state.cause == nil else { return false }
      state.cause = cause
      return true
    }
  }

  /// Everything is closed: whoever waits is told.
  func tell() {
    let (cause, waiting) = state.withLock { state in
      state.isTold = true
      defer { state.waiting = [] }
      return (state.cause, state.waiting)
    }
    guard let cause else { return }
    for continuation in waiting { continuation.resume(returning: cause) }
  }

  func wait() async -> Ending.Cause {
    await withCheckedContinuation { continuation in
      let cause = state.withLock { state -> Ending.Cause? in
        if state.isTold, let cause = state.cause { return cause }
        state.waiting.append(continuation)
        return nil
      }
      if let cause { continuation.resume(returning: cause) }
    }
  }
}
