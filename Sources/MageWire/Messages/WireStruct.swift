/// A value that travels in messages: a struct of the interface language.
///
/// Decoding is validating: the initializer returns a value that cannot be wrong, or throws which check failed. There is no
/// second, unchecked view of the bytes.
public protocol WireStruct: Sendable {
  /// Size of the struct on the wire in bytes, header included; a multiple of 8.
  static var wireSize: Int { get }

  /// Every version that the interface declares, ascending; the last one's size is ``wireSize``. Empty where there is only
  /// version 0.
  static var wireVersions: [WireVersion] { get }

  /// Reads the fields in the order of their ordinals, each exactly once.
  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed)

  /// Writes the fields in the order of their ordinals, each exactly once.
  func encode(into message: inout MessageEncoder, at fields: StructView)
}

extension WireStruct {
  // Not a list of one: it would be allocated for each struct that is decoded.
  @inlinable public static var wireVersions: [WireVersion] { [] }
}

/// A declared version of a struct. Senders write their newest; receivers take each that they know, at its own size.
public struct WireVersion: Equatable, Sendable {
  public let number: UInt32
  /// Bytes on the wire, header included.
  public let size: Int

  public init(_ version: UInt32, size: Int) {
    number = version
    self.size = size
  }
}

/// A union of the interface language.
public protocol WireUnion: Sendable {
  /// Reads the tag by `unionTag(fields, 0, field)` and the member at offset 8.
  ///
  /// - Parameters:
  ///   - message: what is being read.
  ///   - fields: the union's own 16 bytes.
  ///   - field: the field that holds the union, for reports.
  init(
    decoding message: inout MessageDecoder, at fields: StructView, field: String
  ) throws(Malformed)

  /// Writes the tag by `union(fields, 0, tag:)` and the member at offset 8.
  func encode(into message: inout MessageEncoder, at fields: StructView)
}

/// A struct, a union or an array's element of known size inside a message. Offsets are below that size, so none leaves it.
public struct StructView: Sendable {
  @usableFromInline let base: Int
  @usableFromInline let size: Int
  /// The struct's version as it arrived; 0 for what has none.
  public let version: UInt32

  @inlinable
  init(base: Int, size: Int, version: UInt32 = 0) {
    self.base = base
    self.size = size
    self.version = version
  }

  /// Where a field of `count` bytes lies in the message; `nil` where that is not in the object, which is then not the one that the reader was
  /// made for.
  @inlinable @inline(__always)
  func position(_ offset: Int, _ count: Int) -> Int? {
    offset >= 0 && offset <= size &- count ? base &+ offset : nil
  }
}

/// Whatever travels beside the bytes of a message; the layer above knows what it is.
public protocol WireHandle: Sendable {}

/// No parameters, or a reply without a value.
public struct Empty: WireStruct, Equatable {
  public static let wireSize = 8
  public init() {}
  public init(decoding message: inout MessageDecoder, at fields: StructView) {}
  public func encode(into message: inout MessageEncoder, at fields: StructView) {}
}
