internal import MageSystem

/// What /proc says of a process from outside (proc_pid_status(5)). The process itself has no part in it.
struct ProcessStatus {
  private let fields: [Substring: Substring]

  /// - Parameter pid: `nil` is this process.
  init(of pid: Int32?) throws(SystemError) {
    try self.init(ofEntry: pid.map { "\($0)" } ?? "self")
  }

  /// - Parameter name: a directory of /proc: a number, `self` or `thread-self`.
  init(ofEntry name: String) throws(SystemError) {
    let bytes = try FileReading.read("/proc/\(name)/status", limit: 64 << 10)
    self.init(text: String(decoding: bytes, as: UTF8.self))
  }

  init(text: String) {
    var fields: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[parts[0]] = parts[1].trimmed
    }
    self.fields = fields
  }

  subscript(_ name: String) -> Substring? { fields[name[...]] }

  func number(_ name: String) -> UInt64? { self[name].flatMap { UInt64($0) } }

  /// A capability set, or `nil` when the field is missing.
  func capabilities(_ name: String) -> UInt64? { self[name].flatMap { UInt64($0, radix: 16) } }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return self[start..<end]
  }
}
