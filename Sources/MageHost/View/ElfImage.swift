internal import MageSystem

/// What an ELF file needs to run: its interpreter and the shared objects it names (elf(5)).
///
/// Executables and their libraries are the host's own files and trusted; a damaged one ends in an error all the same.
struct ElfImage {
  /// PT_INTERP, the dynamic linker's path; `nil` in static executables and in libraries.
  let interpreter: String?
  /// DT_NEEDED, in order.
  let needed: [String]
  /// DT_RUNPATH or DT_RPATH, split at colons.
  let runPath: [String]
  let isDynamic: Bool
  /// Bytes of writable segments in memory, zeroed ones included.
  let staticBytes: UInt64

  enum Defect: Error, Equatable {
    case notElf
    case unsupported(String)
    case damaged(String)
    case unreadable(SystemError)
  }

  private static let headerSize = 64
  private static let programHeaderSize = 56
  private static let mostProgramHeaders = 128
  private static let longestTable = 4 << 20

  init(_ file: borrowing OwnedDescriptor) throws(Defect) {
    // The magic first: a script may be shorter than a header.
    let magic = try? Self.read(file, 0, 4)
    guard magic == [0x7F, 0x45, 0x4C, 0x46] else { throw .notElf }
    let header = try Self.read(file, 0, Self.headerSize)
    guard header[4] == 2, header[5] == 1 else { throw .unsupported("not 64-bit little-endian") }
    let segments = try Self.segments(file, header)
    interpreter = try Self.interpreter(file, segments)
    staticBytes = segments.filter { $0.type == Segment.load && $0.isWritable }
      .reduce(0) { $0.addingReportingOverflow($1.memorySize).partialValue }
    guard let dynamic = segments.first(where: { $0.type == Segment.dynamic }) else {
      (needed, runPath, isDynamic) = ([], [], false)
      return
    }
    isDynamic = interpreter != nil
    let entries = try Self.dynamicEntries(file, dynamic)
    let strings = try Self.strings(file, entries, segments)
    needed = try entries.filter { $0.tag == 1 }.map { (entry) throws(Defect) in
      try Self.string(strings, entry.value)
    }
    let path = entries.first { $0.tag == 29 } ?? entries.first { $0.tag == 15 }
    runPath =
      try path.map { (entry) throws(Defect) in
        try Self.string(strings, entry.value).split(separator: ":").map(String.init)
      } ?? []
  }

  private struct Segment {
    static let load: UInt32 = 1
    static let dynamic: UInt32 = 2
    static let interpreter: UInt32 = 3

    let type: UInt32
    let offset: UInt64
    let address: UInt64
    let size: UInt64
    let memorySize: UInt64
    let isWritable: Bool
  }

  private struct Entry {
    let tag: UInt64
    let value: UInt64
  }

  private static func segments(
    _ file: borrowing OwnedDescriptor, _ header: [UInt8]
  ) throws(Defect) -> [Segment] {
    let count = Int(header.uint16(at: 56))
    guard header.uint16(at: 54) == programHeaderSize, count <= mostProgramHeaders else {
      throw .damaged("program headers")
    }
    let table = try read(file, header.uint64(at: 32), count * programHeaderSize)
    return (0..<count).map { index in
      let base = index * programHeaderSize
      return Segment(
        type: table.uint32(at: base), offset: table.uint64(at: base + 8),
        address: table.uint64(at: base + 16), size: table.uint64(at: base + 32),
        memorySize: table.uint64(at: base + 40), isWritable: table.uint32(at: base + 4) & 2 != 0)
    }
  }

  private static func interpreter(
    _ file: borrowing OwnedDescriptor, _ segments: [Segment]
  ) throws(Defect) -> String? {
    guard let segment = segments.first(where: { $0.type == Segment.interpreter }) else {
      return nil
    }
    guard segment.size <= 4096 else { throw .damaged("interpreter") }
    return try string(try read(file, segment.offset, Int(segment.size)), 0)
  }

  private static func dynamicEntries(
    _ file: borrowing OwnedDescriptor, _ segment: Segment
  ) throws(Defect) -> [Entry] {
    guard segment.size <= longestTable else { throw .damaged("dynamic section") }
    let table = try read(file, segment.offset, Int(segment.size))
    return (0..<(table.count / 16)).map {
      Entry(tag: table.uint64(at: $0 * 16), value: table.uint64(at: $0 * 16 + 8))
    }
  }

  private static func strings(
    _ file: borrowing OwnedDescriptor, _ entries: [Entry], _ segments: [Segment]
  ) throws(Defect) -> [UInt8] {
    guard let address = entries.first(where: { $0.tag == 5 })?.value,
      let size = entries.first(where: { $0.tag == 10 })?.value, size <= longestTable,
      let segment = segments.first(where: {
        $0.type == Segment.load && address >= $0.address && address - $0.address < $0.size
      })
    else { throw .damaged("string table") }
    return try read(file, segment.offset &+ (address - segment.address), Int(size))
  }

  private static func string(_ table: [UInt8], _ offset: UInt64) throws(Defect) -> String {
    guard let start = Int(exactly: offset), start < table.count,
      let end = table[start...].firstIndex(of: 0)
    else { throw .damaged("string") }
    return String(decoding: table[start..<end], as: UTF8.self)
  }

  private static func read(
    _ file: borrowing OwnedDescriptor, _ offset: UInt64, _ count: Int
  ) throws(Defect) -> [UInt8] {
    do throws(SystemError) {
      return try FileReading.read(file, at: offset, count: count)
    } catch {
      throw error.call == "pread" && error.errno == 61
        ? .damaged("it ends early") : .unreadable(error)
    }
  }
}

/// Little-endian fields; the callers have made sure of the sizes.
extension [UInt8] {
  fileprivate func uint16(at index: Int) -> UInt16 {
    UInt16(self[index]) | UInt16(self[index + 1]) << 8
  }

  fileprivate func uint32(at index: Int) -> UInt32 {
    UInt32(uint16(at: index)) | UInt32(uint16(at: index + 2)) << 16
  }

  fileprivate func uint64(at index: Int) -> UInt64 {
    UInt64(uint32(at: index)) | UInt64(uint32(at: index + 4)) << 32
  }
}
