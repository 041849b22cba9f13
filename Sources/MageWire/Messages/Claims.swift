/// Which bytes of a message have been accounted for. Every byte is claimed once, front to back.
///
/// Invariant: `0 <= next <= end`, and the memory from `memory` on holds at least `end` bytes for as long as this value is used: it is made and used
/// inside the closure of `withUnsafeBufferPointer` that lends the memory, and does not leave it. Reads are only made inside claimed
/// objects or, where a position was not claimed, after a comparison with `end`.
@usableFromInline @safe
struct Claims {
  @usableFromInline let memory: UnsafeRawPointer
  /// The lowest byte that no object has claimed.
  @usableFromInline private(set) var next: Int
  @usableFromInline let end: Int

  @usableFromInline
  init(_ memory: UnsafeRawPointer, range: Range<Int>) {
    unsafe self.memory = memory
    next = range.lowerBound
    end = range.upperBound
  }

  /// Claims `count` bytes, at least one, at `position`, at or after everything that was claimed before.
  @usableFromInline
  mutating func claim(_ position: Int, _ count: Int, field: String) throws(Malformed) {
    guard position % 8 == 0 else { throw Self.misaligned(position, field) }
    // Compared with what is left, so that no sum can overflow; behind the end that is negative.
    guard position >= next, count <= end &- position else {
      throw outside(position, count, field)
    }
    next = position &+ count
  }

  /// Claims a struct by its own header. Returns its size in bytes; one below the header's own is that of no version.
  @usableFromInline
  mutating func structHeader(at position: Int, field: String) throws(Malformed) -> Int {
    try expectHeader(at: position, field: field)
    let size = Int(uint32(at: position))
    try claim(position, size, field: field)
    return size
  }

  /// Claims an array. The element count is compared with the bytes that are there before anybody allocates for it.
  ///
  /// - Parameter exact: whether bytes after the last element, which belong to nothing, are refused.
  @usableFromInline
  mutating func array(
    at position: Int, _ elements: ElementLayout, fixedCount: Int? = nil, exact: Bool = false,
    field: String
  ) throws(Malformed) -> (count: Int, elements: Int) {
    try expectHeader(at: position, field: field)
    let size = Int(uint32(at: position))
    let count = Int(uint32(at: position &+ 4))
    // 64-bit: below 2^32 * 17 + 16.
    let needed = 8 &+ elements.bytes(count)
    guard size >= needed, fixedCount == nil || fixedCount == count else {
      throw Malformed(
        .message(.unexpectedArrayHeader), field: field, detail: "\(count) elements, \(size) bytes")
    }
    guard !exact || size == needed else {
      throw Malformed(
        .message(.notCanonical), field: field, detail: "\(count) elements, \(size) bytes")
    }
    try claim(position, size, field: field)
    return (count, position &+ 8)
  }

  /// Where the pointer at `position` leads; `nil` for null.
  @usableFromInline
  func target(at position: Int, field: String) throws(Malformed) -> Int? {
    let distance = uint64(at: position)
    guard distance != 0 else { return nil }
    guard distance <= 0xFFFF_FFFF else {
      throw Malformed(.message(.illegalPointer), field: field, detail: "distance \(distance)")
    }
    return position &+ Int(truncatingIfNeeded: distance)  // both far below 2^62
  }

  /// Whether an object header of 8 bytes lies at `position`, without claiming it.
  @inline(__always)
  private func expectHeader(at position: Int, field: String) throws(Malformed) {
    guard position % 8 == 0 else { throw Self.misaligned(position, field) }
    guard position >= next, 8 <= end &- position else {
      throw outside(position, 8, field)
    }
  }

  // MARK: What is said of it

  @inline(never)
  private static func misaligned(_ position: Int, _ field: String) -> Malformed {
    Malformed(.message(.misalignedObject), field: field, detail: "offset \(position)")
  }

  @inline(never)
  private func outside(_ position: Int, _ count: Int, _ field: String) -> Malformed {
    Malformed(
      .message(.illegalMemoryRange), field: field,
      detail: "\(count) bytes at \(position), free from \(next) to \(end)")
  }
}

// MARK: - Reading inside claimed objects

extension Claims {
  @inlinable @inline(__always)
  func uint8(at position: Int) -> UInt8 {
    unsafe memory.loadUnaligned(fromByteOffset: position, as: UInt8.self)
  }

  @inlinable @inline(__always)
  func uint16(at position: Int) -> UInt16 {
    UInt16(littleEndian: unsafe memory.loadUnaligned(fromByteOffset: position, as: UInt16.self))
  }

  @inlinable @inline(__always)
  func uint32(at position: Int) -> UInt32 {
    UInt32(littleEndian: unsafe memory.loadUnaligned(fromByteOffset: position, as: UInt32.self))
  }

  @inlinable @inline(__always)
  func uint64(at position: Int) -> UInt64 {
    UInt64(littleEndian: unsafe memory.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  /// The bits of a number of 1, 2, 4 or 8 bytes, with zeros above.
  @inlinable @inline(__always)
  func bits(at position: Int, bytes: Int) -> UInt64 {
    switch bytes {
    case 1: UInt64(uint8(at: position))
    case 2: UInt64(uint16(at: position))
    case 4: UInt64(uint32(at: position))
    default: uint64(at: position)
    }
  }

  /// The bit with this index, counted from the lowest bit of the byte at `position`.
  @inlinable
  func bit(at position: Int, index: Int) -> Bool {
    uint8(at: position &+ index >> 3) >> UInt8(truncatingIfNeeded: index & 7) & 1 != 0
  }

  /// The memory of a claimed object.
  @inlinable
  func memory(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(
      start: memory.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self),
      count: range.count)
  }

  /// The sum of all that is in a range, in units of 4 bytes that begin at multiples of 4. See ``MessageDecoder/unread``.
  ///
  /// It cannot overflow: a message is below 2^32 bytes.
  @inlinable @inline(__always)
  func sum(from start: Int, to end: Int) -> UInt64 {
    var sum: UInt64 = 0
    var position = start
    while end &- position >= 8 {
      sum &+= Weight.of8(uint64(at: position))
      position &+= 8
    }
    while position < end {
      sum &+= Weight.of1(UInt64(uint8(at: position)), at: position)
      position &+= 1
    }
    return sum
  }
}

/// What a value counts in a sum of units of 4 bytes, by where it lies.
@usableFromInline
enum Weight {
  /// Of 8 bytes: two units.
  @inlinable @inline(__always)
  static func of8(_ bits: UInt64) -> UInt64 { (bits & 0xFFFF_FFFF) &+ (bits >> 32) }

  /// Of one byte, or of two that lie in one unit.
  @inlinable @inline(__always)
  static func of1(_ bits: UInt64, at position: Int) -> UInt64 {
    bits &<< UInt64(truncatingIfNeeded: (position & 3) << 3)
  }

  @inlinable @inline(__always)
  static func of(_ bits: UInt64, at position: Int, bytes: Int) -> UInt64 {
    switch bytes {
    case 8: of8(bits)
    case 4: bits
    default: of1(bits, at: position)
    }
  }
}
