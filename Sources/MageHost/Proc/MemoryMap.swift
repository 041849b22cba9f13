internal import MageSystem

/// The mappings of a process (proc_pid_maps(5)), to say where an instruction lies.
///
/// A taken-over process chooses how many mappings it has and, within its view, what they are called; both are bounded here.
struct MemoryMap {
  struct Place: Equatable {
    let module: String
    let offset: UInt64
  }

  private static let limit = 1 << 20
  private static let longestName = 128

  private let text: String

  /// Empty when /proc cannot be read: a report without a place is still a report.
  init(of pid: Int32) {
    let bytes = try? FileReading.read("/proc/\(pid)/maps", limit: Self.limit)
    self.init(text: String(decoding: bytes ?? [], as: UTF8.self))
  }

  init(text: String) { self.text = text }

  /// The file and the offset in it that `address` comes from.
  func place(of address: UInt64) -> Place? {
    for line in text.split(separator: "\n") {
      // 7f01a000-7f01b000 r-xp 00002000 00:1a 1234   /lib/libc.so.6
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard fields.count >= 3, let range = Self.range(fields[0]), range.contains(address),
        let base = UInt64(fields[2], radix: 16)
      else { continue }
      let name = fields.count > 5 ? fields[5].drop { $0 == " " } : "anonymous memory"
      let (offset, overflow) = (address - range.lowerBound).addingReportingOverflow(base)
      return Place(module: Self.printable(name), offset: overflow ? 0 : offset)
    }
    return nil
  }

  private static func range(_ field: Substring) -> Range<UInt64>? {
    let ends = field.split(separator: "-")
    guard ends.count == 2, let low = UInt64(ends[0], radix: 16),
      let high = UInt64(ends[1], radix: 16), low < high
    else { return nil }
    return low..<high
  }

  private static func printable(_ name: Substring) -> String {
    String(
      name.unicodeScalars.prefix(longestName).map {
        $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?"
      })
  }
}
