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
    /// With the ring to use, if there is one.
    case invited(ChannelLimits, ring: [Attachment])
    case finish
    case refused(CloseReason)
    case message(IncomingMessage)
    case reply(IncomingMessage)
    case closed(EndpointID, CloseReason)
    /// A message or reply for an end that is closed here. Nobody will have what it carried.
    case dropped([CarriedItem])
    /// Worker: the host knows that the end was given up.
    case moveAcknowledged(EndpointID)
    /// Host: all that was unread at an end that the worker gave up has come back.
    case moveFinished(EndpointID)
    /// A sender that waited may go on.
    case credit
    /// Host: the worker wants to send an array of so many bytes and has no buffer for it.
    case bufferWanted(Int)
    /// Worker: the host has made a buffer.
    case bufferAdded(AddedBuffer)
    /// Worker: the host makes none any more.
    case bufferRefused
    /// A buffer that this side fills is free again.
    case bufferReturned
    /// The peer has let go of a buffer that it filled.
    case bufferDropped(UInt16)
  }

  /// The version of frames, handshake and message format that both ends must share. They are built from one package.
  package static let version: UInt32 = 1

  package let side: Side
  package private(set) var phase: Phase
  package private(set) var limits: ChannelLimits
  package var endpoints: EndpointTable
  package var outbox = Outbox()
  var buffers: ChannelBuffers

  private var receiveWindow: CreditWindow
  private var sendWindow: CreditWindow
  private var consumed = Credit.zero
  private var partial: PartialMessage?
  private var partialsBegun: UInt64 = 0

  /// - Parameter isFork: the worker was forked from a template and is sealed before its runtime goes on: the handshake begins there.
  package init(side: Side, limits: ChannelLimits, isFork: Bool = false) {
    self.side = side
    self.limits = limits
    phase =
      switch side {
      case .host: isFork ? .awaitingSealed : .awaitingHello
      case .worker: isFork ? .awaitingInvitation : .awaitingSeal
      }
    endpoints = EndpointTable(limit: limits.maxEndpoints)
    receiveWindow = CreditWindow(limits)
    sendWindow = CreditWindow(limits)
    buffers = ChannelBuffers(limits)
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
      let carried = try claim(frame, from: &packet.unclaimed)
      if let event = try receive(frame, packet.bytes[frame.payload], carried) { return event }
    }
    guard packet.unclaimed.isEmpty else {
      throw Malformed(
        .transport(.descriptorsUndeclared), detail: "\(packet.unclaimed.count) left over")
    }
    return nil
  }

  private mutating func claim(
    _ frame: Frame, from unclaimed: inout ArraySlice<SharedDescriptor>
  ) throws(Malformed) -> [CarriedItem] {
    guard !frame.entries.isEmpty else { return [] }
    let wanted = frame.entries.count { $0.hasDescriptor }
    guard wanted <= unclaimed.count else {
      throw Malformed(
        .transport(.descriptorsMissing), detail: "declares \(wanted), \(unclaimed.count) came")
    }
    var carried: [CarriedItem] = []
    for entry in frame.entries {
      if entry.isPayload {
        carried.append(try claimPayload(entry))
        continue
      }
      guard entry.hasDescriptor else {
        let id = EndpointID(rawValue: entry.endpoint)
        carried.append(.endpoint(id, isMoved: entry.isMoved))
        continue
      }
      guard let descriptor = unclaimed.popFirst() else { break }  // counted above
      carried.append(
        .descriptor(try Attachment(received: descriptor, declared: entry.kind, by: side)))
    }
    return carried
  }

  private mutating func receive(
    _ frame: Frame, _ payload: ArraySlice<UInt8>, _ carried: [CarriedItem]
  ) throws(Malformed) -> Event? {
    guard let kind = FrameKind(rawValue: frame.kind) else {
      throw Malformed(.channel(.unknownKind), detail: "kind \(frame.kind)")
    }
    try checkShape(of: frame, kind)
    guard !kind.startsMessage || carried.allSatisfy(\.mayTravelInMessages) else {
      throw Malformed(.channel(.attachmentKindUnknown), detail: "of the handshake, on \(kind)")
    }
    switch kind {
    case .message, .reply:
      return try receiveMessage(frame, kind, payload, carried)
    case .fragment:
      return try receiveFragment(frame, payload)
    case .close:
      return try receiveClose(frame, payload)
    case .closeAcknowledged:
      try expectEmpty(payload)
      try endpoints.acknowledged(EndpointID(rawValue: frame.endpoint))
      return nil
    case .moveAcknowledged:
      try expectEmpty(payload)
      let endpoint = EndpointID(rawValue: frame.endpoint)
      try endpoints.giveAcknowledged(endpoint)
      return .moveAcknowledged(endpoint)
    case .moveFinished:
      try expectEmpty(payload)
      let endpoint = EndpointID(rawValue: frame.endpoint)
      try endpoints.peerFinishedGiving(endpoint)
      return .moveFinished(endpoint)
    case .credit:
      let credit = try Credit(decoding: payload)
      guard !credit.isZero else { throw Malformed(.channel(.creditEmpty)) }
      try sendWindow.restore(credit)
      return .credit
    case .bufferWanted, .bufferAdded, .bufferReturned, .bufferDropped:
      return try receiveBuffer(kind, payload, carried)
    case .hello, .seal, .sealed, .invite, .finish, .refuse:
      return try receiveHandshake(kind, payload, carried)
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
    guard frame.flags & ~kind.knownFlags(to: side) == 0 else {
      throw Malformed(.channel(.unknownFlags), detail: "flags \(frame.flags) on \(kind)")
    }
    guard kind.carriesAttachments || frame.entries.isEmpty else {
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
    _ frame: Frame, _ kind: FrameKind, _ payload: ArraySlice<UInt8>, _ carried: [CarriedItem]
  ) throws(Malformed) -> Event? {
    let endpoint = EndpointID(rawValue: frame.endpoint)
    try checkStanding(of: endpoint, frame, kind)
    let hasMore = frame.flags & Frame.moreFlag != 0
    let size = hasMore ? Int(frame.total) : payload.count
    guard size <= Int(limits.maxMessageBytes) else {
      throw Malformed(
        .channel(.messageTooLarge), detail: "\(size) bytes, limit \(limits.maxMessageBytes)")
    }
    let attachments = carried.count { !$0.isPayload }
    guard attachments <= Int(limits.maxAttachments) else {
      throw Malformed(
        .channel(.tooManyAttachments),
        detail: "\(attachments), limit \(limits.maxAttachments)")
    }
    if hasMore && size <= payload.count {
      throw Malformed(.channel(.fragmentUnexpected), detail: "nothing is left for a fragment")
    }
    let behind = carried.reduce(0) { $0 + $1.streamedBytes }  // 65,535 numbers of 32 bits
    guard behind <= size else {
      throw Malformed(.channel(.bufferSize), detail: "\(behind) of \(size) bytes are arrays")
    }
    let cost =
      kind == .message
      ? Credit.message(bytes: size, attachments: attachments) : Credit.zero
    try receiveWindow.take(cost)
    // What was too little to be worth a frame may be all that the peer waits for now, if nobody reads this message.
    if !consumed.isZero, receiveWindow.isWorthReturning(consumed) { flushCredit() }
    try takeEndpoints(carried, through: endpoint)
    let message = PartialMessage(
      kind: kind, endpoint: endpoint, total: size, flags: frame.flags, bytes: Array(payload),
      carried: carried, cost: cost)
    guard !hasMore else {
      partial = message
      partialsBegun += 1
      return nil
    }
    return try finish(message)
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
    return try finish(message)
  }

  private mutating func finish(
    _ message: consuming PartialMessage
  ) throws(Malformed) -> Event? {
    var message = message
    message.splitPayloads()
    let hasContext = message.flags & Frame.contextFlag != 0
    let context = hasContext ? try TraceContext(decoding: message.bytes[...]) : nil
    // Asked at the last fragment, because the endpoint may have been closed after the first.
    let standing = try? endpoints.standing(of: message.endpoint)
    guard let standing, standing != .closing else {
      // Sent before the peer could know that we closed: dropped, and its credit is free again.
      returnCredit(message.cost)
      return .dropped(message.carried)
    }
    let bytes = hasContext ? Array(message.bytes.dropFirst(TraceContext.size)) : message.bytes
    var incoming = IncomingMessage(
      endpoint: message.endpoint, bytes: bytes, carried: message.carried,
      cost: message.cost, isRelayed: message.flags & Frame.relayedFlag != 0,
      isReturned: message.flags & Frame.returnedFlag != 0)
    incoming.context = context
    return message.kind == .reply ? .reply(incoming) : .message(incoming)
  }

  /// A handler has taken a message of this cost: the peer may send as much again. Returns whether it is worth telling it now.
  @discardableResult
  package mutating func returnCredit(_ cost: Credit) -> Bool {
    consumed.add(cost)
    guard receiveWindow.isWorthReturning(consumed) else { return false }
    flushCredit()
    return true
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
    _ bytes: [UInt8], _ carried: [CarriedItem] = [], to endpoint: EndpointID, flags: UInt8 = 0
  ) throws(Malformed) {
    let behind = carried.reduce(bytes.count) { $0 + $1.streamedBytes }
    try sendWindow.take(
      .message(bytes: behind, attachments: carried.count { !$0.isPayload }))
    outbox.append(.message, flags: flags, endpoint: endpoint, message: bytes, carried: carried)
  }

  /// Queues a one-way message that carries nothing and fits one frame, if there is credit for it.
  mutating func sendAtOnce(_ message: UnsafeRawBufferPointer, to endpoint: EndpointID) -> Bool {
    let cost = Credit.message(bytes: message.count, attachments: 0)
    guard message.count <= min(Int(limits.maxMessageBytes), Outbox.maxPieceBytes),
      endpoints.isOpen(endpoint), sendWindow.admits(cost), (try? sendWindow.take(cost)) != nil
    else { return false }
    endpoints.isUsed(endpoint)
    outbox.append(message: message, endpoint: endpoint)
    return true
  }

  /// Queues a reply, which needs no credit.
  package mutating func reply(
    _ bytes: [UInt8], _ carried: [CarriedItem] = [], to endpoint: EndpointID, flags: UInt8 = 0
  ) {
    guard endpoints.isOpen(endpoint) else { return }  // the asker has gone
    outbox.append(.reply, flags: flags, endpoint: endpoint, message: bytes, carried: carried)
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
    outbox.append(
      .sealed, carried: [.descriptor(Attachment(kind: .listener, descriptor: listener))])
  }

  /// The packet of ``sendSealed(listener:)``, for what sends it without this type.
  package static var sealedPacket: [UInt8] {
    var writer = FrameWriter()
    writer.append(.sealed, attachments: [.listener], payload: [])
    return writer.bytes
  }

  /// Host: the seal is proven; opens the bootstrap pipe.
  ///
  /// - Parameter ring: what the worker makes its end of a ring from, if there is to be one.
  package mutating func sendInvitation(ring: [Attachment] = []) throws(Malformed) {
    phase = .open
    try endpoints.open(.bootstrap)
    outbox.append(
      .invite, carried: ring.map { .descriptor($0) }, payload: limits.encoded[...])
  }

  /// Host: asks the worker to finish and exit.
  package mutating func sendFinish() { outbox.append(.finish) }

  private mutating func receiveHandshake(
    _ kind: FrameKind, _ payload: ArraySlice<UInt8>, _ carried: [CarriedItem]
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
      guard carried.count == 1, case .descriptor(let listener) = carried.first,
        listener.kind == .listener
      else { throw Malformed(.channel(.handshake), detail: "no listener") }
      phase = .proving
      return .sealed(listener: listener)
    case .invite:
      try adopt(try ChannelLimits(decoding: payload))
      let ring = carried.compactMap { item in
        if case .descriptor(let attachment) = item { attachment } else { nil }
      }
      guard ring.count == carried.count else {
        throw Malformed(.channel(.handshake), detail: "an endpoint in the invitation")
      }
      return .invited(limits, ring: ring)
    case .finish:
      try expectEmpty(payload)
      return .finish
    case .refuse:
      let reason = try CloseReason(decoding: payload)
      phase = .answering
      return .refused(reason)
    case .message, .reply, .fragment, .close, .closeAcknowledged, .credit, .moveAcknowledged,
      .moveFinished, .bufferWanted, .bufferAdded, .bufferReturned, .bufferDropped:
      return nil  // not handshake frames; `receive` does not send them here
    }
  }

  private mutating func adopt(_ limits: ChannelLimits) throws(Malformed) {
    self.limits = limits
    receiveWindow = CreditWindow(limits)
    sendWindow = CreditWindow(limits)
    buffers = ChannelBuffers(limits)
    endpoints = EndpointTable(limit: limits.maxEndpoints)
    try endpoints.open(.bootstrap)
    phase = .open
  }
}
