internal import MageSystem

/// What /proc says of a process from outside (proc_pid_status(5)). The process itself has no part in it.
///
/// It is read in the way of every start, so it is looked through as bytes: making a dictionary of sixty lines took longer than the kernel takes
/// to write them.
struct ProcessStatus {
  private let lines: [ArraySlice<UInt8>]

  /// - Parameter pid: `nil` is this process.
  init(of pid: Int32?) throws(SystemError) {
    try self.init(ofEntry: pid.map { "\($0)" } ?? "self")
  }

  /// - Parameter name: a directory of /proc: a number, `self` or `thread-self`.
  init(ofEntry name: String) throws(SystemError) {
    self.init(try FileReading.read("/proc/\(name)/status", limit: 64 << 10))
  }

  init(text: String) { self.init(Array(text.utf8)) }

  private init(_ bytes: [UInt8]) { lines = bytes.split(separator: UInt8(ascii: "\n")) }

  /// What follows the name, a colon and blanks on a line of its own, without the blanks at its end. The first such line counts: the kernel
  /// writes its own, and a line end in a process's name as `\n`.
  subscript(_ name: String) -> Substring? {
    for line in lines where line.starts(with: name.utf8) {
      let rest = line.dropFirst(name.utf8.count)
      guard rest.first == UInt8(ascii: ":") else { continue }
      return Substring(decoding: Self.trimmed(rest.dropFirst()), as: UTF8.self)
    }
    return nil
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var value = bytes.drop { isBlank($0) }
    while let last = value.last, isBlank(last) { value = value.dropLast() }
    return value
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  func number(_ name: String) -> UInt64? { self[name].flatMap { UInt64($0) } }

  /// A capability set, or `nil` when the field is missing.
  func capabilities(_ name: String) -> UInt64? { self[name].flatMap { UInt64($0, radix: 16) } }
}
