/// Text of a message, read where it lies. It shares the message's bytes and keeps all of them alive: copy what is kept long.
public struct TextView: Sendable, Hashable {
  /// UTF-8, as the decoder has found.
  @usableFromInline let bytes: BytesView

  @inlinable init(checked bytes: BytesView) { self.bytes = bytes }

  /// A view of a text of this side's own, to send it.
  public init(_ text: String) { bytes = BytesView(Array(text.utf8)) }

  /// Bytes of UTF-8.
  public var utf8Count: Int { bytes.count }

  /// Reads the text in place.
  @inlinable
  public func withUTF8<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withSpan(body)
  }

  /// A copy of the text.
  public var string: String { String(decoding: bytes.slice, as: UTF8.self) }
}

/// Bytes of a message, read where they lie. It shares the message's bytes and keeps all of them alive.
public struct BytesView: Sendable {
  @usableFromInline let storage: [UInt8]
  /// Invariant: within `storage`.
  @usableFromInline let range: Range<Int>

  @inlinable init(_ storage: [UInt8], _ range: Range<Int>) {
    self.storage = storage
    self.range = range
  }

  /// A view of bytes of this side's own, to send them.
  public init(_ bytes: [UInt8]) { self.init(bytes, bytes.indices) }

  @inlinable public var count: Int { range.count }

  /// Reads the bytes in place.
  @inlinable
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage.span.extracting(range))
  }

  /// A copy of the bytes.
  public var array: [UInt8] { Array(slice) }

  @usableFromInline var slice: ArraySlice<UInt8> { storage[range] }

}

extension BytesView: Hashable {
  public static func == (left: BytesView, right: BytesView) -> Bool { left.slice == right.slice }
  public func hash(into hasher: inout Hasher) { hasher.combine(slice) }
}

/// Numbers of a message, read where they lie. It shares the message's bytes and keeps all of them alive.
///
/// Two views are equal when their bytes are: NaN equals itself, and 0 does not equal -0.
public struct NumbersView<Element: WireNumber>: Sendable, Hashable {
  /// A multiple of an element's size.
  @usableFromInline let bytes: BytesView

  @inlinable init(checked bytes: BytesView) { self.bytes = bytes }

  /// A view of numbers of this side's own, to send them.
  public init(_ numbers: [Element]) {
    bytes = BytesView(
      numbers.flatMap { number in
        (0..<Element.wireBytes).map {
          UInt8(truncatingIfNeeded: number.wireBits >> UInt64($0 * 8))
        }
      })
  }

  public var count: Int { bytes.count / Element.wireBytes }

  /// The number at `index`; `nil` where there is none.
  public subscript(index: Int) -> Element? {
    guard index >= 0, index < count else { return nil }
    return element(index)
  }

  /// Reads each number in place, in their order.
  @inlinable
  public func each<Failure: Error>(_ body: (Element) throws(Failure) -> Void) throws(Failure) {
    try bytes.withSpan { (span) throws(Failure) in
      let memory = unsafe span.bytes
      let size = Element.wireBytes
      var offset = 0
      while offset &+ size <= memory.byteCount {
        try body(Element(wireBits: Self.bits(of: memory, at: offset, bytes: size)))
        offset &+= size
      }
    }
  }

  /// The caller has compared the offset with the span's end.
  @inlinable @inline(__always)
  static func bits(of memory: RawSpan, at offset: Int, bytes: Int) -> UInt64 {
    switch bytes {
    case 1:
      UInt64(
        unsafe memory.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt8.self))
    case 2:
      UInt64(
        UInt16(
          littleEndian: unsafe memory.unsafeLoadUnaligned(
            fromUncheckedByteOffset: offset, as: UInt16.self)))
    case 4:
      UInt64(
        UInt32(
          littleEndian: unsafe memory.unsafeLoadUnaligned(
            fromUncheckedByteOffset: offset, as: UInt32.self)))
    default:
      UInt64(
        littleEndian: unsafe memory.unsafeLoadUnaligned(
          fromUncheckedByteOffset: offset, as: UInt64.self))
    }
  }

  /// A copy of the numbers.
  public var array: [Element] { (0..<count).map(element) }

  private func element(_ index: Int) -> Element {
    let all = bytes.slice
    let start = all.startIndex + index * Element.wireBytes
    return Element(
      wireBits: (0..<Element.wireBytes).reduce(0) {
        $0 | UInt64(all[start + $1]) << UInt64($1 * 8)
      })
  }
}
