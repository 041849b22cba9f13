/// A value that travels in messages: a struct of the interface language.
///
/// Decoding is validating: the initializer returns a value that cannot be wrong, or throws which check failed. There is no
/// second, unchecked view of the bytes.
public protocol WireStruct: Sendable {
  /// Size of the struct on the wire in bytes, header included; a multiple of 8.
  static var wireSize: Int { get }

  /// Reads the fields in the order of their ordinals, each exactly once.
  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed)

  /// Writes the fields in the order of their ordinals, each exactly once.
  func encode(into message: inout MessageEncoder, at fields: StructView)
}

/// A struct of known size inside a message. Field offsets are below that size, so none leaves it.
public struct StructView: Sendable {
  let base: Int
  let size: Int
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
