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
      // Not copied to be checked: an array's bytes are whatever they are.
      let handles = message.handles.map { ($0 as? UntrustedBytes)?.withoutContents ?? $0 }
      _ = try MessageDecoder.decode(
        type, from: message.bytes, header: header, handles: handles, ends: message.ends)
    }
  }
}

/// The rules of an interface, for messages that pass through.
struct PassingRules<Of: Interface>: InterfaceRules {
  var isKnown: Bool { !Of.rules.isEmpty }

  func checkRequest(
    _ message: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) -> [RelayRule.Role?] {
    // What is announced is looked at as it stands in the message; the ends are made where it arrives.
    let seen = SeenEnds(header.interfaceIDs.count)
    guard isKnown, try ControlHandler<Of>.dispatch(message, header) == nil else {
      return seen.roles
    }
    var message = message
    message.ends = seen.ends
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
    return seen.roles
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

/// Ends without a pipe, to learn as what a message announces them.
private struct SeenEnds: ~Copyable {
  let ends: [PipeEnd]

  init(_ count: Int) { ends = (0..<count).map { _ in PipeEnd.placeholder() } }

  var roles: [RelayRule.Role?] { ends.map(\.role) }

  deinit { for end in ends { end.abandon() } }
}
