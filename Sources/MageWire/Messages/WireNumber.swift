/// A number of the interface language, which is the same bits in memory as on the wire of a little-endian machine.
public protocol WireNumber: Sendable, BitwiseCopyable {
  /// Bytes on the wire: 1, 2, 4 or 8.
  static var wireBytes: Int { get }
  /// The number that lies in the low bits; the bits above are ignored.
  init(wireBits: UInt64)
  /// The number's bits, with zeros above.
  var wireBits: UInt64 { get }
}

extension UInt8: WireNumber {
  @inlinable public static var wireBytes: Int { 1 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(self) }
}

extension Int8: WireNumber {
  @inlinable public static var wireBytes: Int { 1 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(UInt8(bitPattern: self)) }
}

extension UInt16: WireNumber {
  @inlinable public static var wireBytes: Int { 2 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(self) }
}

extension Int16: WireNumber {
  @inlinable public static var wireBytes: Int { 2 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(UInt16(bitPattern: self)) }
}

extension UInt32: WireNumber {
  @inlinable public static var wireBytes: Int { 4 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(self) }
}

extension Int32: WireNumber {
  @inlinable public static var wireBytes: Int { 4 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(UInt32(bitPattern: self)) }
}

extension UInt64: WireNumber {
  @inlinable public static var wireBytes: Int { 8 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(self) }
}

extension Int64: WireNumber {
  @inlinable public static var wireBytes: Int { 8 }
  @inlinable public init(wireBits: UInt64) { self.init(truncatingIfNeeded: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(UInt64(bitPattern: self)) }
}

extension Float: WireNumber {
  @inlinable public static var wireBytes: Int { 4 }
  @inlinable public init(wireBits: UInt64) {
    self.init(bitPattern: UInt32(truncatingIfNeeded: wireBits))
  }
  @inlinable public var wireBits: UInt64 { UInt64(bitPattern) }
}

extension Double: WireNumber {
  @inlinable public static var wireBytes: Int { 8 }
  @inlinable public init(wireBits: UInt64) { self.init(bitPattern: wireBits) }
  @inlinable public var wireBits: UInt64 { UInt64(bitPattern) }
}
