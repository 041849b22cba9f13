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
