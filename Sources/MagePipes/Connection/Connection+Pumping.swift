internal import DequeModule
internal import MageWire

// Messages leave as far as credit goes, and ports take turns.

extension Connection {
  private enum Outcome { case sent, sentPayload, needsCredit, needsSlot, needsBuffers, mustWait }

  /// Sends what `port` has, as far as it may.
  func pump(_ port: Port) {
    var outcome = pumpToPayload(port)
    while outcome == .sentPayload {
      // It leaves before the next is copied: the peer has something to do meanwhile.
      flush()
      outcome = pumpToPayload(port)
    }
    if outcome == .needsBuffers { obtainBuffers() }
    scheduleFlush()
  }

  /// Sends messages up to one with arrays, which are copied when this returns.
  private func pumpToPayload(_ port: Port) -> Outcome {
    PortLock.change { effects in
      port.isKicked = false
      guard port.isLinked(to: self) else {
        port.kick(&effects)
        return .sent
      }
      guard !port.isWaiting else { return .mustWait }
      guard waitingForCredit.isEmpty || port.next == nil else {
        port.isWaiting = true
        waitingForCredit.append(port)
        watchPatience(of: port)
        return .needsCredit
      }
      while port.next != nil {
        let outcome = sendNext(of: port, &effects)
        if outcome == .sentPayload { return outcome }
        guard outcome == .sent else {
          wait(port, outcome, atFront: false)
          return outcome
        }
      }
      finish(port, &effects)
      return .sent
    }
  }

  /// It is the port's turn to have the buffers that are there. False when they are too few.
  func pumpWithBuffers(_ port: Port) -> Bool {
    let outcome = PortLock.change { effects -> Outcome in
      port.isWaiting = false
      guard port.isLinked(to: self) else {
        port.kick(&effects)
        return .mustWait
      }
      guard port.next != nil else { return .sent }
      let outcome = sendNext(of: port, isItsTurn: true, &effects)
      wait(port, outcome, atFront: true)
      return outcome
    }
    guard outcome != .needsBuffers else { return false }
    guard outcome == .sent || outcome == .sentPayload else { return true }
    flush()
    pump(port)  // the rest, behind those that wait
    return true
  }

  /// Queues a one-way message that carries nothing, if there is credit for it and nothing waits before it. The port has asked the rest.
  func queueAtOnce(_ message: UnsafeRawBufferPointer, to id: EndpointID) -> Bool {
    guard failure == nil, waitingForCredit.isEmpty, channel.sendAtOnce(message, to: id) else {
      return false
    }
    countSent(message.count)
    scheduleFlush()
    return true
  }

  /// The same for a request, which takes a slot.
  func queueAtOnce(_ request: [UInt8], to id: EndpointID) -> Bool {
    guard waitingForSlot.isEmpty, tally.outstanding < Int(channel.limits.maxOutstanding),
      request.withUnsafeBytes({ queueAtOnce($0, to: id) })
    else { return false }
    tally.outstanding += 1
    return true
  }

  /// Sends what is queued without waiting for the end of the turn, once it is worth a packet: who sends without pause keeps its
  /// peer busy meanwhile.
  func flushIfWorthwhile() {
    if channel.outbox.queuedBytes >= Self.worthAPacket, !isBlocked { flush() }
  }

  private static let worthAPacket = 8 << 10

  private func wait(_ port: Port, _ outcome: Outcome, atFront: Bool) {
    switch outcome {
    case .sent, .sentPayload, .mustWait: return
    case .needsSlot: waitingForSlot.append(port)
    case .needsCredit:
      if atFront { waitingForCredit.prepend(port) } else { waitingForCredit.append(port) }
    case .needsBuffers:
      if atFront { buffers.waiting.prepend(port) } else { buffers.waiting.append(port) }
    }
    port.isWaiting = true
    watchPatience(of: port)
  }

  /// Credit has come: the ports that wait for it send one message each, in turns.
  func pumpWaiting() {
    PortLock.change { effects in
      while let port = waitingForCredit.popFirst() {
        port.isWaiting = false
        guard port.isLinked(to: self) else {
          port.kick(&effects)
          continue
        }
        guard port.next != nil else {
          finish(port, &effects)
          continue
        }
        let outcome = sendNext(of: port, &effects)
        guard outcome != .needsCredit else { return wait(port, outcome, atFront: true) }
        let isSent = outcome == .sent || outcome == .sentPayload
        wait(port, isSent ? .needsCredit : outcome, atFront: false)
      }
    }
    obtainBuffers()
    scheduleFlush()
  }

  /// A request was answered: the next may leave.
  func slotFreed() {
    guard let port = waitingForSlot.popFirst() else { return }
    PortLock.change { _ in port.isWaiting = false }
    pump(port)
  }

  /// What `port` waited with is not to be sent any more.
  func retry(_ port: Port) {
    waitingForSlot.removeAll { $0 === port }
    waitingForCredit.removeAll { $0 === port }
    buffers.waiting.removeAll { $0 === port }
    PortLock.change { _ in port.isWaiting = false }
    pump(port)
  }

  private func sendNext(
    of port: Port, isItsTurn: Bool = false, _ effects: inout Effects
  ) -> Outcome {
    guard let departure = port.next, case .connection(_, let id) = port.link else { return .sent }
    guard failure == nil, channel.endpoints.isOpen(id) || port.isGiven else {
      port.failOutgoing(failure ?? .pipeClosed(CloseReason()), &effects)
      return .sent
    }
    if let refusal = refusal(of: departure) {
      port.removeNext()
      refuse(departure, of: port, refusal, &effects)
      return .sent
    }
    for end in departure.ends where !end.isSettled {
      end.waitingForSettlement.append(port)
      return .mustWait
    }
    let counts = departure.message.payloads.map(\.count)
    let isPooled =
      !counts.isEmpty && channel.way(of: counts, with: departure.count) == .pooled
    guard channel.admits(isPooled ? departure.cost : departure.costOfAll) else {
      return .needsCredit
    }
    let request = port.isGiven ? nil : departure.request
    guard request == nil || hasSlot(for: departure) else { return .needsSlot }
    var numbers: [UInt16] = []
    if isPooled {
      guard isItsTurn || buffers.waiting.isEmpty, let reserved = channel.reserveBuffers(counts)
      else { return .needsBuffers }
      numbers = reserved
    }
    port.removeNext()
    if let request {
      // Nobody waits for its reply any more: it is not sent.
      guard port.prepare(departure, &effects) else {
        channel.unreserveBuffers(numbers)
        return .sent
      }
      (departure.owner ?? port).calls[request]?.slot = self
      tally.outstanding += 1
    }
    transmit(departure, id, in: numbers, &effects)
    return isPooled ? .sentPayload : .sent
  }

  /// Requests that pass through leave half of the slots to this process.
  private func hasSlot(for departure: Departure) -> Bool {
    let limit = Int(channel.limits.maxOutstanding)
    let share = departure.writer == nil ? limit : max(1, limit / 2)
    return tally.outstanding < share
  }

  /// Limits that may have come after the message was accepted, with the connection that the port has now.
  private func refusal(of departure: Departure) -> CallError? {
    let limits = channel.limits
    let message = departure.message
    guard message.bytes.count <= Int(limits.maxMessageBytes),
      message.attachmentCount <= Int(limits.maxAttachments),
      channel.way(of: message.payloads.map(\.count), with: message.bytes.count) != nil
    else { return .refused("larger than the policy at the other end allows") }
    guard hasRoom(for: departure.ends) else {
      return .refused("more than \(limits.maxEndpoints) endpoints on the connection")
    }
    return nil
  }

  private func hasRoom(for ends: [Port]) -> Bool {
    ends.isEmpty
      || channel.endpoints.hasRoom(for: ends.count { !moves($0) }, of: side)
  }

  private func refuse(
    _ departure: Departure, of port: Port, _ error: CallError, _ effects: inout Effects
  ) {
    departure.source.restore(departure.sourceCost, &effects)
    if let finish = departure.finish { effects.add { finish(error) } }
    port.revoke(departure, &effects)
    if case .request(let request) = departure.kind, departure.writer == nil,
      let call = (departure.owner ?? port).forget(request, &effects), call.state != .abandoned
    {
      effects.add { call.fail(error) }
    }
    // One that passes through has no sender here to be told: a pipe that loses messages is closed.
    guard departure.writer != nil else { return }
    let reason = CloseReason(code: Port.relayCode, text: "\(error)")
    port.relay?.close(reason, &effects)
    port.close(reason, &effects)
  }

  private func transmit(
    _ departure: Departure, _ id: EndpointID, in numbers: [UInt16], _ effects: inout Effects
  ) {
    var flags: UInt8 = 0
    if departure.isReturned { flags |= Frame.returnedFlag }
    if side == .host, departure.writer == .worker { flags |= Frame.relayedFlag }
    let carried = carry(departure.message.handles, in: numbers, &effects)
    // The credit was compared just before.
    if departure.context != nil { flags |= Frame.contextFlag }
    try? channel.send(departure.bytes, carried, to: id, flags: flags)
    countSent(departure.message.bytes.count)
    departure.source.restore(departure.sourceCost, &effects)
    if let finish = departure.finish { effects.add { finish(nil) } }
  }

  private func finish(_ port: Port, _ effects: inout Effects) {
    guard port.lead.isEmpty, port.outgoing.isEmpty,
      case .connection(_, let id) = port.link
    else { return }
    if port.isGiven {
      guard port.isGiveAcknowledged else { return }
      channel.finishGiving(id)
      ports[id] = nil
      port.link = .gone(.pipeClosed(CloseReason()))
    } else if let reason = port.closing {
      port.finishClosing(reason, &effects)
    }
  }

  // MARK: Replies

  func sendReply(_ reply: OutgoingMessage, to id: EndpointID, of port: Port, isRelayed: Bool) {
    let waiting = WaitingReply(message: reply, endpoint: id, port: port, isRelayed: isRelayed)
    if !trySendReply(waiting) {
      buffers.replies.append(waiting)
      obtainBuffers()
    }
    scheduleFlush()
  }

  /// Sends a reply, if somebody still wants it. False when it must wait for buffers.
  func trySendReply(_ waiting: WaitingReply) -> Bool {
    let (reply, id, port) = (waiting.message, waiting.endpoint, waiting.port)
    let counts = reply.payloads.map(\.count)
    return PortLock.change { effects -> Bool in
      // An end that shares the pipe may have closed meanwhile.
      guard failure == nil, ports[id] === port.carrier else { return true }
      let ends = reply.handles.compactMap { ($0 as? PipeEnd)?.held }
      guard reply.bytes.count <= Int(channel.limits.maxMessageBytes),
        reply.attachmentCount <= Int(channel.limits.maxAttachments), hasRoom(for: ends),
        let way = channel.way(of: counts, with: reply.bytes.count)
      else {
        let reason = CloseReason(code: Port.handlerFailedCode, text: "reply too large")
        port.close(reason, &effects)
        return true
      }
      if let end = ends.first(where: { !$0.isSettled }) {
        end.whenSettled { [self] in
          onLoop { $0.sendReply(reply, to: id, of: port, isRelayed: waiting.isRelayed) }
        }
        return true
      }
      var numbers: [UInt16] = []
      if way == .pooled, !counts.isEmpty {
        if let reserved = channel.reserveBuffers(counts) {
          numbers = reserved
        } else if !mustStream(reply, counts) {
          return false
        }
      }
      let flags = side == .host && waiting.isRelayed ? Frame.relayedFlag : 0
      let carried = carry(reply.handles, in: numbers, &effects)
      countSent(reply.bytes.count)
      channel.reply(reply.bytes, carried, to: id, flags: flags)
      return true
    }
  }

  /// A reply needs no credit, so that who waits for it cannot hold it up: one that may follow its message does when no buffer can be had at
  /// once.
  private func mustStream(_ reply: OutgoingMessage, _ counts: [Int]) -> Bool {
    guard channel.bufferShortage(counts) == .returns else { return false }
    return counts.reduce(reply.bytes.count, +) <= Int(channel.limits.maxMessageBytes)
  }
}

extension Departure {
  /// The ends that it carries.
  var ends: [Port] { message.handles.compactMap { ($0 as? PipeEnd)?.held } }

  var request: UInt64? { if case .request(let request) = kind { request } else { nil } }

  /// What it costs where its arrays follow it.
  var costOfAll: Credit {
    let size = message.payloads.reduce(message.bytes.count) { $0 + $1.count }
    return .message(bytes: size, attachments: message.attachmentCount)
  }
}
