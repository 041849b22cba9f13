package import MageSystem
internal import Synchronization

/// A time that stands still until a test moves it. The loops that were made with it take it for the clock of all their deadlines.
package final class ManualTime: Sendable {
  private struct State {
    var now: MonotonicTime
    var loops: [WeakLoop] = []
  }

  private struct WeakLoop { weak var loop: Loop? }

  private let state: Mutex<State>

  /// - Parameter start: what it begins with. Not zero, so that a test can tell a moment from none.
  package init(start: MonotonicTime = MonotonicTime(nanoseconds: 1_000_000_000)) {
    state = Mutex(State(now: start))
  }

  package var now: MonotonicTime { state.withLock { $0.now } }

  func attach(_ loop: Loop) { state.withLock { $0.loops.append(WeakLoop(loop: loop)) } }

  /// Moves the time on. Returns when every loop has run what has become due, in the order of its deadlines.
  package func advance(by duration: Duration) async {
    let loops = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      return state.loops.compactMap(\.loop)
    }
    for loop in loops { await Task(executorPreference: loop) { loop.runTimers() }.value }
  }
}
