package import MageWire

/// What the messages must be that pass through a port of the host, as far as the host knows the interface.
package enum RelayRule: Sendable {
  /// Only the format's header is checked; whoever gets the message checks the rest.
  case unknown
  /// Requests and one-way messages of this interface.
  case requests(any InterfaceRules)
  /// Nothing but replies.
  case replies(any InterfaceRules)

  /// What an end was sent as.
  package enum Role: Sendable {
    /// It calls.
    case remote(any InterfaceRules)
    /// It is called.
    case receiver(any InterfaceRules)
    /// One end of a stream: whoever has it sends the ones and is sent the others.
    case stream(sends: any InterfaceRules, gets: any InterfaceRules)
  }

  /// - Parameter isOwnSide: for what arrives at the end itself, and not for what arrives for it from its new holder.
  init(for role: Role?, isOwnSide: Bool) {
    switch (role, isOwnSide) {
    case (nil, _): self = .unknown
    case (.remote(let rules), true), (.receiver(let rules), false): self = .replies(rules)
    case (.remote(let rules), false), (.receiver(let rules), true): self = .requests(rules)
    case (.stream(_, let gets), true): self = .requests(gets)
    case (.stream(let sends, _), false): self = .requests(sends)
    }
  }
}

/// Checks messages for an interface without running anything.
package protocol InterfaceRules: Sendable {
  /// - Returns: what the ends are that the message announces, in their order.
  func checkRequest(
    _ message: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) -> [RelayRule.Role?]
  func checkReply(
    _ message: IncomingMessage, _ header: MessageHeader, to ordinal: UInt32
  ) throws(Malformed)
}

extension Port {
  /// Host: passes a message on. Lock held.
  func pass(_ arrival: Arrival, on other: Port, _ effects: inout Effects) {
    do throws(Malformed) {
      try enqueue(arrival, on: other)
      other.kick(&effects)
    } catch {
      guard case .connection(let sender) = arrival.source else { return }
      effects.add { sender.onLoop { $0.refuse(error) } }
    }
  }

  private func enqueue(_ arrival: Arrival, on other: Port) throws(Malformed) {
    let header = try MessageHeader(decoding: arrival.message.bytes)
    guard !header.isReply else {
      throw Malformed(.message(.headerInvalidFlags), detail: "a reply that is sent as a request")
    }
    let rules = try checkRequest(arrival.message, header, on: other)
    guard header.expectsReply else { return other.outgoing.append(Departure(arrival)) }
    let tally = arrival.source.tally
    let limit = Int(tally?.limits.maxOutstanding ?? .max)
    guard (tally?.answering ?? 0) < limit else {
      throw Malformed(.channel(.tooManyOutstanding), detail: "limit \(limit)")
    }
    tally?.answering += 1
    let request = other.makeRequestID()
    let call = passing(header, rules)
    call.original = header.requestID
    call.answering = tally
    other.calls[request] = call
    let renumbered = arrival.message.renumbered(request)
    other.outgoing.append(Departure(Arrival(message: renumbered, source: arrival.source)))
  }

  /// Returns the rules that the reply must keep, if anybody knows them.
  private func checkRequest(
    _ message: IncomingMessage, _ header: MessageHeader, on other: Port
  ) throws(Malformed) -> (any InterfaceRules)? {
    let rules: any InterfaceRules
    switch (rule, header.interfaceID) {
    case (.unknown, _): return nil
    case (_, PipeControl.interfaceID):
      let event = try PipeControl.decode(message.bytes, header, handles: message.handles)
      try relayed?.close(event.id, by: self)
      return nil
    case (.requests(let own), 0): rules = own
    case (.replies, 0):
      throw Malformed(.interface(.wrongCaller), detail: "a request to the calling end")
    case (_, let id):
      let known = try relayed?.rules(of: id, for: self)
      rules = known ?? UncheckedRules()
    }
    let roles = try rules.checkRequest(message, header)
    for (id, role) in zip(header.interfaceIDs, roles) {
      try relayed?.announce(id, role, by: self, to: other)
    }
    return rules
  }

  /// The call that stands for a request of somebody else.
  private func passing(_ header: MessageHeader, _ rules: (any InterfaceRules)?) -> PendingCall {
    PendingCall(
      method: "", limit: .zero,
      complete: { [self] (reply, replyHeader) throws(Malformed) in
        guard replyHeader.interfaceID == header.interfaceID else {
          throw Associates.unknown(replyHeader.interfaceID)
        }
        try rules?.checkReply(reply, replyHeader, to: header.ordinal)
        passReply(reply, header.requestID)
      },
      fail: { _ in })
  }

  private func passReply(_ reply: IncomingMessage, _ request: UInt64) {
    let message = OutgoingMessage(
      bytes: IncomingMessage.renumbered(reply.bytes, request), handles: reply.handles)
    PortLock.change { effects in
      guard case .connection(let connection, let id) = link else { return }
      effects.add { connection.onLoop { $0.sendReply(message, to: id, of: self, isRelayed: true) } }
    }
  }
}
