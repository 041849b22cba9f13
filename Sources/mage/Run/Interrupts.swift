internal import Dispatch
internal import Glibc
internal import Synchronization

/// Turns ^C, SIGTERM and SIGHUP into an orderly end: the program dies first, then the report is written.
final class Interrupts: Sendable {
  private let state = Mutex(State())

  // @unchecked because a dispatch source may be used on any thread; the queue is its own.
  private struct Sources: @unchecked Sendable { var sources: [any DispatchSourceSignal] }

  private struct State {
    var signal: Int32?
    var action: (@Sendable () -> Void)?
    var sources = Sources(sources: [])
  }

  /// From now on the signals are held for ``onFirst(_:)``.
  init() {
    let queue = DispatchQueue(label: "signals")
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      // A source sees signals that are ignored, and none that are not.
      Glibc.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in self?.take(number) }
      source.activate()
      return source
    }
    state.withLock { $0.sources = Sources(sources: sources) }
  }

  /// The first signal that came.
  var signal: Int32? { state.withLock { $0.signal } }

  /// Calls `action` at the first signal, or now if there was one already.
  func onFirst(_ action: @escaping @Sendable () -> Void) {
    let isDue = state.withLock { state in
      state.action = action
      return state.signal != nil
    }
    if isDue { action() }
  }

  private func take(_ number: Int32) {
    // A second signal ends the command at once; the kernel then ends the program.
    Glibc.signal(number, SIG_DFL)
    let action = state.withLock { state in
      state.signal = state.signal ?? number
      return state.action
    }
    action?()
  }
}
