// Fields that lie in their struct.

extension MessageEncoder {
  /// Sets bit `bit` of the byte at `offset`.
  public mutating func bool(_ fields: StructView, _ offset: Int, bit: Int, _ value: Bool) {
    if value { bytes[fields.base + offset] |= 1 << UInt8(clamping: bit) }
  }

  public mutating func enumeration<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ value: Value
  ) {
    int32(fields, offset, value.rawValue)
  }

  mutating func put<Number: WireNumber>(number value: Number, at position: Int) {
    let bits = value.wireBits
    for index in 0..<Number.wireBytes {
      bytes[position + index] = UInt8(truncatingIfNeeded: bits >> UInt64(index * 8))
    }
  }
}

// MARK: - Numbers

extension MessageEncoder {
  public mutating func int8(_ fields: StructView, _ offset: Int, _ value: Int8) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func uint8(_ fields: StructView, _ offset: Int, _ value: UInt8) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func int16(_ fields: StructView, _ offset: Int, _ value: Int16) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func uint16(_ fields: StructView, _ offset: Int, _ value: UInt16) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func int32(_ fields: StructView, _ offset: Int, _ value: Int32) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func uint32(_ fields: StructView, _ offset: Int, _ value: UInt32) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func int64(_ fields: StructView, _ offset: Int, _ value: Int64) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func uint64(_ fields: StructView, _ offset: Int, _ value: UInt64) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func float(_ fields: StructView, _ offset: Int, _ value: Float) {
    put(number: value, at: fields.base + offset)
  }

  public mutating func double(_ fields: StructView, _ offset: Int, _ value: Double) {
    put(number: value, at: fields.base + offset)
  }
}
