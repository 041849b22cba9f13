internal import CFloor
internal import Glibc
internal import MageSystem

/// The C functions of `CFloor` as Swift wants them.
enum Floors {
  /// Runs a program with `words` and returns the number that it prints.
  static func number(_ words: [String]) throws -> UInt64 {
    var number: UInt64 = 0
    let status = with(words) { floor_number($0, &number) }
    guard status == 0 else { throw SystemError("\(words[0]) (status \(status))", errno: EIO) }
    return number
  }

  /// Calls `body` with `words` as an argument vector.
  static func with<Value>(
    _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Value
  ) rethrows -> Value {
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    return try body(arguments)
  }

  /// A field of /proc/PID/smaps_rollup in bytes: `Pss`, `Anonymous` (proc_pid_smaps(5)).
  static func memory(_ field: String, of pid: Int32) throws -> UInt64 {
    let path = "/proc/\(pid)/smaps_rollup"
    let text = String(decoding: try FileReading.read(path, limit: 1 << 16), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(field):") }
    guard let words = line?.split(separator: " "), words.count > 1, let count = UInt64(words[1])
    else { throw SystemError("read(\(path))", errno: ENODATA) }
    return count * 1024
  }
}
