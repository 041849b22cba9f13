/// Reads one message's parameters, front to back, once. Assume that an attacker chose the bytes.
///
/// None of its methods can trap, whatever the bytes are, and none allocates more than a small multiple of what arrived. Objects must lie exactly
/// one after the other with zero padding, as ``MessageEncoder`` writes them: there is one byte string for each value.
///
/// It cannot be copied: it reads memory that is lent to ``decode(_:from:header:handles:)`` and no longer.
@safe
public struct MessageDecoder: ~Copyable {
  /// Deeper nesting is refused, so that no message can exhaust the stack.
  public static let maxDepth = 64

  @usableFromInline var claims: Claims
  @usableFromInline let isCanonical: Bool
  @usableFromInline let deepest: Int
  @usableFromInline var depth = 0
  /// What is in the current struct, union or array and was not read, as a sum: all of it, in units of 4 bytes, without every value that
  /// was read, where it lay. Each field is read once, so what is left over at the object's end is in its padding, where it could carry
  /// what nobody checks; and a sum of numbers that are not negative is zero only where all of them are.
  @usableFromInline var unread: UInt64 = 0
  /// A union's member of a later version was passed over. Objects, handles and ids of it come next, if it has any.
  @usableFromInline var skipped: Skipped = []
  /// What is read are keys of a map, whose arrays are all in the message.
  @usableFromInline var isInKeys = false

  // Lent, like the memory: what stands behind the pointers is the caller's and outlives the decoder.
  @usableFromInline let storage: UnsafePointer<[UInt8]>
  @usableFromInline let beside: UnsafePointer<Beside>
  @usableFromInline var nextHandle = 0
  @usableFromInline var nextInterfaceID = 0

  /// What came beside the bytes.
  @usableFromInline
  struct Beside {
    @usableFromInline let handles: [any WireHandle]
    @usableFromInline let interfaceIDs: [UInt32]
    /// What stands for the interface ids, one for each.
    @usableFromInline let ends: [any WireHandle]

    @inlinable
    init(handles: [any WireHandle], interfaceIDs: [UInt32], ends: [any WireHandle]) {
      self.handles = handles
      self.interfaceIDs = interfaceIDs
      self.ends = ends
    }
  }

  @inlinable var bytes: [UInt8] { unsafe storage.pointee }
  @inlinable var handles: [any WireHandle] { unsafe beside.pointee.handles }
  @inlinable var interfaceIDs: [UInt32] { unsafe beside.pointee.interfaceIDs }
  @inlinable var ends: [any WireHandle] { unsafe beside.pointee.ends }

  @usableFromInline
  struct Skipped: OptionSet, Sendable {
    @usableFromInline let rawValue: UInt8
    @usableFromInline init(rawValue: UInt8) { self.rawValue = rawValue }
    @usableFromInline static let object = Skipped(rawValue: 1)
    @usableFromInline static let handle = Skipped(rawValue: 2)
    @usableFromInline static let interfaceID = Skipped(rawValue: 4)
  }

  @inlinable @inline(__always)
  init(
    _ memory: UnsafeRawPointer, _ payload: Range<Int>, _ storage: UnsafePointer<[UInt8]>,
    _ beside: UnsafePointer<Beside>, _ rules: MessageRules
  ) {
    claims = unsafe Claims(memory, range: payload)
    unsafe self.storage = storage
    unsafe self.beside = beside
    isCanonical = rules == .canonical
    deepest = rules.maxDepth
  }

  /// Decodes the parameter struct of a message, and makes sure that nothing else is in it.
  @inlinable @inline(__always)
  public static func decode<Value: WireStruct>(
    _ type: Value.Type, from bytes: [UInt8], header: MessageHeader, handles: [any WireHandle]
  ) throws(Malformed) -> Value {
    try decode(type, from: bytes, header: header, handles: handles, rules: .canonical)
  }

  /// The same of a message for any interface on the pipe: whoever calls has looked whose it is.
  ///
  /// - Parameter ends: what stands for the interface ids of the header, one for each.
  @inlinable
  package static func decode<Value: WireStruct>(
    _ type: Value.Type, from bytes: [UInt8], header: MessageHeader, handles: [any WireHandle],
    ends: [any WireHandle]
  ) throws(Malformed) -> Value {
    try withDecoder(of: bytes, header, handles, ends, .canonical, for: header.interfaceID) {
      (decoder) throws(Malformed) in
      try decoder.structure(type, at: header.start, field: "parameters")
    }
  }

  /// The same by other rules than those of pipes.
  @inlinable @inline(__always)
  package static func decode<Value: WireStruct>(
    _ type: Value.Type, from bytes: [UInt8], header: MessageHeader, handles: [any WireHandle],
    rules: MessageRules
  ) throws(Malformed) -> Value {
    try withDecoder(of: bytes, header, handles, [], rules) { (decoder) throws(Malformed) in
      try decoder.structure(type, at: header.start, field: "parameters")
    }
  }

  /// Lends a decoder, and looks at what is around that which `body` reads.
  @inlinable @inline(__always)
  static func withDecoder<Value>(
    of bytes: [UInt8], _ header: MessageHeader, _ handles: [any WireHandle],
    _ ends: [any WireHandle], _ rules: MessageRules, for interface: UInt32 = 0,
    _ body: (inout MessageDecoder) throws(Malformed) -> Value
  ) throws(Malformed) -> Value {
    // Positions are those of the bytes that the header was read from. No check of what came: no message can make them others.
    guard header.count == bytes.count else { throw Self.otherBytes() }
    if rules == .canonical { try header.expectCanonical(for: interface) }
    return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Malformed) in
      guard let memory = unsafe UnsafeRawPointer(buffer.baseAddress) else {
        throw Self.otherBytes()
      }
      return try unsafe withUnsafePointer(to: bytes) { (storage) throws(Malformed) in
        let beside = Beside(handles: handles, interfaceIDs: header.interfaceIDs, ends: ends)
        return try unsafe withUnsafePointer(to: beside) { (beside) throws(Malformed) in
          var decoder = unsafe MessageDecoder(memory, header.payload, storage, beside, rules)
          let value = try body(&decoder)
          if rules == .canonical { try decoder.finish(header) }
          return value
        }
      }
    }
  }

  @usableFromInline @inline(never)
  static func otherBytes() -> Malformed {
    Malformed(.message(.illegalMemoryRange), field: "header", detail: "other bytes")
  }

  @inlinable @inline(__always)
  mutating func finish(_ header: borrowing MessageHeader) throws(Malformed) {
    try skipPadding(to: claims.end, field: "end")
    try header.expectNothing(behind: claims)
    guard nextHandle == handles.count || skipped.contains(.handle) else {
      throw Self.leftOver(.unreferencedHandle, handles.count &- nextHandle, handles.count)
    }
    guard nextInterfaceID == interfaceIDs.count || skipped.contains(.interfaceID) else {
      throw Self.leftOver(
        .unreferencedInterfaceID, interfaceIDs.count &- nextInterfaceID, interfaceIDs.count)
    }
  }

  @usableFromInline @inline(never)
  static func leftOver(_ check: MessageCheck, _ left: Int, _ count: Int) -> Malformed {
    Malformed(.message(check), detail: "\(left) of \(count)")
  }

  // MARK: Objects

  @inlinable @inline(__always)
  mutating func structure<Value: WireStruct>(
    _ type: Value.Type, at position: Int, field: String
  ) throws(Malformed) -> Value {
    let view = try header(of: type, at: position, field: field)
    let outer = unread
    unread = claims.sum(from: position &+ 8, to: position &+ view.size)
    let value = try Value(decoding: &self, at: view)
    try expectAllRead(field)
    unread = outer
    return value
  }

  /// Claims a struct, if it is of a version that may come.
  @inlinable @inline(__always)
  mutating func header<Value: WireStruct>(
    of type: Value.Type, at position: Int, field: String
  ) throws(Malformed) -> StructView {
    try skipPadding(to: position, field: field)
    let size = try claims.structHeader(at: position, field: field)
    let version = claims.uint32(at: position &+ 4)
    let view = StructView(base: position, size: size, version: version)
    let versions = Value.wireVersions
    if versions.isEmpty, version == 0, size == Value.wireSize { return view }
    try expect(view, among: versions, newest: Value.wireSize, field)
    return view
  }

  /// Whether a struct of that version is that large. Canonical is none but a version that is declared: of what lies in others nobody can say
  /// that it is zero.
  @usableFromInline
  func expect(
    _ view: StructView, among versions: [WireVersion], newest: Int, _ field: String
  ) throws(Malformed) {
    let isKnown: Bool
    if isCanonical {
      isKnown = versions.contains(WireVersion(view.version, size: view.size))
    } else if view.version > versions.last?.number ?? 0 {
      isKnown = view.size >= newest
    } else {
      isKnown = view.size == versions.last { $0.number <= view.version }?.size ?? newest
    }
    guard isKnown else {
      throw Malformed(
        .message(.unexpectedStructHeader), field: field,
        detail: "version \(view.version) with \(view.size) bytes, wants \(newest)")
    }
  }

  @inlinable @inline(__always)
  func expectAllRead(_ field: String) throws(Malformed) {
    guard unread == 0 || !isCanonical else { throw Self.padding(field) }
  }

  @usableFromInline @inline(never)
  static func padding(_ field: String) -> Malformed {
    Malformed(.message(.notCanonical), field: field, detail: "padding is not zero")
  }

  /// Nothing may lie between two objects but zero bytes up to the next multiple of 8.
  @inlinable @inline(__always)
  mutating func skipPadding(to position: Int, field: String) throws(Malformed) {
    if position == claims.next || !isCanonical { return }
    // Elsewhere the claim will say what is wrong.
    if position < claims.next || position > claims.end { return }
    if skipped.contains(.object) {
      skipped.remove(.object)
      return
    }
    guard position &- claims.next < 8 else {
      throw Self.unused(position &- claims.next, field)
    }
    // The bytes before a multiple of 8, which the end of what was claimed has passed by less than 8.
    guard claims.isZero(from: claims.next, to: position) else { throw Self.padding(field) }
  }

  @usableFromInline @inline(never)
  static func unused(_ count: Int, _ field: String) -> Malformed {
    Malformed(.message(.notCanonical), field: field, detail: "\(count) bytes unused")
  }

  @usableFromInline @inline(never)
  static func null(_ field: String) -> Malformed {
    Malformed(.message(.unexpectedNullPointer), field: field)
  }

  @inlinable @inline(__always)
  func required<Value>(_ value: consuming Value?, _ field: String) throws(Malformed) -> Value {
    guard let value else { throw Self.null(field) }
    return value
  }
}

// MARK: - What came beside the bytes

extension MessageDecoder {
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
    return try claim(handle: index, name)
  }

  /// What is beside the message at `index`, which must be the next that nobody has read.
  @usableFromInline
  mutating func claim(handle index: UInt32, _ name: String) throws(Malformed) -> any WireHandle {
    let count = handles.count
    guard let position = Int(exactly: index), position >= nextHandle, position < count else {
      throw Malformed(
        .message(.illegalHandle), field: name, detail: "index \(index) of \(count)")
    }
    // In canonical form no handle is skipped; `finish` would find it, this names the field.
    guard position == nextHandle || skipped.contains(.handle) || !isCanonical else {
      throw Malformed(.message(.unreferencedHandle), field: name, detail: "index \(index)")
    }
    skipped.remove(.handle)
    nextHandle = position + 1
    return handles[position]
  }

  /// The id of an interface that shares the pipe, which must be there.
  public mutating func interfaceID(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> UInt32 {
    guard let id = try optionalInterfaceID(fields, offset, name) else {
      throw Malformed(.message(.unexpectedInvalidInterfaceID), field: name)
    }
    return id
  }

  /// The same, or `nil`.
  public mutating func optionalInterfaceID(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> UInt32? {
    let index = uint32(fields, offset)
    guard index != .max else { return nil }
    let ids = interfaceIDs
    guard let position = Int(exactly: index), position >= nextInterfaceID, position < ids.count
    else {
      throw Malformed(
        .message(.illegalInterfaceID), field: name, detail: "index \(index) of \(ids.count)")
    }
    guard position == nextInterfaceID || skipped.contains(.interfaceID) || !isCanonical else {
      throw Malformed(.message(.unreferencedInterfaceID), field: name, detail: "index \(index)")
    }
    skipped.remove(.interfaceID)
    nextInterfaceID = position + 1
    return ids[position]
  }

  /// The end of an interface that shares the pipe, or `nil`.
  public mutating func optionalInterfaceEnd(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> (any WireHandle)? {
    guard let id = try optionalInterfaceID(fields, offset, name) else { return nil }
    let position = nextInterfaceID - 1  // of the id that was just read
    let count = ends.count
    guard position < count else {  // no check: the caller makes an end for each id
      throw Malformed(.message(.illegalInterfaceID), field: name, detail: "id \(id)")
    }
    return ends[position]
  }

  /// Passes over the 8 bytes of a union's member that this version does not know, and over the one object, the handles and the ids that
  /// they may lead to. What is in them is not checked: nobody reads it.
  public mutating func skipUnionData(_ fields: StructView, _ offset: Int) {
    _ = uint64(fields, offset)
    skipped = [.object, .handle, .interfaceID]
  }
}
