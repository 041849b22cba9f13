internal import DequeModule
internal import MageWire

// Interfaces that share a pipe. An end of one is a port of its own whose messages leave and arrive through the port that carries it.

extension Port {
  /// Two ends of an interface that is to share a pipe. Until one of them is sent over that pipe they are an ordinary pipe.
  package static func associablePair() -> (caller: Port, answerer: Port) {
    let (caller, answerer) = pair()
    for port in [caller, answerer] { port.isAssociable = true }
    caller.isCaller = true
    return (caller, answerer)
  }

  /// The port whose pipe this one's messages take.
  var carrier: Port { if case .associated(let carrier, _) = link { carrier } else { self } }

  /// Its id on the carrier's pipe; 0 for a port with a pipe of its own.
  var interfaceID: UInt32 { if case .associated(_, let id) = link { id } else { 0 } }

  /// Notes that this end calls and is not called.
  package func beCaller() { PortLock.change { _ in isCaller = true } }

  // MARK: Sending ends

  /// Puts the ends that a message carries on this pipe: from here on they share its order. Lock held.
  ///
  /// - Parameter joined: the ports whose messages may follow behind this one.
  func associate(
    _ message: inout OutgoingMessage, _ joined: inout [Port], _ effects: inout Effects
  ) -> CallError? {
    guard !message.ends.isEmpty else { return nil }
    guard !isAssociable else {
      return .refused("an end that shares no pipe yet cannot carry others")
    }
    let ports = message.ends.compactMap(\.held)
    guard ports.count == message.ends.count,
      ports.allSatisfy({ $0.canBeAssociated(besides: ports) })
    else { return .endpoint(.associated) }
    var associates = associates ?? Associates(isCaller: isCaller, limit: limits.maxEndpoints)
    guard associates.hasRoom(for: ports.count) else {
      return .refused("more interfaces than may share a pipe")
    }
    for end in message.ends {
      guard let port = end.release() else { continue }
      let id = associates.mint()
      let partner = port.leave(to: self, id, &effects)
      associates.add(id, partner)
      message.announced.append(id)
      joined.append(partner)
    }
    MessageHeader.write(ends: message.announced, into: &message.bytes)
    message.ends = []
    self.associates = associates
    return nil
  }

  /// Not both ends of one go to the other side.
  private func canBeAssociated(besides others: [Port]) -> Bool {
    guard isAssociable, !isClosed, receiver == nil else { return false }
    switch link {
    case .peer(let partner): return !others.contains { $0 === partner }
    case .gone: return true
    case .associated, .connection: return false
    }
  }

  /// This end goes to the other side of a pipe. Returns the one that stays. Lock held.
  private func leave(to carrier: Port, _ id: UInt32, _ effects: inout Effects) -> Port {
    let before = link
    link = .gone(.pipeClosed(CloseReason()))
    guard case .peer(let partner) = before else {
      // Its peer has closed: what it had sent goes along, and then the close.
      let heir = Port(.associated(carrier, id))
      heir.outgoing = Deque(inbox.map { Departure($0) })
      heir.closing = peerEnd ?? CloseReason()
      inbox.removeAll()
      return heir
    }
    partner.adopt(self, &effects)
    partner.relink(.associated(carrier, id))
    partner.isAssociable = false
    return partner
  }

  /// Hands what waits here on to the pipe that carries it. Lock held.
  func pass(to carrier: Port, _ id: UInt32, _ effects: inout Effects) {
    while var departure = next {
      removeNext()
      departure.owner = self
      MessageHeader.write(interface: id, into: &departure.message.bytes)
      carrier.outgoing.append(departure)
    }
    if let closing { finishClosing(closing, &effects) }
    carrier.kick(&effects)
  }

  /// A message will not be sent that announces ends: nobody will ever speak for them. Lock held.
  func revoke(_ departure: Departure, _ effects: inout Effects) {
    let reason = CloseReason(text: "the message with the other end was not sent")
    for id in departure.message.announced {
      let port = associates?.port(id)
      associates?.forget(id)
      guard let port else { continue }
      let orphans = outgoing.filter { $0.owner === port }
      outgoing.removeAll { $0.owner === port }
      for orphan in orphans {
        if let finish = orphan.finish { effects.add { finish(.pipeClosed(reason)) } }
        revoke(orphan, &effects)
      }
      port.peerClosed(reason, &effects)
    }
  }

  // MARK: Closing

  /// Tells the other side that an end here is closed. Lock held.
  func closeAssociate(_ id: UInt32, _ reason: CloseReason, _ effects: inout Effects) {
    if associates?.close(id) == true { say(closed: id, reason, &effects) }
    // What stands first may have waited for the end that is closed now.
    wantDrain(&effects)
  }

  private func say(closed id: UInt32, _ reason: CloseReason, _ effects: inout Effects) {
    let told: PipeControl.Reason? =
      reason == CloseReason() ? nil : PipeControl.Reason(code: reason.code, text: reason.text)
    let bytes = PipeControl.encode(PipeControl.Closed(id: id, reason: told))
    outgoing.append(Departure(.oneWay, OutgoingMessage(bytes: bytes)))
    kick(&effects)
  }

  /// Takes what the peer says about the pipe itself.
  func control(_ arrival: Arrival) throws(Malformed) {
    let message = arrival.message
    let header = try MessageHeader(decoding: message.bytes)
    let event = try PipeControl.decode(message.bytes, header, handles: message.handles)
    let result = PortLock.change { effects -> Result<Void, Malformed> in
      do throws(Malformed) {
        let port = try associates?.peerClosed(event.id)
        guard associates != nil else { throw Associates.unknown(event.id) }
        arrival.release(&effects)
        guard let port else { return .success(()) }
        say(closed: event.id, CloseReason(), &effects)
        let reason = event.reason.map { CloseReason(code: $0.code, text: $0.text) }
        port.peerClosed(reason ?? CloseReason(), &effects)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// The pipe is gone, and with it all that share it. Lock held.
  func loseAssociates(_ error: CallError, _ effects: inout Effects) {
    guard let associates else { return }
    self.associates = nil
    for port in associates.ports { port.lose(error, &effects) }
  }

  /// The other end has closed and everything is read. Lock held.
  func endAssociates(_ reason: CloseReason, _ effects: inout Effects) {
    guard let associates else { return }
    self.associates = nil
    for port in associates.ports { port.peerClosed(reason, &effects) }
  }

  // MARK: Arriving

  /// What becomes of a message.
  enum Addressee {
    case receiver(Port, any MessageReceiver)
    /// Whoever gets it is not bound yet, and everything behind it waits: there is one order.
    case nobodyYet
    case pipe
    /// It was sent before its sender could know that the end is closed here.
    case late
    case refused(Malformed)
  }

  /// Lock held.
  func addressee(of arrival: Arrival) -> Addressee {
    let id = MessageHeader.interface(of: arrival.message.bytes)
    if id == 0 { return receiver.map { Addressee.receiver(self, $0) } ?? .nobodyYet }
    if id == PipeControl.interfaceID { return .pipe }
    switch associates?[id] {
    case nil: return .refused(Associates.unknown(id))
    case .closing: return .late
    case .open(let port):
      if port.isCaller {
        let check = Malformed.Check.interface(.wrongCaller)
        return .refused(Malformed(check, detail: "a request to the calling end"))
      }
      return port.receiver.map { Addressee.receiver(port, $0) } ?? .nobodyYet
    }
  }

  /// Makes the ends exist that a message announces.
  func announced(_ header: MessageHeader) throws(Malformed) -> [PipeEnd] {
    guard !header.interfaceIDs.isEmpty else { return [] }
    return try PortLock.change { _ in
      Result { () throws(Malformed) in try announce(header.interfaceIDs) }
    }.get()
  }

  private func announce(_ ids: [UInt32]) throws(Malformed) -> [PipeEnd] {
    var associates = associates ?? Associates(isCaller: isCaller, limit: limits.maxEndpoints)
    // Those before a bad one exist and go at once, and so does their sender.
    defer { self.associates = associates }
    var ends: [PipeEnd] = []
    for id in ids {
      try associates.checkAnnouncement(of: id)
      let port = Port(.associated(self, id))
      associates.add(id, port)
      ends.append(PipeEnd(port))
    }
    return ends
  }
}
