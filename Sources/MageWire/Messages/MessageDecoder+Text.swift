// Text and bytes, as copies and as views. `max` is in bytes, for numbers in elements.

extension MessageDecoder {
  /// A string.
  public mutating func string(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> String {
    let value = try optionalString(fields, offset, name, max: max)
    return try required(value, name)
  }

  /// A string, or `nil`.
  public mutating func optionalString(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> String? {
    try optionalBody(fields, offset, name, .sized(1), max: max, count: nil) {
      (decoder, body) throws(Malformed) in
      guard let text = String(validating: decoder.claims.bytes[body.range], as: UTF8.self) else {
        throw Malformed(.message(.notUTF8), field: name)
      }
      return text
    }
  }

  /// An `array<uint8>`.
  public mutating func bytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [UInt8] {
    let value = try optionalBytes(fields, offset, name, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  public mutating func optionalBytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [UInt8]? {
    try optionalBody(fields, offset, name, .sized(1), max: max, count: count) {
      (decoder, body) throws(Malformed) in Array(decoder.claims.bytes[body.range])
    }
  }
}

// MARK: - Views

extension MessageDecoder {
  /// A string, read where it lies.
  public mutating func textView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> TextView {
    let value = try optionalTextView(fields, offset, name, max: max)
    return try required(value, name)
  }

  /// The same, or `nil`.
  public mutating func optionalTextView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> TextView? {
    let bytes = try optionalBytesView(fields, offset, name, max: max)
    guard let bytes else { return nil }
    guard bytes.isUTF8 else { throw Malformed(.message(.notUTF8), field: name) }
    return TextView(checked: bytes)
  }

  /// An `array<uint8>`, read where it lies.
  public mutating func bytesView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> BytesView {
    let value = try optionalBytesView(fields, offset, name, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  public mutating func optionalBytesView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> BytesView? {
    try optionalView(fields, offset, name, size: 1, max: max, count: count)
  }

  /// An array of numbers, read where it lies.
  public mutating func numbersView<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> NumbersView<Number> {
    let value = try optionalNumbersView(fields, offset, name, type, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  public mutating func optionalNumbersView<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> NumbersView<Number>? {
    let bytes = try optionalView(
      fields, offset, name, size: type.wireBytes, max: max, count: count)
    return bytes.map { NumbersView(checked: $0) }
  }

  private mutating func optionalView(
    _ fields: StructView, _ offset: Int, _ name: String, size: Int, max: Int, count: Int?
  ) throws(Malformed) -> BytesView? {
    try optionalBody(fields, offset, name, .sized(size), max: max, count: count) {
      (decoder, body) throws(Malformed) in BytesView(decoder.claims.bytes, body.range)
    }
  }
}
