internal import Dispatch
internal import Glibc

/// Turns ^C and SIGTERM into a cancelled task, so that workers end and no partial sheet is left.
struct Interrupts {
  private let sources: [any DispatchSourceSignal]

  /// Calls `action` at the first signal; a second one ends the process at once. Holds for as long as the value lives.
  init(onFirst action: @escaping @Sendable () -> Void) {
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

  func cancel() {
    for source in sources { source.cancel() }
  }
}

/// Exit statuses beside 0, by sysexits.h(3head) where it has one. Wrong options exit with 64 (EX_USAGE).
enum ExitStatus {
  /// The policy has a mistake (EX_DATAERR).
  static let policy: Int32 = 65
  /// The directory cannot be read or holds no images, or the policy file is missing (EX_NOINPUT).
  static let noInput: Int32 = 66
  /// Workers cannot be started on this machine or from this executable (EX_UNAVAILABLE).
  static let noWorkers: Int32 = 69
  /// The sheet cannot be written (EX_CANTCREAT).
  static let noOutput: Int32 = 73
  /// ^C or SIGTERM.
  static let interrupted: Int32 = 130
}
