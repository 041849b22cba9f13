// Fields that lie in their struct. Without a declared range every bit pattern is a value, so nothing is refused.

extension MessageDecoder {
  /// The bool at bit `bit` of the byte at `offset`.
  @inlinable @inline(__always)
  public mutating func bool(_ fields: StructView, _ offset: Int, bit: Int) -> Bool {
    guard let position = fields.position(offset, 1) else { return false }
    return self.bit(at: position, index: bit & 7)
  }

  /// An enum that knows all its values.
  @inlinable @inline(__always)
  public mutating func enumeration<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value {
    let raw = int32(fields, offset)
    guard let value = Value(rawValue: raw) else {
      throw Malformed(.message(.unknownEnumValue), field: name, detail: "\(raw)")
    }
    return value
  }

  /// A number wherever it lies.
  @inlinable @inline(__always)
  mutating func number<Number: WireNumber>(at position: Int, _ type: Number.Type) -> Number {
    let bits = claims.bits(at: position, bytes: type.wireBytes)
    unread &-= Weight.of(bits, at: position, bytes: type.wireBytes)
    return Number(wireBits: bits)
  }

  /// A number in a struct; zero where the struct has no such bytes.
  @inlinable @inline(__always)
  mutating func number<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ type: Number.Type
  ) -> Number {
    guard let position = fields.position(offset, type.wireBytes) else {
      return Number(wireBits: 0)
    }
    return number(at: position, type)
  }

  @inlinable
  mutating func number<Number: WireNumber & Comparable>(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Number>
  ) throws(Malformed) -> Number {
    let value = number(fields, offset, Number.self)
    guard range.contains(value) else {
      throw Malformed(
        .interface(.outOfRange), field: name,
        detail: "\(value), declared \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

// MARK: - Numbers

extension MessageDecoder {
  @inlinable @inline(__always)
  public mutating func int8(_ fields: StructView, _ offset: Int) -> Int8 {
    number(fields, offset, Int8.self)
  }

  @inlinable @inline(__always)
  public mutating func uint8(_ fields: StructView, _ offset: Int) -> UInt8 {
    number(fields, offset, UInt8.self)
  }

  @inlinable @inline(__always)
  public mutating func int16(_ fields: StructView, _ offset: Int) -> Int16 {
    number(fields, offset, Int16.self)
  }

  @inlinable @inline(__always)
  public mutating func uint16(_ fields: StructView, _ offset: Int) -> UInt16 {
    number(fields, offset, UInt16.self)
  }

  @inlinable @inline(__always)
  public mutating func int32(_ fields: StructView, _ offset: Int) -> Int32 {
    number(fields, offset, Int32.self)
  }

  @inlinable @inline(__always)
  public mutating func uint32(_ fields: StructView, _ offset: Int) -> UInt32 {
    number(fields, offset, UInt32.self)
  }

  @inlinable @inline(__always)
  public mutating func int64(_ fields: StructView, _ offset: Int) -> Int64 {
    number(fields, offset, Int64.self)
  }

  @inlinable @inline(__always)
  public mutating func uint64(_ fields: StructView, _ offset: Int) -> UInt64 {
    number(fields, offset, UInt64.self)
  }

  @inlinable @inline(__always)
  public mutating func float(_ fields: StructView, _ offset: Int) -> Float {
    number(fields, offset, Float.self)
  }

  @inlinable @inline(__always)
  public mutating func double(_ fields: StructView, _ offset: Int) -> Double {
    number(fields, offset, Double.self)
  }
}

// MARK: - Numbers within the interface's declared range

extension MessageDecoder {
  @inlinable @inline(__always)
  public mutating func int8(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int8>
  ) throws(Malformed) -> Int8 {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func uint8(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt8>
  ) throws(Malformed) -> UInt8 {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func int16(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int16>
  ) throws(Malformed) -> Int16 {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func uint16(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt16>
  ) throws(Malformed) -> UInt16 {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func int32(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int32>
  ) throws(Malformed) -> Int32 {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func uint32(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt32>
  ) throws(Malformed) -> UInt32 {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func int64(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int64>
  ) throws(Malformed) -> Int64 {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func uint64(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt64>
  ) throws(Malformed) -> UInt64 {
    try number(fields, offset, name, in: range)
  }

  /// NaN is in no range.
  @inlinable @inline(__always)
  public mutating func float(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Float>
  ) throws(Malformed) -> Float {
    try number(fields, offset, name, in: range)
  }

  @inlinable @inline(__always)
  public mutating func double(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Double>
  ) throws(Malformed) -> Double {
    try number(fields, offset, name, in: range)
  }
}
