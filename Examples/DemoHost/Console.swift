internal import ExampleSupport
internal import Glibc
internal import Synchronization

/// Lines on standard output, and a progress line on standard error while it is a terminal.
final class Console: Sendable {
  private let showsProgress: Bool
  private let total: Int
  private let state = Mutex(State())

  private struct State {
    var done = 0
    var ended = 0
    var isDrawn = false
  }

  init(total: Int, quiet: Bool) {
    self.total = total
    showsProgress = !quiet && isatty(STDERR_FILENO) == 1
  }

  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal at standard output, or 80.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// A line of results.
  func print(_ line: String) {
    state.withLock { state in
      clear(&state)
      Output.write(line + "\n", to: STDOUT_FILENO)
      draw(&state)
    }
  }

  /// One file more is dealt with.
  func advance(workerEnded: Bool) {
    state.withLock { state in
      state.done += 1
      if workerEnded { state.ended += 1 }
      clear(&state)
      draw(&state)
    }
  }

  /// Takes the progress line away.
  func finish() { state.withLock { clear(&$0) } }

  static func complain(_ text: String) { Output.write("demo-host: \(text)\n", to: STDERR_FILENO) }

  private func draw(_ state: inout State) {
    guard showsProgress, state.done < total else { return }
    Output.write("\(state.done)/\(total) files, \(state.ended) workers ended", to: STDERR_FILENO)
    state.isDrawn = true
  }

  private func clear(_ state: inout State) {
    guard state.isDrawn else { return }
    Output.write("\r\u{1b}[K", to: STDERR_FILENO)
    state.isDrawn = false
  }
}
