/// Reads one message's parameters, front to back, once. Assume that an attacker chose the bytes.
///
/// None of its methods can trap, whatever the bytes are, and none allocates more than a small multiple of what arrived. Objects must lie exactly
/// one after the other with zero padding, as ``MessageEncoder`` writes them: there is one byte string for each value.
public struct MessageDecoder: Sendable {
  /// Deeper nesting is refused, so that no message can exhaust the stack.
  public static let maxDepth = 64

  var claims: Claims
  private let handles: [any WireHandle]
  private var nextHandle = 0
  private var depth = 0
  /// Bits that are one in the current struct, union or array and were not read. Each field is read once, so what is left
  /// over at the object's end is in its padding, where it could carry what nobody checks.
  var unreadOnes = 0
  /// A union's member of a later version was passed over. Objects and handles of it come next, if it has any.
  private var mayHaveSkippedObject = false
  private var mayHaveSkippedHandle = false

  private init(_ bytes: [UInt8], _ header: MessageHeader, _ handles: [any WireHandle]) {
    claims = Claims(bytes, range: header.payload)
    self.handles = handles
  }

  /// Decodes the parameter struct of a message, and makes sure that nothing else is in it.
  public static func decode<Value: WireStruct>(
    _ type: Value.Type, from bytes: [UInt8], header: MessageHeader, handles: [any WireHandle]
  ) throws(Malformed) -> Value {
    try header.expectCanonical(in: bytes)
    var decoder = MessageDecoder(bytes, header, handles)
    let value = try decoder.structure(type, at: header.payload.lowerBound, field: "parameters")
    try decoder.finish(at: bytes.count)
    return value
  }

  private mutating func finish(at count: Int) throws(Malformed) {
    try skipPadding(to: claims.end, field: "end")
    guard claims.end == count, count % 8 == 0 else {
      throw Malformed(.message(.notCanonical), detail: "ends at \(claims.end) of \(count) bytes")
    }
    guard nextHandle == handles.count || mayHaveSkippedHandle else {
      throw Malformed(
        .message(.unreferencedHandle), detail: "\(handles.count - nextHandle) of \(handles.count)")
    }
  }

  // MARK: Objects

  mutating func structure<Value: WireStruct>(
    _ type: Value.Type, at position: Int, field: String
  ) throws(Malformed) -> Value {
    try skipPadding(to: position, field: field)
    let size = try claims.structHeader(at: position, field: field)
    let version = claims.uint32(at: position + 4)
    guard Self.knows(version, size, of: type) else {
      throw Malformed(
        .message(.unexpectedStructHeader), field: field,
        detail: "version \(version) with \(size) bytes, wants \(type.wireSize)")
    }
    let view = StructView(base: position, size: size, version: version)
    return try readingAll(of: (position + 8)..<(position + size), field) {
      (decoder) throws(Malformed) in try Value(decoding: &decoder, at: view)
    }
  }

  /// Peers are of one build, or declare the same versions: none sends a version that is not declared.
  private static func knows<Value: WireStruct>(
    _ version: UInt32, _ size: Int, of type: Value.Type
  ) -> Bool {
    let versions = type.wireVersions
    guard !versions.isEmpty else { return version == 0 && size == type.wireSize }
    return versions.contains(WireVersion(version, size: size))
  }

  /// Makes sure that `body` reads every bit in `range` that is one.
  mutating func readingAll<Value>(
    of range: Range<Int>, _ field: String,
    _ body: (inout MessageDecoder) throws(Malformed) -> Value
  ) throws(Malformed) -> Value {
    let outer = unreadOnes
    unreadOnes = claims.ones(in: range)
    let value = try body(&self)
    guard unreadOnes == 0 else {
      throw Malformed(.message(.notCanonical), field: field, detail: "padding is not zero")
    }
    unreadOnes = outer
    return value
  }

  /// Nothing may lie between two objects but zero bytes up to the next multiple of 8.
  mutating func skipPadding(to position: Int, field: String) throws(Malformed) {
    guard position >= claims.next, position <= claims.end else { return }  // the claim will say so
    if mayHaveSkippedObject {
      mayHaveSkippedObject = false
      return
    }
    guard position - claims.next < 8 else {
      throw Malformed(
        .message(.notCanonical), field: field, detail: "\(position - claims.next) bytes unused")
    }
    for index in claims.next..<position where claims.uint8(at: index) != 0 {
      throw Malformed(.message(.notCanonical), field: field, detail: "padding is not zero")
    }
  }

  /// Follows a pointer field of a struct.
  mutating func pointer<Value>(
    _ fields: StructView, _ offset: Int, _ field: String,
    _ decode: (inout MessageDecoder, Int) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    unreadOnes -= claims.uint64(at: fields.base + offset).nonzeroBitCount
    return try pointer(fields.base + offset, field, decode)
  }

  /// Follows a pointer; the depth is counted even where it is null.
  mutating func pointer<Value>(
    _ position: Int, _ field: String,
    _ decode: (inout MessageDecoder, Int) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    try nested(field) { (decoder) throws(Malformed) in
      guard let target = try decoder.claims.target(at: position, field: field) else { return nil }
      return try decode(&decoder, target)
    }
  }

  mutating func nested<Value>(
    _ field: String, _ body: (inout MessageDecoder) throws(Malformed) -> Value
  ) throws(Malformed) -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maxDepth else {
      throw Malformed(.message(.maxRecursionDepth), field: field)
    }
    return try body(&self)
  }

  func required<Value>(_ value: Value?, _ field: String) throws(Malformed) -> Value {
    guard let value else { throw Malformed(.message(.unexpectedNullPointer), field: field) }
    return value
  }
  // MARK: Handles

  /// The next attachment of the message, which must be there.
  public mutating func handle(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> any WireHandle {
    guard let handle = try optionalHandle(fields, offset, name) else {
      throw Malformed(.message(.unexpectedInvalidHandle), field: name)
    }
    return handle
  }

  /// The next attachment of the message, or `nil`.
  public mutating func optionalHandle(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> (any WireHandle)? {
    let index = uint32(fields, offset)
    guard index != .max else { return nil }
    guard let position = Int(exactly: index), position >= nextHandle, position < handles.count
    else {
      throw Malformed(
        .message(.illegalHandle), field: name, detail: "index \(index) of \(handles.count)")
    }
    // In canonical form no handle is skipped; `finish` would find it, this names the field.
    guard position == nextHandle || mayHaveSkippedHandle else {
      throw Malformed(.message(.unreferencedHandle), field: name, detail: "index \(index)")
    }
    mayHaveSkippedHandle = false
    nextHandle = position + 1
    return handles[position]
  }

  /// Passes over the 8 bytes of a union's member that this version does not know, and over the one object or the handles that
  /// they may lead to. What is in them is not checked: nobody reads it.
  public mutating func skipUnionData(_ fields: StructView, _ offset: Int) {
    _ = uint64(fields, offset)
    mayHaveSkippedObject = true
    mayHaveSkippedHandle = true
  }
}
