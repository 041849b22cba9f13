/// Writes one message. Every byte that no field sets is zero: nothing of this process's memory leaves in padding.
///
/// It writes to memory of a size that was guessed. When a message turns out to be larger, it is written again to memory that is large enough; so
/// ``WireStruct/encode(into:at:)`` may run twice, and must do the same both times. It cannot be copied: the memory is lent to
/// ``encode(_:ordinal:_:)`` and no longer.
@safe
public struct MessageEncoder: ~Copyable {
  @usableFromInline let memory: UnsafeMutableRawPointer
  @usableFromInline let capacity: Int
  /// Bytes of the message so far; those behind `capacity` are counted and not written.
  @usableFromInline var count = 0
  /// What travels beside the bytes, in the order of their indices.
  private var handles: [any WireHandle] = []
  private var interfaceIDs: [UInt32] = []
  /// What will get the ids, each with the place of its own among them.
  private var ends: [any WireHandle] = []
  /// What is written are keys of a map, whose arrays are all in the message.
  @usableFromInline var isInKeys = false

  /// What a message is, as its header says it.
  public enum Kind: Sendable {
    case oneWay
    case request(id: UInt64)
    case reply(id: UInt64)

    /// The header's flags and request id.
    fileprivate var head: (flags: UInt32, id: UInt64) {
      switch self {
      case .oneWay: (0, 0)
      case .request(let id): (MessageHeader.expectsReplyFlag, id)
      case .reply(let id): (MessageHeader.isReplyFlag, id)
      }
    }
  }

  /// What a message takes when nobody knows better.
  @usableFromInline static var firstCapacity: Int { 256 }

  private init(_ memory: UnsafeMutableRawPointer, capacity: Int) {
    unsafe self.memory = memory
    self.capacity = capacity
  }

  /// Encodes a whole message.
  @inlinable
  public static func encode<Value: WireStruct>(
    _ kind: Kind, ordinal: UInt32, _ parameters: Value
  ) -> (bytes: [UInt8], handles: [any WireHandle]) {
    let message = encodeWithEnds(kind, ordinal: ordinal, parameters)
    return (message.bytes, message.handles)
  }

  /// The same, with the ends of interfaces that are to share the pipe.
  ///
  /// Their ids are the last that the message holds, in the order of `ends`. They are written as ones that mean nothing, because only the pipe can
  /// give them when the message goes on its way.
  @inlinable
  package static func encodeWithEnds<Value: WireStruct>(
    _ kind: Kind, ordinal: UInt32, _ parameters: Value
  ) -> (bytes: [UInt8], handles: [any WireHandle], ends: [any WireHandle]) {
    var attempt = Attempt()
    while true {
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: attempt.capacity) { buffer, count in
        guard var encoder = unsafe MessageEncoder(buffer) else { return }
        encoder.header(kind, ordinal: ordinal, hasInterfaceIDs: attempt.hasInterfaceIDs)
        encoder.structure(parameters)
        count = encoder.finish(&attempt)
      }
      if attempt.isDone { return (bytes, attempt.handles, attempt.ends) }
    }
  }

  /// What is known of a message before it is written, and what came of writing it.
  @usableFromInline
  struct Attempt {
    @usableFromInline var capacity = MessageEncoder.firstCapacity
    /// Only a header of a later version can say where they are.
    @usableFromInline var hasInterfaceIDs = false
    @usableFromInline var isDone = false
    @usableFromInline var handles: [any WireHandle] = []
    @usableFromInline var ends: [any WireHandle] = []

    @usableFromInline init() {}
  }

  /// The bytes that were written; none where the message must be written again.
  @usableFromInline
  mutating func finish(_ attempt: inout Attempt) -> Int {
    let lacksIDs = !interfaceIDs.isEmpty && !attempt.hasInterfaceIDs
    if attempt.hasInterfaceIDs { appendInterfaceIDs() }
    attempt.isDone = count <= capacity && !lacksIDs
    guard attempt.isDone else {
      attempt.hasInterfaceIDs = !interfaceIDs.isEmpty
      attempt.capacity = count <= capacity ? capacity : count
      return 0
    }
    if !handles.isEmpty { attempt.handles = handles }
    if !ends.isEmpty { attempt.ends = ends }
    return count
  }

  /// What `write` writes of a map's keys, without a header.
  @inlinable
  static func bytes(_ write: (inout MessageEncoder) -> Void) -> [UInt8] {
    var attempt = Attempt()
    while true {
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: attempt.capacity) { buffer, count in
        guard var encoder = unsafe MessageEncoder(buffer) else { return }
        encoder.isInKeys = true
        write(&encoder)
        count = encoder.finish(&attempt)
      }
      if attempt.isDone { return bytes }
    }
  }

  @usableFromInline
  init?(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    guard let memory = buffer.baseAddress else { return nil }
    unsafe self.init(UnsafeMutableRawPointer(memory), capacity: buffer.count)
  }

  // MARK: Whole objects

  /// The oldest header that has what the message needs.
  @usableFromInline
  mutating func header(_ kind: Kind, ordinal: UInt32, hasInterfaceIDs: Bool) {
    let (flags, id) = kind.head
    let (size, version): (Int, UInt32) =
      hasInterfaceIDs ? (48, 2) : flags == 0 ? (24, 0) : (32, 1)
    let start = append(zeros: size)
    put(UInt32(clamping: size), at: start)
    put(version, at: start + 4)
    put(ordinal, at: start + 12)
    put(flags, at: start + 16)
    if version > 0 { put(id, at: start + 24) }
    if version > 1 { put(16 as UInt64, at: start + 32) }  // the parameters come behind the header
  }

  /// Appends the interface ids, and says in the header where they are.
  @usableFromInline
  mutating func appendInterfaceIDs() {
    pointToEnd(40)
    let body = append(zeros: (8 + interfaceIDs.count * 4 + 7) / 8 * 8) + 8
    put(UInt32(clamping: 8 + interfaceIDs.count * 4), at: body - 8)
    put(UInt32(clamping: interfaceIDs.count), at: body - 4)
    for (index, id) in interfaceIDs.enumerated() { put(id, at: body + index * 4) }
  }

  /// Appends a struct and everything that it points to.
  @inlinable
  mutating func structure<Value: WireStruct>(_ value: Value) {
    let versions = Value.wireVersions
    let version = versions.isEmpty ? 0 : versions[versions.count - 1].number
    let base = append(zeros: Value.wireSize)
    put(UInt32(truncatingIfNeeded: Value.wireSize), at: base)
    put(version, at: base &+ 4)
    value.encode(
      into: &self, at: StructView(base: base, size: Value.wireSize, version: version))
  }

  // MARK: Handles and interface ids

  /// `nil` is written as no handle.
  public mutating func handle(
    _ fields: StructView, _ offset: Int, _ handle: (any WireHandle)?
  ) {
    guard let handle else { return put(UInt32.max, at: fields.base + offset) }
    put(UInt32(clamping: append(handle: handle)), at: fields.base + offset)
  }

  /// Appends to what travels beside the message. Returns its index there.
  mutating func append(handle: any WireHandle) -> Int {
    handles.append(handle)
    return handles.count - 1
  }

  /// The id of an interface that shares the pipe; `nil` is written as none.
  public mutating func interfaceID(_ fields: StructView, _ offset: Int, _ id: UInt32?) {
    guard let id else { return put(UInt32.max, at: fields.base + offset) }
    put(UInt32(clamping: interfaceIDs.count), at: fields.base + offset)
    interfaceIDs.append(id)
  }

  /// The end of an interface that is to share the pipe; `nil` is written as none.
  public mutating func interfaceEnd(
    _ fields: StructView, _ offset: Int, _ end: (any WireHandle)?
  ) {
    interfaceID(fields, offset, end.map { _ in 1 })
    if let end { ends.append(end) }
  }
}

// MARK: - Bytes

extension MessageEncoder {
  /// Appends zeros. Returns where they begin.
  @inlinable @inline(__always)
  mutating func append(zeros size: Int) -> Int {
    let start = count
    count &+= size
    if count <= capacity {
      unsafe memory.advanced(by: start).initializeMemory(
        as: UInt8.self, repeating: 0, count: size)
    }
    return start
  }

  /// Makes the pointer at `position` lead to the end, where the next object begins.
  @inlinable
  mutating func pointToEnd(_ position: Int) {
    put(UInt64(truncatingIfNeeded: count &- position), at: position)
  }

  /// Writes a number over what is there; nothing where that is not in the memory.
  @inlinable @inline(__always)
  mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(
    _ value: Number, at position: Int
  ) {
    guard position >= 0, position &+ MemoryLayout<Number>.size <= capacity else { return }
    unsafe memory.storeBytes(of: value.littleEndian, toByteOffset: position, as: Number.self)
  }

  /// Copies bytes over zeros that were appended.
  @usableFromInline
  mutating func copy(_ bytes: UnsafeRawBufferPointer, to position: Int) {
    guard position >= 0, position <= capacity &- bytes.count else { return }
    guard let start = bytes.baseAddress else { return }
    unsafe memory.advanced(by: position).copyMemory(from: start, byteCount: bytes.count)
  }

  /// Sets bits of a byte.
  @inlinable @inline(__always)
  mutating func set(_ bits: UInt8, at position: Int) {
    guard position >= 0, position < capacity else { return }
    let old = unsafe memory.load(fromByteOffset: position, as: UInt8.self)
    unsafe memory.storeBytes(of: old | bits, toByteOffset: position, as: UInt8.self)
  }
}
