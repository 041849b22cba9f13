/// Writes one message. Every byte that no field sets is zero: nothing of this process's memory leaves in padding.
public struct MessageEncoder: Sendable {
  public internal(set) var bytes: [UInt8]
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

  /// Of what a message would hold, without a header.
  init() { bytes = [] }

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

  mutating func append(_ value: UInt32) {
    for shift in stride(from: UInt32(0), through: 24, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  private mutating func append(_ value: UInt64) {
    append(UInt32(truncatingIfNeeded: value))
    append(UInt32(truncatingIfNeeded: value >> 32))
  }

  /// Appends a struct and everything that it points to.
  mutating func structure<Value: WireStruct>(_ value: Value) {
    let version = Value.wireVersions.last?.number ?? 0
    let fields = StructView(base: bytes.count, size: Value.wireSize, version: version)
    append(UInt32(clamping: Value.wireSize))
    append(version)
    bytes.append(contentsOf: repeatElement(0, count: Value.wireSize - 8))
    value.encode(into: &self, at: fields)
  }

  mutating func pad() {
    while bytes.count % 8 != 0 { bytes.append(0) }
  }

  /// Makes the pointer at `position` lead to the end, where the next object begins.
  mutating func pointToEnd(_ position: Int) {
    put(UInt64(bytes.count - position), at: position)
  }

  mutating func put(_ value: UInt64, at position: Int) {
    for index in 0..<8 {
      bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
  }

  mutating func put(_ value: UInt32, at position: Int) {
    for index in 0..<4 {
      bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8))
    }
  }
  // MARK: Handles

  /// `nil` is written as no handle.
  public mutating func handle<Handle: WireHandle>(
    _ fields: StructView, _ offset: Int, _ handle: Handle?
  ) {
    guard let handle else { return put(UInt32.max, at: fields.base + offset) }
    put(UInt32(clamping: handles.count), at: fields.base + offset)
    handles.append(handle)
  }
}
