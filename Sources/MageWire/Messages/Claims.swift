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
    at position: Int, elementSize: Int, fixedCount: Int? = nil, exact: Bool = false, field: String
  ) throws(Malformed) -> (count: Int, elements: Int) {
    try expectHeader(at: position, field: field)
    let size = Int(uint32(at: position))
    let count = Int(uint32(at: position + 4))
    // 64-bit: below 2^32 * 16 + 8.
    guard size >= 8 + count * elementSize, fixedCount == nil || fixedCount == count else {
      throw Malformed(
        .message(.unexpectedArrayHeader), field: field, detail: "\(count) elements, \(size) bytes")
    }
    guard !exact || size == 8 + count * elementSize else {
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

  func uint32(at position: Int) -> UInt32 {
    UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8
      | UInt32(bytes[position + 2]) << 16 | UInt32(bytes[position + 3]) << 24
  }

  func uint64(at position: Int) -> UInt64 {
    UInt64(uint32(at: position)) | UInt64(uint32(at: position + 4)) << 32
  }
}
