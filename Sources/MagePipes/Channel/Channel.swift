package import MageSystem
package import MageWire

/// The state of one connection, without its socket: packets in, events out, frames queued to leave.
///
/// Everything that a hostile peer can say is decided in this value, so that it can be tried with every packet there is,
/// without a process or a descriptor. The same type serves both ends; a worker holds its host to the same rules.
package struct Channel: Sendable {
  /// Which end this is.
  package enum Side: Sendable { case host, worker }

  /// What may come next from the peer.
  package enum Phase: Equatable, Sendable {
    /// Host: the worker's runtime has not started yet.
    case awaitingHello
    /// Host: the filter was sent, its listener is not here.
    case awaitingSealed
    /// Host: the worker is sealed but not invited; it has nothing to say.
    case proving
    /// Both: the handshake waits for this side's answer; the peer has nothing to say.
    case answering
    /// Worker: the filter is to come.
    case awaitingSeal
    /// Worker: sealed, the invitation is to come.
    case awaitingInvitation
    /// Both: pipes work.
    case open
  }

  /// What a packet meant.
  package enum Event: Sendable {
    case hello(version: UInt32)
    case seal(program: [UInt8])
    case sealed(listener: Attachment)
    case invited(ChannelLimits)
    case finish
    case refused(CloseReason)
    case message(IncomingMessage)
    case reply(IncomingMessage)
    case closed(EndpointID, CloseReason)
    /// A sender that waited may go on.
    case credit
  }

  /// The version of frames, handshake and message format that both ends must share. They are built from one package.
  package static let version: UInt32 = 1

  package let side: Side
  package private(set) var phase: Phase
  package private(set) var limits: ChannelLimits
  package private(set) var endpoints: EndpointTable
  package var outbox = Outbox()

  private var receiveWindow: CreditWindow
  private var sendWindow: CreditWindow
  private var consumed = Credit.zero
  private var partial: PartialMessage?
  private var partialsBegun: UInt64 = 0

  package init(side: Side, limits: ChannelLimits) {
    self.side = side
    self.limits = limits
    phase = side == .host ? .awaitingHello : .awaitingSeal
    endpoints = EndpointTable(limit: limits.maxEndpoints)
    receiveWindow = CreditWindow(limits)
    sendWindow = CreditWindow(limits)
  }

  /// Which message, by number, is here in its first part and not in the rest; `nil` when there is none.
  package var partialMessage: UInt64? { partial == nil ? nil : partialsBegun }
}

// MARK: - Receiving

extension Channel {
  /// Takes frames of `packet` up to the next one that means something; `nil` at the packet's end.
  ///
  /// The first defect ends the reading: nothing of the packet from there on has any effect, and the connection must be
  /// closed. Whoever handles an event may use the channel before asking for the next.
  package mutating func next(in packet: inout IncomingPacket) throws(Malformed) -> Event? {
    guard !packet.bytes.isEmpty else { throw Malformed(.transport(.packetEmpty)) }
    while let frame = try packet.reader.next() {
      let attachments = try claim(frame, from: &packet.unclaimed)
      if let event = try receive(frame, packet.bytes[frame.payload], attachments) { return event }
    }
    guard packet.unclaimed.isEmpty else {
      throw Malformed(
        .transport(.descriptorsUndeclared), detail: "\(packet.unclaimed.count) left over")
    }
    return nil
  }

  private func claim(
    _ frame: Frame, from unclaimed: inout ArraySlice<SharedDescriptor>
  ) throws(Malformed) -> [Attachment] {
    guard frame.attachments.count <= unclaimed.count else {
      throw Malformed(
        .transport(.descriptorsMissing),
        detail: "declares \(frame.attachments.count), \(unclaimed.count) came")
    }
    var attachments: [Attachment] = []
    for raw in frame.attachments {
      guard let descriptor = unclaimed.popFirst() else { break }  // counted above
      attachments.append(try Attachment(received: descriptor, declared: raw))
    }
    return attachments
  }

  private mutating func receive(
    _ frame: Frame, _ payload: ArraySlice<UInt8>, _ attachments: [Attachment]
  ) throws(Malformed) -> Event? {
    guard let kind = FrameKind(rawValue: frame.kind) else {
      throw Malformed(.channel(.unknownKind), detail: "kind \(frame.kind)")
    }
    try checkShape(of: frame, kind)
    switch kind {
    case .message, .reply:
      return try receiveMessage(frame, kind, payload, attachments)
    case .fragment:
      return try receiveFragment(frame, payload)
    case .close:
      return try receiveClose(frame, payload)
    case .closeAcknowledged:
      try expectEmpty(payload)
      try endpoints.acknowledged(EndpointID(rawValue: frame.endpoint))
      return nil
    case .credit:
      try sendWindow.restore(try Credit(decoding: payload))
      return .credit
    case .hello, .seal, .sealed, .invite, .finish, .refuse:
      return try receiveHandshake(kind, payload, attachments)
    }
  }

  /// Checks what all frames of a kind share, before anything is done for it.
  private func checkShape(of frame: Frame, _ kind: FrameKind) throws(Malformed) {
    guard kind.mayCome(to: side, in: phase) else {
      throw Malformed(.channel(.kindNotAllowed), detail: "\(kind) in \(phase)")
    }
    guard partial == nil || kind == .fragment else {
      throw Malformed(.channel(.fragmentMissing), detail: "\(kind) inside a message")
    }
    guard frame.flags & ~kind.knownFlags == 0 else {
      throw Malformed(.channel(.unknownFlags), detail: "flags \(frame.flags) on \(kind)")
    }
    guard kind.carriesAttachments || frame.attachments.isEmpty else {
      throw Malformed(.channel(.tooManyAttachments), detail: "on \(kind)")
    }
    guard kind.namesEndpoint || frame.endpoint == 0 else {
      throw Malformed(.transport(.paddingNotZero), detail: "endpoint of \(kind)")
    }
    guard frame.total == 0 || (kind.startsMessage && frame.flags & Frame.moreFlag != 0) else {
      throw Malformed(.transport(.paddingNotZero), detail: "total of \(kind)")
    }
  }

  private func expectEmpty(_ payload: ArraySlice<UInt8>) throws(Malformed) {
    guard payload.isEmpty else {
      throw Malformed(.channel(.payloadSize), detail: "\(payload.count) bytes, wants 0")
    }
  }

  private mutating func receiveClose(
    _ frame: Frame, _ payload: ArraySlice<UInt8>
  ) throws(Malformed) -> Event? {
    let reason = try CloseReason(decoding: payload)
    let endpoint = EndpointID(rawValue: frame.endpoint)
    let mustAnswer = try endpoints.peerClosed(endpoint)
    guard mustAnswer else { return nil }
    outbox.append(.closeAcknowledged, endpoint: endpoint.rawValue)
    return .closed(endpoint, reason)
  }
}

// MARK: - Messages

extension Channel {
  private mutating func receiveMessage(
    _ frame: Frame, _ kind: FrameKind, _ payload: ArraySlice<UInt8>, _ attachments: [Attachment]
  ) throws(Malformed) -> Event? {
    let endpoint = EndpointID(rawValue: frame.endpoint)
    _ = try endpoints.standing(of: endpoint)
    let hasMore = frame.flags & Frame.moreFlag != 0
    let size = hasMore ? Int(frame.total) : payload.count
    guard size <= Int(limits.maxMessageBytes) else {
      throw Malformed(
        .channel(.messageTooLarge), detail: "\(size) bytes, limit \(limits.maxMessageBytes)")
    }
    guard attachments.count <= Int(limits.maxAttachments) else {
      throw Malformed(
        .channel(.tooManyAttachments),
        detail: "\(attachments.count), limit \(limits.maxAttachments)")
    }
    if hasMore && size <= payload.count {
      throw Malformed(.channel(.fragmentUnexpected), detail: "nothing is left for a fragment")
    }
    let cost =
      kind == .message
      ? Credit.message(bytes: size, attachments: attachments.count) : Credit.zero
    try receiveWindow.take(cost)
    let message = PartialMessage(
      kind: kind, endpoint: endpoint, total: size, bytes: Array(payload), attachments: attachments,
      cost: cost)
    guard !hasMore else {
      partial = message
      partialsBegun += 1
      return nil
    }
    return finish(message)
  }

  private mutating func receiveFragment(
    _ frame: Frame, _ payload: ArraySlice<UInt8>
  ) throws(Malformed) -> Event? {
    guard var message = partial, frame.endpoint == message.endpoint.rawValue else {
      throw Malformed(.channel(.fragmentUnexpected), detail: "endpoint \(frame.endpoint)")
    }
    let left = message.total - message.bytes.count
    let isLast = frame.flags & Frame.moreFlag == 0
    guard !payload.isEmpty, isLast ? payload.count == left : payload.count < left else {
      throw Malformed(
        .channel(.fragmentUnexpected), detail: "\(payload.count) bytes, \(left) are missing")
    }
    partial = nil  // so that the buffer is appended to in place
    message.bytes.append(contentsOf: payload)
    guard isLast else {
      partial = message
      return nil
    }
    return finish(message)
  }

  private mutating func finish(_ message: PartialMessage) -> Event? {
    guard endpoints.isOpen(message.endpoint) else {
      // Sent before the peer could know that we closed: dropped, and its credit is free again.
      // Asked at the last fragment, because the endpoint may have been closed after the first.
      returnCredit(message.cost)
      return nil
    }
    let incoming = IncomingMessage(
      endpoint: message.endpoint, bytes: message.bytes, attachments: message.attachments,
      cost: message.cost)
    return message.kind == .reply ? .reply(incoming) : .message(incoming)
  }

  /// A handler has taken a message of this cost: the peer may send as much again.
  package mutating func returnCredit(_ cost: Credit) {
    consumed.add(cost)
    guard receiveWindow.isWorthReturning(consumed) else { return }
    flushCredit()
  }

  /// Returns what was consumed even if it is little, for example because a peer may be waiting for it.
  package mutating func flushCredit() {
    guard !consumed.isZero else { return }
    // Cannot fail: only what was taken is consumed. If it ever did, the peer would merely get less.
    guard (try? receiveWindow.restore(consumed)) != nil else { return }
    outbox.append(.credit, payload: consumed.encoded[...])
    consumed = .zero
  }
}

// MARK: - Sending

extension Channel {
  /// Whether a message of this cost may leave now.
  package func admits(_ cost: Credit) -> Bool { sendWindow.admits(cost) }

  /// Queues a request or a one-way message whose credit is there, on an endpoint that is open.
  package mutating func send(
    _ bytes: [UInt8], attachments: [Attachment], to endpoint: EndpointID
  ) throws(Malformed) {
    try sendWindow.take(.message(bytes: bytes.count, attachments: attachments.count))
    outbox.append(.message, endpoint: endpoint, message: bytes, attachments: attachments)
  }

  /// Queues a reply, which needs no credit.
  package mutating func reply(
    _ bytes: [UInt8], attachments: [Attachment], to endpoint: EndpointID
  ) {
    guard endpoints.isOpen(endpoint) else { return }  // the asker has gone
    outbox.append(.reply, endpoint: endpoint, message: bytes, attachments: attachments)
  }

  /// Closes this side's end; the peer is told why. Nothing happens when it is closed already.
  package mutating func close(_ endpoint: EndpointID, _ reason: CloseReason) {
    guard endpoints.close(endpoint) else { return }
    outbox.append(.close, endpoint: endpoint.rawValue, payload: reason.encoded[...])
  }
}

// MARK: - Handshake

extension Channel {
  /// Worker: says that the runtime has started.
  package mutating func sendHello() {
    outbox.append(.hello, payload: PayloadInts.encode([Self.version, 0])[...])
  }

  /// Worker: says why it cannot start.
  package mutating func sendRefusal(_ reason: String) {
    outbox.append(.refuse, payload: CloseReason(code: 0, text: reason).encoded[...])
  }

  /// Host: sends the serve filter.
  package mutating func sendSeal(program: [UInt8]) {
    phase = .awaitingSealed
    outbox.append(.seal, payload: program[...])
  }

  /// Worker: hands over the listener of the filter that is now in force.
  package mutating func sendSealed(listener: SharedDescriptor) {
    phase = .awaitingInvitation
    outbox.append(.sealed, attachments: [Attachment(kind: .listener, descriptor: listener)])
  }

  /// Host: the seal is proven; opens the bootstrap pipe.
  package mutating func sendInvitation() throws(Malformed) {
    phase = .open
    try endpoints.open(.bootstrap)
    outbox.append(.invite, payload: limits.encoded[...])
  }

  /// Host: asks the worker to finish and exit.
  package mutating func sendFinish() { outbox.append(.finish) }

  private mutating func receiveHandshake(
    _ kind: FrameKind, _ payload: ArraySlice<UInt8>, _ attachments: [Attachment]
  ) throws(Malformed) -> Event? {
    switch kind {
    case .hello:
      let values = try PayloadInts.decode(payload, count: 2)
      guard values[0] == Self.version, values[1] == 0 else {
        throw Malformed(.channel(.handshake), detail: "version \(values[0])")
      }
      phase = .answering
      return .hello(version: values[0])
    case .seal:
      phase = .answering
      return .seal(program: Array(payload))
    case .sealed:
      try expectEmpty(payload)
      guard attachments.count == 1, let listener = attachments.first, listener.kind == .listener
      else { throw Malformed(.channel(.handshake), detail: "no listener") }
      phase = .proving
      return .sealed(listener: listener)
    case .invite:
      try adopt(try ChannelLimits(decoding: payload))
      return .invited(limits)
    case .finish:
      try expectEmpty(payload)
      return .finish
    case .refuse:
      let reason = try CloseReason(decoding: payload)
      phase = .answering
      return .refused(reason)
    case .message, .reply, .fragment, .close, .closeAcknowledged, .credit:
      return nil  // not handshake frames; `receive` does not send them here
    }
  }

  private mutating func adopt(_ limits: ChannelLimits) throws(Malformed) {
    self.limits = limits
    receiveWindow = CreditWindow(limits)
    sendWindow = CreditWindow(limits)
    endpoints = EndpointTable(limit: limits.maxEndpoints)
    try endpoints.open(.bootstrap)
    phase = .open
  }
}
