internal import ArgumentParser
internal import Glibc

/// What the command says to people.
enum Console {
  static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func complain(_ text: String) { write("mage: \(text)\n", to: STDERR_FILENO) }

  /// Writes all of `text`; a reader that has gone is no error.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        if errno == EINTR { continue }
        return false
      }
      bytes = bytes.dropFirst(count)
    }
    return true
  }
}

extension Console {
  /// Writes a policy, which nobody else may then change.
  static func writeFile(_ text: String, at path: String) throws(ExitCode) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0, write(text, to: file) else {
      complain("\(path): cannot be written")
      throw ExitCode(ExitStatus.noOutput)
    }
    close(file)
  }
}

/// Exit statuses of the commands beside `run`, by sysexits.h(3head) where it has one. Wrong options exit with 64 (EX_USAGE).
enum ExitStatus {
  /// The answer is no: a test failed, two policies differ, the machine lacks something.
  static let no: Int32 = 1
  /// The policy has a mistake (EX_DATAERR).
  static let policy: Int32 = 65
  /// A file cannot be read (EX_NOINPUT).
  static let noInput: Int32 = 66
  /// A file cannot be written (EX_CANTCREAT).
  static let noOutput: Int32 = 73
}
