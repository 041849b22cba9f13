/// The messages of one method: what a request must look like, and what a reply.
///
/// Generated code makes a table of them for each interface, by which messages can be checked where nobody handles them: in a host that
/// passes them on.
public struct MethodMessages: Sendable {
  /// The number on the wire.
  public let ordinal: UInt32
  public let name: String
  let request: MessageShape
  /// `nil` for methods without a reply.
  let reply: MessageShape?

  /// Of a method without a reply.
  public init<Request: WireStruct>(
    _ ordinal: UInt32, _ name: String, request: Request.Type
  ) {
    self.ordinal = ordinal
    self.name = name
    self.request = MessageShape(request)
    reply = nil
  }

  public init<Request: WireStruct, Reply: WireStruct>(
    _ ordinal: UInt32, _ name: String, request: Request.Type, reply: Reply.Type
  ) {
    self.ordinal = ordinal
    self.name = name
    self.request = MessageShape(request)
    self.reply = MessageShape(reply)
  }
}

/// One message as it came, with its header read.
package struct MessageBody: Sendable {
  package let bytes: [UInt8]
  package let header: MessageHeader
  package let handles: [any WireHandle]
  package let rules: MessageRules
}

/// A struct type whose values are parameters or replies.
struct MessageShape: Sendable {
  /// Throws what is wrong with a message's payload. Returns what this build writes for what it means.
  let recode: @Sendable (MessageBody) throws(Malformed) -> [UInt8]
  /// Throws what is wrong with a message's payload.
  let check: @Sendable (MessageBody) throws(Malformed) -> Void

  init<Value: WireStruct>(_ type: Value.Type) {
    @Sendable func decoded(_ body: MessageBody) throws(Malformed) -> Value {
      try MessageDecoder.decode(
        type, from: body.bytes, header: body.header, handles: body.handles, rules: body.rules)
    }
    check = { (body) throws(Malformed) in _ = try decoded(body) }
    recode = { (body) throws(Malformed) in
      let header = body.header
      let kind: MessageEncoder.Kind =
        header.isReply
        ? .reply(id: header.requestID)
        : header.expectsReply ? .request(id: header.requestID) : .oneWay
      return MessageEncoder.encode(kind, ordinal: header.ordinal, try decoded(body)).bytes
    }
  }
}

/// What the messages of an interface are checked by.
public protocol WireInterface: Sendable {
  /// The name for people and for reports. It does not travel.
  static var name: String { get }
  /// The interface's methods, in any order. Empty for those that were written by hand and are never passed on.
  static var messages: [MethodMessages] { get }
}

extension WireInterface {
  public static var messages: [MethodMessages] { [] }

  /// Checks a message that comes to where the interface is implemented, without anybody to handle it.
  ///
  /// - Parameters:
  ///   - bytes: the whole message; assume that an attacker chose it.
  ///   - handles: what came beside it.
  /// - Throws: the check that failed first, in the order of the format: header, method, flags, parameters.
  public static func checkRequest(
    _ bytes: [UInt8], handles: [any WireHandle]
  ) throws(Malformed) {
    let body = try body(bytes, handles, .canonical)
    try requestShape(body.header).check(body)
  }

  /// Checks a reply on its way to where the interface is called. Whether it was asked for is not known here.
  public static func checkReply(_ bytes: [UInt8], handles: [any WireHandle]) throws(Malformed) {
    let body = try body(bytes, handles, .canonical)
    try replyShape(body.header).check(body)
  }

  /// What this build writes for what a request means, by any rules; throws as ``checkRequest(_:handles:)``.
  package static func recodeRequest(
    _ bytes: [UInt8], handles: [any WireHandle], rules: MessageRules
  ) throws(Malformed) -> [UInt8] {
    let body = try body(bytes, handles, rules)
    return try requestShape(body.header).recode(body)
  }

  /// The same of a reply.
  package static func recodeReply(
    _ bytes: [UInt8], handles: [any WireHandle], rules: MessageRules
  ) throws(Malformed) -> [UInt8] {
    let body = try body(bytes, handles, rules)
    return try replyShape(body.header).recode(body)
  }

  private static func body(
    _ bytes: [UInt8], _ handles: [any WireHandle], _ rules: MessageRules
  ) throws(Malformed) -> MessageBody {
    MessageBody(
      bytes: bytes, header: try MessageHeader(decoding: bytes), handles: handles, rules: rules)
  }

  /// Requests: the method first, then its flags.
  private static func requestShape(_ header: MessageHeader) throws(Malformed) -> MessageShape {
    let method = try method(header)
    guard !header.isReply, header.expectsReply == (method.reply != nil) else {
      throw Malformed(.message(.headerInvalidFlags), detail: "flags \(header.flags)")
    }
    return method.request
  }

  /// Replies: the flags first, then the method, which must have one.
  private static func replyShape(_ header: MessageHeader) throws(Malformed) -> MessageShape {
    guard header.isReply else {
      throw Malformed(.message(.headerInvalidFlags), detail: "flags \(header.flags)")
    }
    guard let reply = try method(header).reply else {
      throw Malformed(
        .message(.headerUnknownMethod), detail: "ordinal \(header.ordinal) has no reply")
    }
    return reply
  }

  private static func method(_ header: MessageHeader) throws(Malformed) -> MethodMessages {
    let known = ControlMessages.messages + messages
    guard let method = known.first(where: { $0.ordinal == header.ordinal }) else {
      throw Malformed(
        .message(.headerUnknownMethod), interface: name, detail: "ordinal \(header.ordinal)")
    }
    return method
  }
}
