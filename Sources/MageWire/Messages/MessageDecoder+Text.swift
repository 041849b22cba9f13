// Text and bytes, as copies and as views. `max` is in bytes, for numbers in elements.

extension MessageDecoder {
  /// A string.
  @inlinable
  public mutating func string(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> String {
    let value = try optionalString(fields, offset, name, max: max)
    return try required(value, name)
  }

  /// A string, or `nil`.
  @inlinable
  public mutating func optionalString(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> String? {
    guard let body = try body(fields, offset, name, .sized(1), max: max, count: nil) else {
      return nil
    }
    let memory = unsafe claims.memory(body.range)
    guard isCanonical else {  // no check: lax is what is not strict
      return unsafe String(decoding: memory, as: UTF8.self)
    }
    guard let text = try? unsafe UTF8Span(validating: memory.span) else {
      throw Self.notUTF8(name)
    }
    return String(copying: text)
  }

  @usableFromInline @inline(never)
  static func notUTF8(_ field: String) -> Malformed {
    Malformed(.message(.notUTF8), field: field)
  }

  /// An `array<uint8>`.
  @inlinable
  public mutating func bytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [UInt8] {
    let value = try optionalBytes(fields, offset, name, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalBytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> [UInt8]? {
    if let payload = try payload(fields, offset, name, max: max, count: count) {
      return payload.copy()
    }
    let body = try inlineBytes(fields, offset, name, max: max, count: count)
    guard let body else { return nil }
    return unsafe Array(claims.memory(body.range))
  }
}

// MARK: - Views

extension MessageDecoder {
  /// A string, read where it lies.
  @inlinable @inline(__always)
  public mutating func textView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> TextView {
    let value = try optionalTextView(fields, offset, name, max: max)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable @inline(__always)
  public mutating func optionalTextView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max
  ) throws(Malformed) -> TextView? {
    guard let body = try body(fields, offset, name, .sized(1), max: max, count: nil) else {
      return nil
    }
    guard claims.isUTF8(body.range) || !isCanonical else { throw Self.notUTF8(name) }
    return TextView(checked: BytesView(bytes, body.range))
  }

  /// An `array<uint8>`, read where it lies.
  @inlinable @inline(__always)
  public mutating func bytesView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> BytesView {
    let value = try optionalBytesView(fields, offset, name, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable @inline(__always)
  public mutating func optionalBytesView(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> BytesView? {
    if let payload = try payload(fields, offset, name, max: max, count: count) {
      return BytesView(payload.copy())
    }
    let body = try inlineBytes(fields, offset, name, max: max, count: count)
    return body.map { BytesView(bytes, $0.range) }
  }

  /// An array of numbers, read where it lies.
  @inlinable @inline(__always)
  public mutating func numbersView<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> NumbersView<Number> {
    let value = try optionalNumbersView(fields, offset, name, type, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable @inline(__always)
  public mutating func optionalNumbersView<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Number.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> NumbersView<Number>? {
    let bytes = try optionalView(
      fields, offset, name, size: type.wireBytes, max: max, count: count)
    return bytes.map { NumbersView(checked: $0) }
  }

  @inlinable @inline(__always)
  mutating func optionalView(
    _ fields: StructView, _ offset: Int, _ name: String, size: Int, max: Int, count: Int?
  ) throws(Malformed) -> BytesView? {
    guard let body = try body(fields, offset, name, .sized(size), max: max, count: count) else {
      return nil
    }
    return BytesView(bytes, body.range)
  }
}
