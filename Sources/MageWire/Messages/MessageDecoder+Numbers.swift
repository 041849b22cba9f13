// Fields that lie in their struct. Without a declared range every bit pattern is a value, so nothing is refused.

extension MessageDecoder {
  /// The bool at bit `bit` of the byte at `offset`.
  public mutating func bool(_ fields: StructView, _ offset: Int, bit: Int) -> Bool {
    let isSet = claims.uint8(at: fields.base + offset) >> UInt8(clamping: bit) & 1 != 0
    if isSet { unreadOnes -= 1 }
    return isSet
  }

  /// An enum that knows all its values.
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
  mutating func number<Number: WireNumber>(at position: Int, _ type: Number.Type) -> Number {
    let value = claims.number(at: position, type)
    unreadOnes -= value.wireBits.nonzeroBitCount
    return value
  }

  private mutating func number<Number: WireNumber & Comparable>(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Number>
  ) throws(Malformed) -> Number {
    let value = number(at: fields.base + offset, Number.self)
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
  public mutating func int8(_ fields: StructView, _ offset: Int) -> Int8 {
    number(at: fields.base + offset, Int8.self)
  }

  public mutating func uint8(_ fields: StructView, _ offset: Int) -> UInt8 {
    number(at: fields.base + offset, UInt8.self)
  }

  public mutating func int16(_ fields: StructView, _ offset: Int) -> Int16 {
    number(at: fields.base + offset, Int16.self)
  }

  public mutating func uint16(_ fields: StructView, _ offset: Int) -> UInt16 {
    number(at: fields.base + offset, UInt16.self)
  }

  public mutating func int32(_ fields: StructView, _ offset: Int) -> Int32 {
    number(at: fields.base + offset, Int32.self)
  }

  public mutating func uint32(_ fields: StructView, _ offset: Int) -> UInt32 {
    number(at: fields.base + offset, UInt32.self)
  }

  public mutating func int64(_ fields: StructView, _ offset: Int) -> Int64 {
    number(at: fields.base + offset, Int64.self)
  }

  public mutating func uint64(_ fields: StructView, _ offset: Int) -> UInt64 {
    number(at: fields.base + offset, UInt64.self)
  }

  public mutating func float(_ fields: StructView, _ offset: Int) -> Float {
    number(at: fields.base + offset, Float.self)
  }

  public mutating func double(_ fields: StructView, _ offset: Int) -> Double {
    number(at: fields.base + offset, Double.self)
  }
}

// MARK: - Numbers within the interface's declared range

extension MessageDecoder {
  public mutating func int8(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int8>
  ) throws(Malformed) -> Int8 {
    try number(fields, offset, name, in: range)
  }

  public mutating func uint8(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt8>
  ) throws(Malformed) -> UInt8 {
    try number(fields, offset, name, in: range)
  }

  public mutating func int16(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int16>
  ) throws(Malformed) -> Int16 {
    try number(fields, offset, name, in: range)
  }

  public mutating func uint16(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt16>
  ) throws(Malformed) -> UInt16 {
    try number(fields, offset, name, in: range)
  }

  public mutating func int32(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int32>
  ) throws(Malformed) -> Int32 {
    try number(fields, offset, name, in: range)
  }

  public mutating func uint32(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt32>
  ) throws(Malformed) -> UInt32 {
    try number(fields, offset, name, in: range)
  }

  public mutating func int64(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Int64>
  ) throws(Malformed) -> Int64 {
    try number(fields, offset, name, in: range)
  }

  public mutating func uint64(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt64>
  ) throws(Malformed) -> UInt64 {
    try number(fields, offset, name, in: range)
  }

  /// NaN is in no range.
  public mutating func float(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Float>
  ) throws(Malformed) -> Float {
    try number(fields, offset, name, in: range)
  }

  public mutating func double(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<Double>
  ) throws(Malformed) -> Double {
    try number(fields, offset, name, in: range)
  }
}
