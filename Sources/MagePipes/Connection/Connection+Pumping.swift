internal import DequeModule
internal import MageWire

// Messages leave as far as credit goes, and ports take turns.

extension Connection {
  private enum Outcome { case sent, needsCredit, needsSlot, mustWait }

  /// Sends what `port` has, as far as it may.
  func pump(_ port: Port) {
    PortLock.change { effects in
      port.isKicked = false
      guard port.isLinked(to: self) else { return port.kick(&effects) }
      guard !port.isWaiting else { return }
      guard waitingForCredit.isEmpty || port.next == nil else {
        port.isWaiting = true
        return waitingForCredit.append(port)
      }
      while port.next != nil {
        let outcome = sendNext(of: port, &effects)
        if outcome != .sent { return wait(port, outcome, atFront: false) }
      }
      finish(port, &effects)
    }
    scheduleFlush()
  }

  /// Queues a one-way message that carries nothing, if there is credit for it and nothing waits before it. The port has asked the rest.
  func queueAtOnce(_ message: UnsafeRawBufferPointer, to id: EndpointID) -> Bool {
    guard failure == nil, waitingForCredit.isEmpty, channel.sendAtOnce(message, to: id) else {
      return false
    }
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
    case .sent, .mustWait: return
    case .needsSlot: waitingForSlot.append(port)
    case .needsCredit:
      if atFront { waitingForCredit.prepend(port) } else { waitingForCredit.append(port) }
    }
    port.isWaiting = true
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
        wait(port, outcome == .sent ? .needsCredit : outcome, atFront: false)
      }
    }
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
    PortLock.change { _ in port.isWaiting = false }
    pump(port)
  }

  private func sendNext(of port: Port, _ effects: inout Effects) -> Outcome {
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
    guard channel.admits(departure.cost) else { return .needsCredit }
    if case .request(let request) = departure.kind, !port.isGiven {
      guard hasSlot(for: departure) else { return .needsSlot }
      port.removeNext()
      // Nobody waits for its reply any more: it is not sent.
      guard port.prepare(departure, &effects) else { return .sent }
      port.calls[request]?.slot = self
      tally.outstanding += 1
    } else {
      port.removeNext()
    }
    transmit(departure, id, &effects)
    return .sent
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
    guard departure.message.bytes.count <= Int(limits.maxMessageBytes),
      departure.message.handles.count <= Int(limits.maxAttachments)
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
    if case .request(let request) = departure.kind, departure.writer == nil,
      let call = port.forget(request, &effects), call.state != .abandoned
    {
      effects.add { call.fail(error) }
    }
    // One that passes through has no sender here to be told: a pipe that loses messages is closed.
    guard departure.writer != nil else { return }
    let reason = CloseReason(code: Port.relayCode, text: "\(error)")
    port.relay?.close(reason, &effects)
    port.close(reason, &effects)
  }

  private func transmit(_ departure: Departure, _ id: EndpointID, _ effects: inout Effects) {
    var flags: UInt8 = 0
    if departure.isReturned { flags |= Frame.returnedFlag }
    if side == .host, departure.writer == .worker { flags |= Frame.relayedFlag }
    let carried = carry(departure.message.handles, &effects)
    // The credit was compared just before.
    try? channel.send(departure.message.bytes, carried, to: id, flags: flags)
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
    guard failure == nil, ports[id] === port else { return }
    PortLock.change { effects in
      let ends = reply.handles.compactMap { ($0 as? PipeEnd)?.held }
      guard reply.bytes.count <= Int(channel.limits.maxMessageBytes),
        reply.handles.count <= Int(channel.limits.maxAttachments), hasRoom(for: ends)
      else {
        let reason = CloseReason(code: Port.handlerFailedCode, text: "reply too large")
        return port.close(reason, &effects)
      }
      if let end = ends.first(where: { !$0.isSettled }) {
        return end.whenSettled { [self] in
          onLoop { $0.sendReply(reply, to: id, of: port, isRelayed: isRelayed) }
        }
      }
      let flags = side == .host && isRelayed ? Frame.relayedFlag : 0
      channel.reply(reply.bytes, carry(reply.handles, &effects), to: id, flags: flags)
    }
    scheduleFlush()
  }
}

extension Departure {
  /// The ends that it carries.
  var ends: [Port] { message.handles.compactMap { ($0 as? PipeEnd)?.held } }
}
