/// Reads one message's parameters, front to back, once. Assume that an attacker chose the bytes.
///
/// None of its methods can trap, whatever the bytes are, and none allocates more than a small multiple of what arrived. Objects must lie exactly
/// one after the other with zero padding, as ``MessageEncoder`` writes them: there is one byte string for each value.
public struct MessageDecoder: Sendable {
  /// Deeper nesting is refused, so that no message can exhaust the stack.
  public static let maxDepth = 64

  private var claims: Claims
  private let handles: [any WireHandle]
  private var nextHandle = 0
  private var depth = 0
  /// Bits that are one in the current struct and were not read. Each field is read once, so what is left over at the
  /// struct's end is in its padding, where it could carry what nobody checks.
  private var unreadOnes = 0

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
    guard nextHandle == handles.count else {
      throw Malformed(
        .message(.unreferencedHandle), detail: "\(handles.count - nextHandle) of \(handles.count)")
    }
  }

  // MARK: Objects

  private mutating func structure<Value: WireStruct>(
    _ type: Value.Type, at position: Int, field: String
  ) throws(Malformed) -> Value {
    try skipPadding(to: position, field: field)
    let size = try claims.structHeader(at: position, field: field)
    let version = claims.uint32(at: position + 4)
    guard version == 0, size == type.wireSize else {
      throw Malformed(
        .message(.unexpectedStructHeader), field: field,
        detail: "version \(version) with \(size) bytes, wants \(type.wireSize)")
    }
    let outer = unreadOnes
    unreadOnes = stride(from: position + 8, to: position + size, by: 8).reduce(0) {
      $0 + claims.uint64(at: $1).nonzeroBitCount
    }
    let value = try Value(decoding: &self, at: StructView(base: position, size: size))
    guard unreadOnes == 0 else {
      throw Malformed(.message(.notCanonical), field: field, detail: "padding is not zero")
    }
    unreadOnes = outer
    return value
  }

  /// Nothing may lie between two objects but zero bytes up to the next multiple of 8.
  private mutating func skipPadding(to position: Int, field: String) throws(Malformed) {
    guard position >= claims.next, position <= claims.end else { return }  // the claim will say so
    guard position - claims.next < 8 else {
      throw Malformed(
        .message(.notCanonical), field: field, detail: "\(position - claims.next) bytes unused")
    }
    for index in claims.next..<position where claims.uint8(at: index) != 0 {
      throw Malformed(.message(.notCanonical), field: field, detail: "padding is not zero")
    }
  }

  /// Follows a pointer field of a struct.
  private mutating func pointer<Value>(
    _ fields: StructView, _ offset: Int, _ field: String,
    _ decode: (inout MessageDecoder, Int) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    unreadOnes -= claims.uint64(at: fields.base + offset).nonzeroBitCount
    return try pointer(fields.base + offset, field, decode)
  }

  /// Follows a pointer; the depth is counted even where it is null.
  private mutating func pointer<Value>(
    _ position: Int, _ field: String,
    _ decode: (inout MessageDecoder, Int) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maxDepth else {
      throw Malformed(.message(.maxRecursionDepth), field: field)
    }
    guard let target = try claims.target(at: position, field: field) else { return nil }
    return try decode(&self, target)
  }

  private func required<Value>(_ value: Value?, _ field: String) throws(Malformed) -> Value {
    guard let value else { throw Malformed(.message(.unexpectedNullPointer), field: field) }
    return value
  }
}

// MARK: - Fields

extension MessageDecoder {
  /// The bool at bit `bit` of the byte at `offset`.
  public mutating func bool(_ fields: StructView, _ offset: Int, bit: Int) -> Bool {
    read(claims.uint8(at: fields.base + offset) >> UInt8(clamping: bit) & 1) != 0
  }

  public mutating func uint8(_ fields: StructView, _ offset: Int) -> UInt8 {
    read(claims.uint8(at: fields.base + offset))
  }

  public mutating func uint32(_ fields: StructView, _ offset: Int) -> UInt32 {
    read(claims.uint32(at: fields.base + offset))
  }

  public mutating func int32(_ fields: StructView, _ offset: Int) -> Int32 {
    Int32(bitPattern: uint32(fields, offset))
  }

  public mutating func uint64(_ fields: StructView, _ offset: Int) -> UInt64 {
    read(claims.uint64(at: fields.base + offset))
  }

  private mutating func read<Value: FixedWidthInteger>(_ value: Value) -> Value {
    unreadOnes -= value.nonzeroBitCount
    return value
  }

  /// A number within the interface's declared range.
  public mutating func uint32(
    _ fields: StructView, _ offset: Int, _ name: String, in range: ClosedRange<UInt32>
  ) throws(Malformed) -> UInt32 {
    let value = uint32(fields, offset)
    guard range.contains(value) else {
      throw Malformed(
        .interface(.outOfRange), field: name,
        detail: "\(value), declared \(range.lowerBound) to \(range.upperBound)")
    }
    return value
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

  /// A string of at most `max` bytes of UTF-8.
  public mutating func string(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int
  ) throws(Malformed) -> String {
    let bytes = try byteRange(fields, offset, name, max: max)
    guard let text = String(validating: claims.bytes[bytes], as: UTF8.self) else {
      throw Malformed(.message(.notUTF8), field: name)
    }
    return text
  }

  /// An `array<uint8>` of at most `max` bytes.
  public mutating func bytes(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int
  ) throws(Malformed) -> [UInt8] {
    Array(claims.bytes[try byteRange(fields, offset, name, max: max)])
  }

  private mutating func byteRange(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int
  ) throws(Malformed) -> Range<Int> {
    let array = try array(fields, offset, name, elementSize: 1, max: max)
    return array.elements..<(array.elements + array.count)
  }

  private mutating func array(
    _ fields: StructView, _ offset: Int, _ name: String, elementSize: Int, max: Int
  ) throws(Malformed) -> (count: Int, elements: Int) {
    let array = try pointer(fields, offset, name) { (decoder, target) throws(Malformed) in
      try decoder.skipPadding(to: target, field: name)
      return try decoder.claims.array(
        at: target, elementSize: elementSize, exact: true, field: name)
    }
    let found = try required(array, name)
    guard found.count <= max else {
      throw Malformed(.interface(.tooLong), field: name, detail: "\(found.count), limit \(max)")
    }
    return found
  }

  /// An `array<uint32>` of at most `max` elements.
  public mutating func uint32s(
    _ fields: StructView, _ offset: Int, _ name: String, max: Int
  ) throws(Malformed) -> [UInt32] {
    let array = try array(fields, offset, name, elementSize: 4, max: max)
    return (0..<array.count).map { claims.uint32(at: array.elements + $0 * 4) }
  }

  /// An array of structs, at most `max`.
  public mutating func structures<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type, max: Int
  ) throws(Malformed) -> [Value] {
    let array = try array(fields, offset, name, elementSize: 8, max: max)
    var values: [Value] = []
    for index in 0..<array.count {
      let value = try pointer(array.elements + index * 8, name) {
        (decoder, target) throws(Malformed) in
        try decoder.structure(type, at: target, field: name)
      }
      values.append(try required(value, name))
    }
    return values
  }

  /// A struct that must be there.
  public mutating func structure<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value {
    let value = try optionalStructure(fields, offset, name, type)
    return try required(value, name)
  }

  /// A struct, or `nil`.
  public mutating func optionalStructure<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value? {
    try pointer(fields, offset, name) { (decoder, target) throws(Malformed) in
      try decoder.structure(type, at: target, field: name)
    }
  }

  /// The tag of an inline union; its 8 bytes of data are at `offset + 8`.
  public mutating func unionTag(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> UInt32 {
    let size = uint32(fields, offset)
    guard size != 0 else { throw Malformed(.message(.unexpectedNullPointer), field: name) }
    guard size == 16 else {
      throw Malformed(.message(.unexpectedUnionSize), field: name, detail: "\(size)")
    }
    return uint32(fields, offset + 4)
  }

  /// The next attachment of the message, which must be there.
  public mutating func handle(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> any WireHandle {
    let index = uint32(fields, offset)
    guard index != .max else {
      throw Malformed(.message(.unexpectedInvalidHandle), field: name)
    }
    guard let position = Int(exactly: index), position >= nextHandle, position < handles.count
    else {
      throw Malformed(
        .message(.illegalHandle), field: name, detail: "index \(index) of \(handles.count)")
    }
    // In canonical form no handle is skipped; `finish` would find it, this names the field.
    guard position == nextHandle else {
      throw Malformed(.message(.unreferencedHandle), field: name, detail: "index \(index)")
    }
    nextHandle = position + 1
    return handles[position]
  }
}
