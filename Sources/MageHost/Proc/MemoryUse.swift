internal import Glibc
internal import MageSystem

/// What a process holds of the machine's memory, as /proc shows it from outside.
enum MemoryUse {
  /// Resident pages and the tables that map them, in bytes (proc_pid_status(5)); 0 when the process is gone. The tables count because a process can
  /// make the kernel hold gigabytes of them without a page of its own.
  static func bytes(of pid: Int32) -> UInt64 {
    guard let text = try? FileReading.read("/proc/\(pid)/status", limit: 64 << 10) else { return 0 }
    var kibibytes: UInt64 = 0
    for line in text.split(separator: newline)
    where counted.contains(where: { line.starts(with: $0) }) {
      kibibytes = kibibytes &+ number(in: line)
    }
    return kibibytes.multipliedReportingOverflow(by: 1024).partialValue
  }

  private static let counted = ["VmRSS:".utf8, "VmPTE:".utf8]
  private static let newline = UInt8(ascii: "\n")

  private static func number(in line: ArraySlice<UInt8>) -> UInt64 {
    line.reduce(0) { sum, byte in
      let digit = byte &- UInt8(ascii: "0")
      return digit < 10 ? sum &* 10 &+ UInt64(digit) : sum
    }
  }

  /// What lies in directories in memory that the process sees at `paths`, in bytes: nobody has to have it mapped. 0 where this process may not
  /// look (statvfs(3)).
  static func temporaryBytes(of pid: Int32, at paths: [String]) -> UInt64 {
    paths.reduce(0) { sum, path in
      var facts = statvfs()
      guard statvfs("/proc/\(pid)/root\(path)", &facts) == 0 else { return sum }
      let blocks = UInt64(facts.f_blocks) &- min(UInt64(facts.f_bfree), UInt64(facts.f_blocks))
      return sum
        &+ blocks.multipliedReportingOverflow(by: UInt64(clamping: facts.f_frsize)).partialValue
    }
  }

  /// Bytes that a process and those that it has waited for passed to write(2) and its like (proc_pid_io(5)), also of one that has ended and
  /// is not reaped; `nil` where the kernel does not count them or this process may not look.
  static func writtenBytes(of pid: Int32) -> UInt64? {
    guard let text = try? FileReading.read("/proc/\(pid)/io", limit: 4096) else { return nil }
    return text.split(separator: newline).first { $0.starts(with: "wchar:".utf8) }.map(number)
  }
}
