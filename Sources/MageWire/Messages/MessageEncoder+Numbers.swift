// Fields that lie in their struct.

extension MessageEncoder {
  /// Sets bit `bit` of the byte at `offset`.
  @inlinable
  public mutating func bool(_ fields: StructView, _ offset: Int, bit: Int, _ value: Bool) {
    if value { set(1 << UInt8(truncatingIfNeeded: bit & 7), at: fields.base &+ offset) }
  }

  @inlinable
  public mutating func enumeration<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ value: Value
  ) {
    int32(fields, offset, value.rawValue)
  }

  @inlinable @inline(__always)
  mutating func put<Number: WireNumber>(number value: Number, at position: Int) {
    let bits = value.wireBits
    switch Number.wireBytes {
    case 1: put(UInt8(truncatingIfNeeded: bits), at: position)
    case 2: put(UInt16(truncatingIfNeeded: bits), at: position)
    case 4: put(UInt32(truncatingIfNeeded: bits), at: position)
    default: put(bits, at: position)
    }
  }
}

// MARK: - Numbers

extension MessageEncoder {
  @inlinable
  public mutating func int8(_ fields: StructView, _ offset: Int, _ value: Int8) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func uint8(_ fields: StructView, _ offset: Int, _ value: UInt8) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func int16(_ fields: StructView, _ offset: Int, _ value: Int16) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func uint16(_ fields: StructView, _ offset: Int, _ value: UInt16) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func int32(_ fields: StructView, _ offset: Int, _ value: Int32) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func uint32(_ fields: StructView, _ offset: Int, _ value: UInt32) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func int64(_ fields: StructView, _ offset: Int, _ value: Int64) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func uint64(_ fields: StructView, _ offset: Int, _ value: UInt64) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func float(_ fields: StructView, _ offset: Int, _ value: Float) {
    put(number: value, at: fields.base &+ offset)
  }

  @inlinable
  public mutating func double(_ fields: StructView, _ offset: Int, _ value: Double) {
    put(number: value, at: fields.base &+ offset)
  }
}
