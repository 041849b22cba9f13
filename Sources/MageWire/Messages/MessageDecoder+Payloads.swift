// Arrays of bytes that travel beside their message. From a size on all of them do, so that there is one byte string for each value; the
// field holds a mark and the array's place among what came beside the message, where a pointer would be.

/// Large arrays of bytes.
package enum Payload {
  /// An `array<uint8>` of as many bytes or more is beside its message, in shared buffers where the connection has them; a smaller one is in
  /// it. In map keys all are in it.
  package static let threshold = 64 << 10

  /// The upper half of the field. No pointer leads so far.
  static let mark: UInt64 = 0xFFFF_FFFF
}

extension MessageDecoder {
  /// An `array<uint8>` that is not copied out of the memory that it came in.
  @inlinable
  public mutating func untrustedBytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> UntrustedBytes {
    let value = try optionalUntrustedBytes(fields, offset, name, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalUntrustedBytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int = .max, count: Int? = nil
  ) throws(Malformed) -> UntrustedBytes? {
    if let payload = try payload(fields, offset, name, max: max, count: count) { return payload }
    let body = try inlineBytes(fields, offset, name, max: max, count: count)
    guard let body else { return nil }
    return UntrustedBytes(unsafe Array(claims.memory(body.range)))
  }

  /// The array beside the message that a field stands for; `nil` when it has none there.
  @usableFromInline
  mutating func payload(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int, count: Int?
  ) throws(Malformed) -> UntrustedBytes? {
    guard isCanonical, let position = fields.position(offset, 8) else { return nil }
    let field = claims.uint64(at: position)
    guard field >> 32 == Payload.mark else { return nil }
    unread &-= Weight.of8(field)
    let index = UInt32(truncatingIfNeeded: field)
    guard !isInKeys, let bytes = try claim(handle: index, name) as? UntrustedBytes else {
      throw Malformed(.message(.illegalHandle), field: name, detail: "index \(index) is no array")
    }
    guard bytes.count >= Payload.threshold else {
      throw Malformed(
        .message(.notCanonical), field: name, detail: "\(bytes.count) bytes beside the message")
    }
    guard count == nil || count == bytes.count else {
      throw Malformed(
        .message(.unexpectedArrayHeader), field: name, detail: "\(bytes.count) elements")
    }
    guard bytes.count <= max else {
      throw Malformed(.interface(.tooLong), field: name, detail: "\(bytes.count), limit \(max)")
    }
    return bytes
  }

  /// An array of bytes in the message; one that is too large for that is refused.
  @usableFromInline
  mutating func inlineBytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int, count: Int?
  ) throws(Malformed) -> ArrayBody? {
    let body = try body(fields, offset, name, .sized(1), max: max, count: count)
    guard let body else { return nil }
    guard body.count < Payload.threshold || isInKeys || !isCanonical else {
      throw Malformed(
        .message(.notCanonical), field: name, detail: "\(body.count) bytes in the message")
    }
    return body
  }
}

extension MessageEncoder {
  /// An array that this side may have received and not copied.
  public mutating func untrustedBytes(
    _ fields: StructView, _ offset: Int, _ value: UntrustedBytes?
  ) {
    guard let value else { return }
    guard isBeside(value.count) else {  // no check: it writes
      return bytes(fields, offset, value.copy())
    }
    payload(fields, offset, value)
  }

  /// Whether an array of so many bytes travels beside the message.
  @usableFromInline
  func isBeside(_ count: Int) -> Bool { count >= Payload.threshold && !isInKeys }

  @usableFromInline
  mutating func payload(_ fields: StructView, _ offset: Int, _ value: UntrustedBytes) {
    let index = UInt64(UInt32(clamping: append(handle: value)))
    put(Payload.mark << 32 | index, at: fields.base &+ offset)
  }
}
