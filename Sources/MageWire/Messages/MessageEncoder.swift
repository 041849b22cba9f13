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
  @usableFromInline var handles: [any WireHandle] = []
  @usableFromInline var interfaceIDs: [UInt32] = []
  /// What will get the ids, each with the place of its own among them.
  @usableFromInline var ends: [any WireHandle] = []
  /// What is written are keys of a map, whose arrays are all in the message.
  @usableFromInline var isInKeys = false

  /// What a message is, as its header says it.
  public enum Kind: Sendable {
    case oneWay
    case request(id: UInt64)
    case reply(id: UInt64)

    /// The header's flags and request id.
    @inlinable var head: (flags: UInt32, id: UInt64) {
      switch self {
      case .oneWay: (0, 0)
      case .request(let id): (MessageHeader.expectsReplyFlag, id)
      case .reply(let id): (MessageHeader.isReplyFlag, id)
      }
    }
  }

  /// What a message takes when nobody knows better.
  @inlinable static var firstCapacity: Int { 1024 }

  @inlinable
  init?(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let memory = buffer.baseAddress else { return nil }
    unsafe self.memory = memory
    capacity = buffer.count
  }

  /// Encodes a whole message.
  @inlinable
  public static func encode<Value: WireStruct>(
    _ kind: Kind, ordinal: UInt32, _ parameters: Value
  ) -> (bytes: [UInt8], handles: [any WireHandle]) {
    unsafe withEncoded(kind, ordinal: ordinal, parameters) { bytes, handles, _ in
      (unsafe [UInt8](bytes), handles)
    }
  }

  /// The same, with the ends of interfaces that are to share the pipe.
  ///
  /// Their ids are the last that the message holds, in the order of `ends`. They are written as ones that mean nothing, because only the pipe can
  /// give them when the message goes on its way.
  @inlinable
  package static func encodeWithEnds<Value: WireStruct>(
    _ kind: Kind, ordinal: UInt32, _ parameters: Value
  ) -> (bytes: [UInt8], handles: [any WireHandle], ends: [any WireHandle]) {
    unsafe withEncoded(kind, ordinal: ordinal, parameters) { bytes, handles, ends in
      (unsafe [UInt8](bytes), handles, ends)
    }
  }

  /// Encodes a whole message and lends its bytes to `body`: nothing is allocated for one of ordinary size.
  @inlinable
  package static func withEncoded<Value: WireStruct, Outcome>(
    _ kind: Kind, ordinal: UInt32, _ parameters: Value,
    _ body: (UnsafeRawBufferPointer, [any WireHandle], [any WireHandle]) -> Outcome
  ) -> Outcome {
    unsafe attempts(
      { encoder, attempt in
        encoder.header(kind, ordinal: ordinal, hasInterfaceIDs: attempt.hasInterfaceIDs)
        encoder.structure(parameters)
      }, body)
  }

  /// Writes until what is written fits its memory.
  @inlinable @inline(__always)
  static func attempts<Outcome>(
    _ write: (inout MessageEncoder, Attempt) -> Void,
    _ body: (UnsafeRawBufferPointer, [any WireHandle], [any WireHandle]) -> Outcome
  ) -> Outcome {
    var attempt = Attempt()
    while true {
      let outcome = unsafe withUnsafeTemporaryAllocation(
        byteCount: attempt.capacity, alignment: 8
      ) { buffer -> Outcome? in
        guard var encoder = unsafe MessageEncoder(buffer) else { return nil }
        write(&encoder, attempt)
        guard let count = encoder.finish(&attempt) else { return nil }
        return unsafe body(
          UnsafeRawBufferPointer(start: buffer.baseAddress, count: count), encoder.handles,
          encoder.ends)
      }
      if let outcome { return outcome }
    }
  }

  /// What is known of a message before it is written.
  @usableFromInline
  struct Attempt {
    @usableFromInline var capacity = MessageEncoder.firstCapacity
    /// Only a header of a later version can say where they are.
    @usableFromInline var hasInterfaceIDs = false

    @inlinable init() {}
  }

  /// How many bytes were written; `nil` where the message must be written again.
  @inlinable @inline(__always)
  mutating func finish(_ attempt: inout Attempt) -> Int? {
    if interfaceIDs.isEmpty, count <= capacity { return count }
    return finishWithIDs(&attempt)
  }

  @usableFromInline
  mutating func finishWithIDs(_ attempt: inout Attempt) -> Int? {
    let lacksIDs = !interfaceIDs.isEmpty && !attempt.hasInterfaceIDs
    if attempt.hasInterfaceIDs { appendInterfaceIDs() }
    if count <= capacity, !lacksIDs { return count }
    attempt.hasInterfaceIDs = !interfaceIDs.isEmpty
    attempt.capacity = max(count, capacity)
    return nil
  }

  /// What `write` writes of a map's keys, without a header.
  @inlinable
  static func bytes(_ write: (inout MessageEncoder) -> Void) -> [UInt8] {
    unsafe attempts(
      { encoder, _ in
        encoder.isInKeys = true
        write(&encoder)
      }, { bytes, _, _ in unsafe [UInt8](bytes) })
  }

  // MARK: Whole objects

  /// The oldest header that has what the message needs.
  @inlinable @inline(__always)
  mutating func header(_ kind: Kind, ordinal: UInt32, hasInterfaceIDs: Bool) {
    let (flags, id) = kind.head
    let (size, version): (UInt64, UInt64) =
      hasInterfaceIDs ? (48, 2) : flags == 0 ? (24, 0) : (32, 1)
    let start = append(Int(size))
    put(size | version << 32, at: start)
    put(UInt64(ordinal) << 32, at: start &+ 8)
    put(UInt64(flags), at: start &+ 16)
    if version > 0 { put(id, at: start &+ 24) }
    // The parameters come behind the header, and the ids behind them.
    if version > 1 { put(16 as UInt64, at: start &+ 32) }
    if version > 1 { put(0 as UInt64, at: start &+ 40) }
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
  @inlinable @inline(__always)
  mutating func structure<Value: WireStruct>(_ value: Value) {
    let versions = Value.wireVersions
    let version = versions.isEmpty ? 0 : versions[versions.count - 1].number
    let base = append(zeros: Value.wireSize)
    put(UInt64(UInt32(truncatingIfNeeded: Value.wireSize)) | UInt64(version) << 32, at: base)
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
    let start = append(size)
    guard count <= capacity else { return start }
    // Whole words, as objects are: a call to fill memory costs more than most structs take.
    var position = start
    while count &- position >= 8 {
      unsafe memory.storeBytes(of: 0, toByteOffset: position, as: UInt64.self)
      position &+= 8
    }
    while position < count {
      unsafe memory.storeBytes(of: 0, toByteOffset: position, as: UInt8.self)
      position &+= 1
    }
    return start
  }

  /// Appends bytes that the caller sets, every one of them. Returns where they begin.
  @inlinable @inline(__always)
  mutating func append(_ size: Int) -> Int {
    let start = count
    count &+= size
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
  @inlinable @inline(__always)
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
