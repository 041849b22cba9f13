// Arrays of numbers, bools and enums. `max` is the field's `MaxLength` in elements, `count` the length of a fixed array; without either the
// message's own size is the bound, and the element count has been compared with it before anything is allocated.

extension MessageDecoder {
  @inlinable
  mutating func bit(at position: Int, index: Int) -> Bool {
    let isSet = claims.bit(at: position, index: index)
    if isSet { unread &-= Weight.of1(1 << UInt64(index & 7), at: position &+ index >> 3) }
    return isSet
  }
}

// MARK: - Numbers

extension MessageDecoder {
  /// An array of numbers.
  @inlinable @inline(__always)
  public mutating func numbers<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Number] {
    let value = try optionalNumbers(fields, offset, name, type, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable @inline(__always)
  public mutating func optionalNumbers<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Number]? {
    let size = type.wireBytes
    let found = try body(fields, offset, name, .sized(size), max: max, count: count)
    guard let body = found else { return nil }
    // Every bit of it belongs to a value: there is none to be left over.
    return claims.numbers(body, type)
  }

  /// An array of numbers that may be absent.
  @inlinable
  public mutating func nullableNumbers<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Number?] {
    let value = try optionalNullableNumbers(fields, offset, name, type, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalNullableNumbers<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Number?]? {
    let layout = ElementLayout.nullable(type.wireBytes)
    return try optionalElements(fields, offset, name, layout, max: max, count: count) {
      (decoder, body) throws(Malformed) in
      (0..<body.count).map { index in
        guard decoder.bit(at: body.start, index: index) else { return nil }
        return decoder.number(at: body.values &+ index &* type.wireBytes, type)
      }
    }
  }
}

// MARK: - Bools

extension MessageDecoder {
  /// An array of bools.
  @inlinable
  public mutating func bools(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [Bool] {
    let value = try optionalBools(fields, offset, name, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalBools(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [Bool]? {
    try optionalElements(fields, offset, name, .bits, max: max, count: count) {
      (decoder, body) throws(Malformed) in
      (0..<body.count).map { decoder.bit(at: body.values, index: $0) }
    }
  }

  /// An array of bools that may be absent.
  @inlinable
  public mutating func nullableBools(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [Bool?] {
    let value = try optionalNullableBools(fields, offset, name, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalNullableBools(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [Bool?]? {
    try optionalElements(fields, offset, name, .nullableBits, max: max, count: count) {
      (decoder, body) throws(Malformed) in
      (0..<body.count).map { index in
        guard decoder.bit(at: body.start, index: index) else { return nil }
        return decoder.bit(at: body.values, index: index)
      }
    }
  }
}

// MARK: - Enums

extension MessageDecoder {
  @inlinable
  static func enumeration<Value: RawRepresentable<Int32>>(
    _ raw: Int32, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value {
    guard let value = Value(rawValue: raw) else {
      throw Malformed(.message(.unknownEnumValue), field: name, detail: "\(raw)")
    }
    return value
  }

  /// An array of an enum that knows all its values.
  @inlinable
  public mutating func enumerations<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Value] {
    let value = try optionalEnumerations(fields, offset, name, type, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalEnumerations<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Value]? {
    let numbers = try optionalNumbers(
      fields, offset, name, Int32.self, max: max, count: count)
    guard let numbers else { return nil }
    var values: [Value] = []
    for raw in numbers { values.append(try Self.enumeration(raw, name, type)) }
    return values
  }

  /// An array of an enum whose elements may be absent.
  @inlinable
  public mutating func nullableEnumerations<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Value?] {
    let value = try optionalNullableEnumerations(fields, offset, name, type, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalNullableEnumerations<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Value?]? {
    let numbers = try optionalNullableNumbers(
      fields, offset, name, Int32.self, max: max, count: count)
    guard let numbers else { return nil }
    var values: [Value?] = []
    for raw in numbers {
      guard let raw else {
        values.append(nil)
        continue
      }
      values.append(try Self.enumeration(raw, name, type))
    }
    return values
  }
}
