internal import Glibc
internal import MageSystem

/// What processes hold of the machine's memory, as /proc shows it from outside.
struct MemoryUse {
  /// Pages of their own, and the tables that map pages. The tables count because a process can make the kernel hold gigabytes of
  /// them without a page of its own.
  private(set) var own: UInt64 = 0
  /// Pages of files, which those that map the same file have in common.
  private(set) var files: UInt64 = 0
  /// Pages of memory that can be shared, likewise.
  private(set) var shared: UInt64 = 0

  /// Processes that are gone have nothing.
  init(of processes: [Int32]) {
    for pid in processes {
      guard let text = try? FileReading.read("/proc/\(pid)/status", limit: 64 << 10) else {
        continue
      }
      var field = Self.fields(text)
      own = own &+ field.next() &+ field.next()
      files = max(files, field.next())
      shared = max(shared, field.next())
    }
  }

  /// - Parameter held: memory that is somebody's without being mapped. What is mapped too is counted once.
  func bytes(beside held: UInt64 = 0) -> UInt64 { own &+ files &+ max(shared, held) }

  /// Of one process; 0 when it is gone.
  static func bytes(of pid: Int32) -> UInt64 { MemoryUse(of: [pid]).bytes() }

  /// The numbers of a status file (proc_pid_status(5)) in the order of `counted`, in bytes.
  private static func fields(_ text: [UInt8]) -> Fields {
    let lines = text.split(separator: newline)
    return Fields(
      values: counted.map { name in
        let line = lines.first { $0.starts(with: name) }
        return line.map(number)?.multipliedReportingOverflow(by: 1024).partialValue ?? 0
      })
  }

  private struct Fields {
    var values: [UInt64]
    mutating func next() -> UInt64 { values.isEmpty ? 0 : values.removeFirst() }
  }

  private static let counted = ["RssAnon:".utf8, "VmPTE:".utf8, "RssFile:".utf8, "RssShmem:".utf8]
  private static let newline = UInt8(ascii: "\n")

  private static func number(in line: ArraySlice<UInt8>) -> UInt64 {
    line.reduce(0) { sum, byte in
      let digit = byte &- UInt8(ascii: "0")
      return digit < 10 ? sum &* 10 &+ UInt64(digit) : sum
    }
  }

  /// Bytes that a process and those that it has waited for passed to write(2) and its like (proc_pid_io(5)), also of one that has ended and
  /// is not reaped; `nil` where the kernel does not count them or this process may not look.
  static func writtenBytes(of pid: Int32) -> UInt64? {
    guard let text = try? FileReading.read("/proc/\(pid)/io", limit: 4096) else { return nil }
    return text.split(separator: newline).first { $0.starts(with: "wchar:".utf8) }.map(number)
  }
}
