/// Which bytes of a message have been accounted for. Every byte is claimed once, front to back.
///
/// Invariant: `0 <= next <= end <= bytes.count`. Reads are only made inside claimed objects, so none is out of range.
struct Claims: Sendable {
  let bytes: [UInt8]
  /// The lowest byte that no object has claimed.
  private(set) var next: Int
  let end: Int

  init(_ bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    next = range.lowerBound
    end = range.upperBound
  }

  /// Claims `count` bytes at `position`, at or after everything that was claimed before.
  mutating func claim(_ position: Int, _ count: Int, field: String) throws(Malformed) {
    guard position % 8 == 0 else {
      throw Malformed(.message(.misalignedObject), field: field, detail: "offset \(position)")
    }
    // Compared with what is left, so that no sum can overflow.
    guard count > 0, position >= next, position <= end, count <= end - position else {
      throw Malformed(
        .message(.illegalMemoryRange), field: field,
        detail: "\(count) bytes at \(position), free from \(next) to \(end)")
    }
    next = position + count
  }

  /// Whether an object header of 8 bytes lies at `position`, without claiming it.
  private func expectHeader(at position: Int, field: String) throws(Malformed) {
    var probe = self
    try probe.claim(position, 8, field: field)
  }

  /// Claims a struct by its own header. Returns its size in bytes, at least 8.
  mutating func structHeader(at position: Int, field: String) throws(Malformed) -> Int {
    try expectHeader(at: position, field: field)
    let size = Int(uint32(at: position))
    guard size >= 8 else {
      throw Malformed(
        .message(.unexpectedStructHeader), field: field, detail: "\(size) bytes")
    }
    try claim(position, size, field: field)
    return size
  }

  /// Claims an array. The element count is compared with the bytes that are there before anybody allocates for it.
  ///
  /// - Parameter exact: whether bytes after the last element, which belong to nothing, are refused.
  mutating func array(
    at position: Int, _ elements: ElementLayout, fixedCount: Int? = nil, exact: Bool = false,
    field: String
  ) throws(Malformed) -> (count: Int, elements: Int) {
    try expectHeader(at: position, field: field)
    let size = Int(uint32(at: position))
    let count = Int(uint32(at: position + 4))
    // 64-bit: below 2^32 * 17 + 16.
    let needed = 8 + elements.bytes(count)
    guard size >= needed, fixedCount == nil || fixedCount == count else {
      throw Malformed(
        .message(.unexpectedArrayHeader), field: field, detail: "\(count) elements, \(size) bytes")
    }
    guard !exact || size == needed else {
      throw Malformed(
        .message(.notCanonical), field: field, detail: "\(count) elements, \(size) bytes")
    }
    try claim(position, size, field: field)
    return (count, position + 8)
  }

  /// Where the pointer at `position` leads; `nil` for null.
  func target(at position: Int, field: String) throws(Malformed) -> Int? {
    let distance = uint64(at: position)
    guard distance != 0 else { return nil }
    guard distance <= 0xFFFF_FFFF else {
      throw Malformed(.message(.illegalPointer), field: field, detail: "distance \(distance)")
    }
    return position + Int(distance)  // both far below 2^62
  }

  // MARK: Reading inside claimed objects

  func uint8(at position: Int) -> UInt8 { bytes[position] }

  func uint16(at position: Int) -> UInt16 {
    UInt16(bytes[position]) | UInt16(bytes[position + 1]) << 8
  }

  func uint32(at position: Int) -> UInt32 {
    UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8
      | UInt32(bytes[position + 2]) << 16 | UInt32(bytes[position + 3]) << 24
  }

  func uint64(at position: Int) -> UInt64 {
    UInt64(uint32(at: position)) | UInt64(uint32(at: position + 4)) << 32
  }
  /// A number of 1, 2, 4 or 8 bytes.
  func number<Number: WireNumber>(at position: Int, _ type: Number.Type) -> Number {
    switch type.wireBytes {
    case 1: Number(wireBits: UInt64(uint8(at: position)))
    case 2: Number(wireBits: UInt64(uint16(at: position)))
    case 4: Number(wireBits: UInt64(uint32(at: position)))
    default: Number(wireBits: uint64(at: position))
    }
  }

  /// The bit with this index, counted from the lowest bit of the byte at `position`.
  func bit(at position: Int, index: Int) -> Bool {
    bytes[position + index / 8] >> UInt8(index % 8) & 1 != 0
  }

  /// How many bits are one.
  func ones(in range: Range<Int>) -> Int {
    let words = stride(from: range.lowerBound, through: range.upperBound - 8, by: 8)
    let odd = range.lowerBound + range.count / 8 * 8
    return words.reduce(0) { $0 + uint64(at: $1).nonzeroBitCount }
      + bytes[odd..<range.upperBound].reduce(0) { $0 + $1.nonzeroBitCount }
  }
}
