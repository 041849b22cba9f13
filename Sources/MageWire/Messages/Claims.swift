/// Which bytes of a message have been accounted for. Every byte is claimed once, front to back.
///
/// Invariant: `0 <= next <= end`, and the memory from `memory` on holds at least `end` bytes for as long as this value is used: it is made and used
/// inside the closure of `withUnsafeBufferPointer` that lends the memory, and does not leave it. Reads are only made inside claimed
/// objects or, where a position was not claimed, after a comparison with `end`.
@usableFromInline @safe
struct Claims {
  @usableFromInline let memory: UnsafeRawPointer
  /// The lowest byte that no object has claimed.
  @usableFromInline var next: Int
  @usableFromInline let end: Int

  @inlinable
  init(_ memory: UnsafeRawPointer, range: Range<Int>) {
    unsafe self.memory = memory
    next = range.lowerBound
    end = range.upperBound
  }

  /// Claims `count` bytes, at least one, at `position`, at or after everything that was claimed before.
  @inlinable @inline(__always)
  mutating func claim(_ position: Int, _ count: Int, field: String) throws(Malformed) {
    guard position & 7 == 0 else { throw Self.misaligned(position, field) }
    // Compared with what is left, so that no sum can overflow; behind the end that is negative.
    guard position >= next, count <= end &- position else {
      throw Self.outside(position, count, next, end, field)
    }
    next = position &+ count
  }

  /// Claims a struct by its own header. Returns its size in bytes; one below the header's own is that of no version.
  @inlinable @inline(__always)
  mutating func structHeader(at position: Int, field: String) throws(Malformed) -> Int {
    try expectHeader(at: position, field: field)
    let size = Int(uint32(at: position))
    try claim(position, size, field: field)
    return size
  }

  /// Claims an array. The element count is compared with the bytes that are there before anybody allocates for it.
  ///
  /// - Parameter exact: whether bytes after the last element, which belong to nothing, are refused.
  @inlinable @inline(__always)
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
      throw Self.wrongSize(.unexpectedArrayHeader, count, size, field)
    }
    guard !exact || size == needed else {
      throw Self.wrongSize(.notCanonical, count, size, field)
    }
    try claim(position, size, field: field)
    return (count, position &+ 8)
  }

  /// Where the pointer at `position` leads; `nil` for null.
  @inlinable @inline(__always)
  func target(at position: Int, field: String) throws(Malformed) -> Int? {
    let distance = uint64(at: position)
    guard distance != 0 else { return nil }
    guard distance <= 0xFFFF_FFFF else {
      throw Self.tooFar(distance, field)
    }
    return position &+ Int(truncatingIfNeeded: distance)  // both far below 2^62
  }

  /// Whether an object header of 8 bytes lies at `position`, without claiming it.
  @inlinable @inline(__always)
  func expectHeader(at position: Int, field: String) throws(Malformed) {
    guard position & 7 == 0 else { throw Self.misaligned(position, field) }
    guard position >= next, 8 <= end &- position else {
      throw Self.outside(position, 8, next, end, field)
    }
  }

  // MARK: What is said of it

  @usableFromInline @inline(never)
  static func misaligned(_ position: Int, _ field: String) -> Malformed {
    Malformed(.message(.misalignedObject), field: field, detail: "offset \(position)")
  }

  @usableFromInline @inline(never)
  static func wrongSize(
    _ check: MessageCheck, _ count: Int, _ size: Int, _ field: String
  ) -> Malformed {
    Malformed(.message(check), field: field, detail: "\(count) elements, \(size) bytes")
  }

  @usableFromInline @inline(never)
  static func tooFar(_ distance: UInt64, _ field: String) -> Malformed {
    Malformed(.message(.illegalPointer), field: field, detail: "distance \(distance)")
  }

  @usableFromInline @inline(never)
  static func outside(
    _ position: Int, _ count: Int, _ next: Int, _ end: Int, _ field: String
  ) -> Malformed {
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

  /// Whether the memory of a claimed object is UTF-8: eight bytes of ASCII at a time, and by the standard library where there are others.
  @inlinable @inline(__always)
  func isUTF8(_ range: Range<Int>) -> Bool {
    var (position, bits) = (range.lowerBound, UInt64(0))
    while range.upperBound &- position >= 8 {
      bits |= uint64(at: position)
      position &+= 8
    }
    while position < range.upperBound {
      bits |= UInt64(uint8(at: position))
      position &+= 1
    }
    return bits & 0x8080_8080_8080_8080 == 0 || isOtherUTF8(range)
  }

  @usableFromInline @inline(never)
  func isOtherUTF8(_ range: Range<Int>) -> Bool {
    (try? unsafe UTF8Span(validating: memory(range).span)) != nil
  }

  /// A copy of the numbers in the body of a claimed array.
  @inlinable @inline(__always)
  func numbers<Number: WireNumber>(_ body: ArrayBody, _ type: Number.Type) -> [Number] {
    #if _endian(little)
      let start = unsafe memory + body.values
      // Where an array of bytes lies, numbers may too: its memory begins at a multiple of 16. Copied like that no metadata is looked up.
      if UInt(bitPattern: start) & UInt(bitPattern: type.wireBytes &- 1) == 0 {
        let values = unsafe start.assumingMemoryBound(to: type)
        return unsafe Array(UnsafeBufferPointer(start: values, count: body.count))
      }
    #endif
    return numbersOneByOne(body, type)
  }

  @inlinable @inline(never)
  func numbersOneByOne<Number: WireNumber>(_ body: ArrayBody, _ type: Number.Type) -> [Number] {
    (0..<body.count).map { index in
      let position = body.values &+ index &* type.wireBytes
      return Number(wireBits: bits(at: position, bytes: type.wireBytes))
    }
  }

  /// Whether less than 8 bytes are zero. The caller has compared the positions with the end.
  @inlinable @inline(__always)
  func isZero(from start: Int, to end: Int) -> Bool {
    var bits: UInt8 = 0
    for position in unsafe Range(uncheckedBounds: (start, end)) { bits |= uint8(at: position) }
    return bits == 0
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
