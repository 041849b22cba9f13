internal import Glibc
internal import MageSystem

/// Turns ^C and SIGTERM into a cancelled task, so that workers end and no partial sheet is left.
enum Interrupts {
  /// Blocks the signals in this thread and those it will start. Call first in `main`.
  static func block() {
    var signals = set
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Calls `action` at the first signal; a second one ends the process at once.
  static func onFirst(_ action: @escaping @Sendable () -> Void) throws(SystemError) {
    try Thread.start(name: "signals") {
      wait()
      action()
      wait()
      _exit(ExitStatus.interrupted)
    }
  }

  private static func wait() {
    var signals = set
    var number: Int32 = 0
    while sigwait(&signals, &number) != 0 {}
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
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
