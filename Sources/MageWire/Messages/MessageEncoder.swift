/// Writes one message. Every byte that no field sets is zero: nothing of this process's memory leaves in padding.
public struct MessageEncoder: Sendable {
  public private(set) var bytes: [UInt8]
  /// What travels beside the bytes, in the order of their indices.
  public private(set) var handles: [any WireHandle] = []

  /// What a message is, as its header says it.
  public enum Kind: Sendable {
    case oneWay
    case request(id: UInt64)
    case reply(id: UInt64)
  }

  private init(_ kind: Kind, ordinal: UInt32) {
    bytes = []
    bytes.reserveCapacity(128)
    switch kind {
    case .oneWay: header(size: 24, version: 0, ordinal: ordinal, flags: 0)
    case .request(let id):
      header(size: 32, version: 1, ordinal: ordinal, flags: MessageHeader.expectsReplyFlag)
      append(id)
    case .reply(let id):
      header(size: 32, version: 1, ordinal: ordinal, flags: MessageHeader.isReplyFlag)
      append(id)
    }
  }

  /// Encodes a whole message.
  public static func encode<Value: WireStruct>(
    _ kind: Kind, ordinal: UInt32, _ parameters: Value
  ) -> (bytes: [UInt8], handles: [any WireHandle]) {
    var encoder = MessageEncoder(kind, ordinal: ordinal)
    encoder.structure(parameters)
    return (encoder.bytes, encoder.handles)
  }

  private mutating func header(size: UInt32, version: UInt32, ordinal: UInt32, flags: UInt32) {
    for value in [size, version, 0, ordinal, flags, 0] { append(value) }
  }

  private mutating func append(_ value: UInt32) {
    for shift in stride(from: UInt32(0), through: 24, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  private mutating func append(_ value: UInt64) {
    append(UInt32(truncatingIfNeeded: value))
    append(UInt32(truncatingIfNeeded: value >> 32))
  }

  /// Appends a struct and everything that it points to.
  private mutating func structure<Value: WireStruct>(_ value: Value) {
    let fields = StructView(base: bytes.count, size: Value.wireSize)
    append(UInt32(clamping: Value.wireSize))
    append(UInt32(0))
    bytes.append(contentsOf: repeatElement(0, count: Value.wireSize - 8))
    value.encode(into: &self, at: fields)
  }

  private mutating func pad() {
    while bytes.count % 8 != 0 { bytes.append(0) }
  }

  /// Makes the pointer at `position` lead to the end, where the next object begins.
  private mutating func pointToEnd(_ position: Int) {
    put(UInt64(bytes.count - position), at: position)
  }

  private mutating func put(_ value: UInt64, at position: Int) {
    for index in 0..<8 {
      bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
  }

  private mutating func put(_ value: UInt32, at position: Int) {
    for index in 0..<4 {
      bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8))
    }
  }
}

// MARK: - Fields

extension MessageEncoder {
  public mutating func bool(_ fields: StructView, _ offset: Int, bit: Int, _ value: Bool) {
    if value { bytes[fields.base + offset] |= 1 << UInt8(clamping: bit) }
  }

  public mutating func uint8(_ fields: StructView, _ offset: Int, _ value: UInt8) {
    bytes[fields.base + offset] = value
  }

  public mutating func uint32(_ fields: StructView, _ offset: Int, _ value: UInt32) {
    put(value, at: fields.base + offset)
  }

  public mutating func int32(_ fields: StructView, _ offset: Int, _ value: Int32) {
    put(UInt32(bitPattern: value), at: fields.base + offset)
  }

  public mutating func uint64(_ fields: StructView, _ offset: Int, _ value: UInt64) {
    put(value, at: fields.base + offset)
  }

  public mutating func string(_ fields: StructView, _ offset: Int, _ value: String) {
    bytes(fields, offset, Array(value.utf8))
  }

  public mutating func bytes(_ fields: StructView, _ offset: Int, _ value: [UInt8]) {
    pointToEnd(fields.base + offset)
    append(UInt32(clamping: value.count + 8))
    append(UInt32(clamping: value.count))
    bytes.append(contentsOf: value)
    pad()
  }

  public mutating func uint32s(_ fields: StructView, _ offset: Int, _ value: [UInt32]) {
    pointToEnd(fields.base + offset)
    append(UInt32(clamping: value.count * 4 + 8))
    append(UInt32(clamping: value.count))
    for element in value { append(element) }
    pad()
  }

  public mutating func structures<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ value: [Value]
  ) {
    pointToEnd(fields.base + offset)
    append(UInt32(clamping: value.count * 8 + 8))
    append(UInt32(clamping: value.count))
    let elements = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: value.count * 8))
    for (index, element) in value.enumerated() {
      pointToEnd(elements + index * 8)
      structure(element)
    }
  }

  public mutating func structure<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ value: Value?
  ) {
    guard let value else { return }
    pointToEnd(fields.base + offset)
    structure(value)
  }

  /// The head of an inline union; write its member at `offset + 8`.
  public mutating func union(_ fields: StructView, _ offset: Int, tag: UInt32) {
    put(16 as UInt32, at: fields.base + offset)
    put(tag, at: fields.base + offset + 4)
  }

  public mutating func handle(
    _ fields: StructView, _ offset: Int, _ handle: some WireHandle
  ) {
    put(UInt32(clamping: handles.count), at: fields.base + offset)
    handles.append(handle)
  }
}
