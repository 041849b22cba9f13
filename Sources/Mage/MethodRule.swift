internal import MagePipes
internal import MageWire

/// How the messages of one method are checked where nobody answers them: in a host that passes them on from one worker to
/// another.
public struct MethodRule: Sendable {
  let ordinal: UInt32
  let name: String
  let from: CallingSide?
  let expectsReply: Bool
  fileprivate let request: Check
  fileprivate let reply: Check?

  fileprivate typealias Check =
    @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Void

  /// The rule of a method with a reply.
  public init<Of, Parameters, Reply>(_ method: Method<Of, Parameters, Reply>) {
    ordinal = method.ordinal
    name = method.name
    from = method.from
    expectsReply = true
    request = Self.check(Parameters.self)
    reply = Self.check(Reply.self)
  }

  /// The rule of a method without one.
  public init<Of, Parameters>(_ method: OneWay<Of, Parameters>) {
    ordinal = method.ordinal
    name = method.name
    from = method.from
    expectsReply = false
    request = Self.check(Parameters.self)
    reply = nil
  }

  private static func check<Value: WireStruct>(_ type: Value.Type) -> Check {
    { (message, header) throws(Malformed) in
      _ = try MessageDecoder.decode(
        type, from: message.bytes, header: header, handles: message.handles)
    }
  }
}

/// The rules of an interface, for messages that pass through.
struct PassingRules<Of: Interface>: InterfaceRules {
  var isKnown: Bool { !Of.rules.isEmpty }

  func checkRequest(_ message: IncomingMessage, _ header: MessageHeader) throws(Malformed) {
    guard isKnown, try ControlHandler<Of>.demand(of: message, header) == nil else { return }
    let rule = try rule(header.ordinal)
    do throws(Malformed) {
      try header.checkIsForBoundInterface()
      guard header.expectsReply == rule.expectsReply else {
        throw Malformed(.message(.headerInvalidFlags), detail: "flags \(header.flags)")
      }
      if rule.from == .host {
        throw Malformed(.interface(.wrongCaller), detail: "from the worker")
      }
      try rule.request(message, header)
    } catch {
      throw error.placed(in: Of.name, rule.name)
    }
  }

  func checkReply(
    _ message: IncomingMessage, _ header: MessageHeader, to ordinal: UInt32
  ) throws(Malformed) {
    guard isKnown else { return }
    let rule = ordinal == ControlMessages.run ? MethodRule(Remote<Of>.run) : try rule(ordinal)
    do throws(Malformed) {
      guard header.ordinal == ordinal else {
        throw Malformed(.message(.headerUnknownMethod), detail: "ordinal \(header.ordinal)")
      }
      try header.checkIsForBoundInterface()
      try rule.reply?(message, header)
    } catch {
      throw error.placed(in: Of.name, rule.name)
    }
  }

  private func rule(_ ordinal: UInt32) throws(Malformed) -> MethodRule {
    guard let rule = Of.rules.first(where: { $0.ordinal == ordinal }) else {
      throw Malformed(
        .message(.headerUnknownMethod), interface: Of.name, detail: "ordinal \(ordinal)")
    }
    return rule
  }
}
