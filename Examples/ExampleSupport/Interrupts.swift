internal import Dispatch
internal import Glibc

/// Turns ^C and SIGTERM into a call, so that a program can end its workers and leave nothing half done.
package struct Interrupts {
  private let sources: [any DispatchSourceSignal]

  /// Calls `action` at the first signal; a second one ends the process at once. Holds for as long as the value lives.
  package init(onFirst action: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "signals")
    sources = [SIGINT, SIGTERM].map { number in
      // The source sees signals that are ignored, and none that are not.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        action()
        signal(number, SIG_DFL)
      }
      source.activate()
      return source
    }
  }

  package func cancel() {
    for source in sources { source.cancel() }
  }
}
