internal import MageSystem
internal import Synchronization

/// Work that may block, one piece after the other on a thread that lives for as long as there is some.
final class SerialThread: Sendable {
  private let name: String
  private let state = Mutex(State())

  private struct State {
    var isRunning = false
    var work: [@Sendable () -> Void] = []
    var whenIdle: [@Sendable () -> Void] = []
  }

  init(name: String) { self.name = name }

  /// Queues `work`. Throws when the machine refuses a thread; then nothing is queued.
  func submit(_ work: @escaping @Sendable () -> Void) throws(SystemError) {
    let isFirst = state.withLock { state in
      state.work.append(work)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard isFirst else { return }
    do throws(SystemError) {
      try Thread.start(name: name) { [self] in run() }
    } catch {
      let idle = state.withLock { state in
        defer { state = State() }
        return state.whenIdle
      }
      for action in idle { action() }
      throw error
    }
  }

  /// Returns when everything that was queued is done.
  func drain() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let isIdle = state.withLock { state in
        if state.isRunning { state.whenIdle.append { continuation.resume() } }
        return !state.isRunning
      }
      if isIdle { continuation.resume() }
    }
  }

  private func run() {
    while let work = next() { work() }
  }

  private func next() -> (@Sendable () -> Void)? {
    let (work, idle) = state.withLock {
      state -> ((@Sendable () -> Void)?, [@Sendable () -> Void]) in
      guard state.work.isEmpty else { return (state.work.removeFirst(), []) }
      state.isRunning = false
      defer { state.whenIdle = [] }
      return (nil, state.whenIdle)
    }
    for action in idle { action() }
    return work
  }
}
