/// A message's header, checked: what it is for and where its parameters lie.
///
/// The checks and their order are those of the Mojo bindings format (header versions 0 to 3, and newer ones that are at least as long).
public struct MessageHeader: Equatable, Sendable {
  @inlinable public static var expectsReplyFlag: UInt32 { 1 }
  @inlinable public static var isReplyFlag: UInt32 { 2 }

  public let version: UInt32
  /// 0 is the interface that the pipe is bound to.
  public let interfaceID: UInt32
  /// The method's ordinal.
  public let ordinal: UInt32
  public let flags: UInt32
  /// Zero in messages that neither expect a reply nor are one.
  public let requestID: UInt64
  /// Where the parameter struct lies and how far its objects may reach.
  @usableFromInline package let payload: Range<Int>
  @inlinable var start: Int { payload.lowerBound }
  /// Ids of interfaces that share the pipe, for the fields that hand them over; none is 0 or all ones.
  @usableFromInline package let interfaceIDs: [UInt32]
  /// Bytes of the whole message.
  @usableFromInline let count: Int
  @usableFromInline let nonce: UInt32

  public var expectsReply: Bool { flags & Self.expectsReplyFlag != 0 }
  public var isReply: Bool { flags & Self.isReplyFlag != 0 }

  /// - Parameter bytes: the whole message; assume that an attacker chose it.
  @inlinable @inline(__always)
  public init(decoding bytes: borrowing [UInt8]) throws(Malformed) {
    self = try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Malformed) in
      guard let memory = unsafe UnsafeRawPointer(buffer.baseAddress) else { throw Self.noBytes() }
      let claims = unsafe Claims(memory, range: 0..<buffer.count)
      if let header = MessageHeader(ofEarlyVersion: claims) { return header }
      return try MessageHeader(claims)
    }
  }

  @usableFromInline @inline(never)
  static func noBytes() -> Malformed {
    Malformed(.message(.illegalMemoryRange), field: "header", detail: "no bytes")
  }

  /// What most messages have, in few instructions; `nil` for later versions and for all that is wrong.
  @inlinable @inline(__always)
  init?(ofEarlyVersion claims: Claims) {
    guard claims.end >= 24 else { return nil }
    let shape = claims.uint64(at: 0)
    let isFirst = shape == 24
    guard isFirst || shape == 32 | 1 << 32, claims.end >= 32 || isFirst else { return nil }
    flags = claims.uint32(at: 16)
    let direction = flags & (Self.expectsReplyFlag | Self.isReplyFlag)
    guard isFirst ? direction == 0 : direction != 3 else { return nil }
    version = isFirst ? 0 : 1
    interfaceID = claims.uint32(at: 8)
    ordinal = claims.uint32(at: 12)
    nonce = claims.uint32(at: 20)
    requestID = isFirst ? 0 : claims.uint64(at: 24)
    count = claims.end
    payload = unsafe Range(uncheckedBounds: (isFirst ? 24 : 32, claims.end))
    interfaceIDs = []
  }

  @usableFromInline
  init(_ whole: Claims) throws(Malformed) {
    var claims = whole
    let size = try claims.structHeader(at: 0, field: "header")
    let version = claims.uint32(at: 4)
    try Self.checkSize(size, version)
    self.version = version
    interfaceID = claims.uint32(at: 8)
    ordinal = claims.uint32(at: 12)
    flags = claims.uint32(at: 16)
    nonce = claims.uint32(at: 20)
    count = claims.end
    try Self.checkFlags(flags, version)
    requestID = version >= 1 ? claims.uint64(at: 24) : 0
    (payload, interfaceIDs) =
      version >= 2 ? try Self.payloadOfVersion2(&claims) : (size..<claims.end, [])
  }

  /// Whether the header is the one that ``MessageEncoder`` writes for this kind of message: the format leaves room for unknown flags and newer
  /// headers, and channels use neither.
  ///
  /// - Parameter interface: the interface on the pipe that the message must be for.
  @inlinable @inline(__always)
  func expectCanonical(for interface: UInt32) throws(Malformed) {
    // Most messages: no reply, and nothing of what later headers have.
    if interfaceID == interface, flags | version | nonce == 0, requestID == 0, interfaceIDs.isEmpty
    {
      return
    }
    try expectCanonicalForm(for: interface)
  }

  @usableFromInline
  func expectCanonicalForm(for interface: UInt32) throws(Malformed) {
    guard interfaceID == interface else {
      throw Malformed(.message(.unknownInterfaceID), detail: "interface \(interfaceID)")
    }
    guard flags & ~(Self.expectsReplyFlag | Self.isReplyFlag) == 0 else {
      throw Malformed(.message(.unknownFlags), detail: "flags \(flags)")
    }
    let wanted: UInt32 = interfaceIDs.isEmpty ? (flags == 0 ? 0 : 1) : 2
    guard version == wanted, nonce == 0 else {
      throw Malformed(.message(.notCanonical), field: "header", detail: "version \(version)")
    }
    guard version < 2 || payload.lowerBound == 48 else {
      throw Malformed(.message(.notCanonical), field: "payload", detail: "not behind the header")
    }
    guard flags != 0 || requestID == 0 else {
      throw Malformed(.message(.notCanonical), field: "header", detail: "request \(requestID)")
    }
  }

  /// The interface ids, if there are any, are the last that a message holds.
  ///
  /// - Parameter end: where the parameters end.
  @inlinable @inline(__always)
  func expectNothing(behind payload: Claims) throws(Malformed) {
    if interfaceIDs.isEmpty, payload.end == count, count & 7 == 0 { return }
    try expectOnlyIDs(behind: payload.end, in: payload)
  }

  @usableFromInline
  func expectOnlyIDs(behind end: Int, in payload: Claims) throws(Malformed) {
    var end = end
    if !interfaceIDs.isEmpty {
      var ids = unsafe Claims(payload.memory, range: end..<count)
      let array = try ids.array(at: end, .sized(4), exact: true, field: "payload_interface_ids")
      end = array.elements + array.count * 4 + array.count % 2 * 4
    }
    guard end == count, count % 8 == 0 else {
      throw Malformed(.message(.notCanonical), detail: "ends at \(end) of \(count) bytes")
    }
    guard interfaceIDs.count % 2 == 0 || payload.uint32(at: end - 4) == 0 else {
      throw Malformed(
        .message(.notCanonical), field: "payload_interface_ids", detail: "padding is not zero")
    }
  }

  private static func checkSize(_ size: Int, _ version: UInt32) throws(Malformed) {
    let fits =
      switch version {
      case 0: size == 24
      case 1: size == 32
      case 2: size == 48
      case 3: size == 56
      default: size >= 56
      }
    guard fits else {
      throw Malformed(
        .message(.unexpectedStructHeader), field: "header",
        detail: "version \(version) with \(size) bytes")
    }
  }

  private static func checkFlags(_ flags: UInt32, _ version: UInt32) throws(Malformed) {
    let direction = flags & (expectsReplyFlag | isReplyFlag)
    guard version >= 1 || direction == 0 else {
      throw Malformed(.message(.headerMissingRequestID), detail: "flags \(flags)")
    }
    guard direction != expectsReplyFlag | isReplyFlag else {
      throw Malformed(.message(.headerInvalidFlags), detail: "flags \(flags)")
    }
  }

  /// Versions from 2 on say by pointers where the payload and the interface ids are.
  private static func payloadOfVersion2(
    _ claims: inout Claims
  ) throws(Malformed) -> (payload: Range<Int>, interfaceIDs: [UInt32]) {
    guard let payload = try claims.target(at: 32, field: "payload") else {
      throw Malformed(.message(.unexpectedNullPointer), field: "payload")
    }
    try claims.claim(payload, 1, field: "payload")
    guard let ids = try claims.target(at: 40, field: "payload_interface_ids") else {
      return (payload..<claims.end, [])
    }
    let array = try claims.array(at: ids, .sized(4), field: "payload_interface_ids")
    let interfaceIDs = (0..<array.count).map { claims.uint32(at: array.elements + $0 * 4) }
    for id in interfaceIDs where id == 0 || id == .max {
      throw Malformed(
        .message(.illegalInterfaceID), field: "payload_interface_ids", detail: "id \(id)")
    }
    return (payload..<ids, interfaceIDs)
  }
}
