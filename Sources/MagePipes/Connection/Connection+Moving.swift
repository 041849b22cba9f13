internal import DequeModule
internal import MageSystem
internal import MageWire
internal import Synchronization

/// Host: an end that the worker has given up, until everything unread has come back.
struct ArrivingEnd {
  /// Who gets what comes back.
  let near: Port
  /// Who gets what the worker had sent before it gave the end up; `nil` when that end is closed.
  let far: Port?
  /// Messages that passed through, by their ids on this connection, and their ids before.
  let originals: [UInt64: UInt64]?
  let timer: TimerToken

  func lose(_ error: CallError, _ effects: inout Effects) {
    // Messages are lost: a pipe that loses some is closed. The end that is in somebody's hands here as well.
    let reason = CloseReason(text: "\(error)")
    near.holdsOutgoing = false
    near.close(reason, &effects)
    far?.close(reason, &effects)
  }
}

// MARK: - Sending ends

extension Connection {
  /// Whether sending the end is a move: a worker gives up what lives on its only connection.
  func moves(_ end: Port) -> Bool { side == .worker && end.isLinked(to: self) }

  /// Puts what a message carries on this connection. Lock held, and room asked for.
  ///
  /// - Parameter numbers: reserved buffers for its arrays, which are copied once the lock is free; without any the arrays follow the message.
  func carry(
    _ handles: [any WireHandle], in numbers: [UInt16], _ effects: inout Effects
  ) -> [CarriedItem] {
    var numbers = numbers[...]
    return handles.compactMap { handle in
      if let attachment = handle as? Attachment { return .descriptor(attachment) }
      if let payload = handle as? UntrustedBytes {
        return carry(payload, in: numbers.popFirst(), &effects)
      }
      guard let port = (handle as? PipeEnd)?.release() else { return nil }
      return carry(port, &effects)
    }
  }

  private func carry(
    _ payload: UntrustedBytes, in number: UInt16?, _ effects: inout Effects
  ) -> CarriedItem {
    guard let number, let buffer = buffers.outgoing[number] else {
      return .streamed(payload.count, payload.copy())
    }
    effects.add { buffer.fill(with: payload) }
    return .pooled(number, payload.count)
  }

  private func carry(_ port: Port, _ effects: inout Effects) -> CarriedItem? {
    if moves(port), case .connection(_, let id) = port.link { return give(port, id, &effects) }
    guard let id = try? channel.endpoints.mint(side) else { return nil }
    let successor: Port
    switch port.link {
    case .peer(let peer):
      peer.adopt(port, &effects)
      peer.relink(.connection(self, id))
      port.relink(.gone(.pipeClosed(CloseReason())))
      successor = peer
    case .connection:
      successor = Port(.connection(self, id))
      port.join(successor, &effects)
    case .gone, .associated:  // the latter never comes here: it cannot be unbound
      successor = Port(.connection(self, id))
      successor.outgoing = Deque(port.inbox.map { Departure($0) })
      port.inbox.removeAll()
      successor.closing = port.peerEnd ?? CloseReason()
    }
    ports[id] = successor
    successor.kick(&effects)
    return .endpoint(id, isMoved: false)
  }

  /// Worker: gives an end up. What it has not read goes back, and what may still arrive.
  private func give(_ port: Port, _ id: EndpointID, _ effects: inout Effects) -> CarriedItem? {
    guard (try? channel.endpoints.give(id)) != nil else { return nil }
    port.isGiven = true
    let unread = port.inbox
    port.inbox.removeAll()
    for arrival in unread { port.giveBack(arrival, &effects) }
    port.kick(&effects)
    return .endpoint(id, isMoved: true)
  }

  func giveAcknowledged(_ endpoint: EndpointID) {
    guard let port = ports[endpoint] else { return }
    PortLock.change { effects in
      port.isGiveAcknowledged = true
      port.kick(&effects)
    }
  }
}

extension Port {
  /// Worker: what arrives for an end that was given up goes back. Lock held.
  func giveBack(_ arrival: Arrival, _ effects: inout Effects) {
    var departure = Departure(arrival)
    departure.writer = nil
    departure.isReturned = true
    outgoing.append(departure)
    kick(&effects)
  }

  /// Takes over what an end of the same pipe has not read, when that end leaves this process: it was sent from here. Lock held.
  func adopt(_ other: Port, _ effects: inout Effects) {
    // What the other still had for us is here at once.
    for departure in other.lead + other.outgoing { accept(departure.unmoved, &effects) }
    other.lead.removeAll()
    other.outgoing.removeAll()
    for arrival in other.inbox.reversed() {
      var departure = Departure(arrival)
      departure.owner = associates?.port(MessageHeader.interface(of: departure.message.bytes))
      let caller = departure.owner ?? self
      if case .request(let request) = departure.kind, caller.calls[request]?.state == .sent {
        caller.calls[request]?.state = .waiting
      }
      outgoing.prepend(departure)
    }
    other.inbox.removeAll()
  }

  /// Host: connects this end, which lives on one connection, with one on another. Lock held.
  func join(_ other: Port, _ effects: inout Effects) {
    relay = other
    other.relay = self
    let role = role.withLock { $0 }
    rule = RelayRule(for: role, isOwnSide: true)
    other.rule = RelayRule(for: role, isOwnSide: false)
    let relayed = RelayedInterfaces()
    self.relayed = relayed
    other.relayed = relayed
    let unread = inbox
    inbox.removeAll()
    for arrival in unread { pass(arrival, on: other, &effects) }
    if let peerEnd { other.closing = peerEnd }
  }

  /// Runs `action` when nothing is on its way to this end any more. Lock held.
  func whenSettled(_ action: @escaping @Sendable () -> Void) { actionsWhenSettled.append(action) }
}

// MARK: - Taking ends back

extension Connection {
  /// Host: the worker gives `id` up. Returns the end for whoever gets the message.
  func takeBack(_ id: EndpointID) -> Port {
    let far = ports.removeValue(forKey: id)
    let limit = options.partialMessageDeadline
    let timer = loop.schedule(at: loop.now.advanced(by: limit)) { [weak self] in
      self?.assumeIsolated {
        guard $0.isReading else { return }
        $0.stopReading()
        $0.news(.exceeded(.endpointMove(limit)))
      }
    }
    return PortLock.change { effects in
      let end = far.map { $0.takenBack(&effects) } ?? .closed()
      arrivals[id] = ArrivingEnd(
        near: end.near, far: end.far, originals: end.originals, timer: timer)
      return end.near
    }
  }

  /// A message for an end that the worker has given up: one that comes back, or one that it had sent before.
  func receiveLate(_ message: IncomingMessage) {
    guard let end = arrivals[message.endpoint] else { return }
    var message = message
    if message.isReturned, let originals = end.originals, let request = message.requestID {
      guard let original = originals[request] else {
        return refuse(Malformed(.channel(.returnUnexpected), detail: "request \(request)"))
      }
      message = message.renumbered(original)
    }
    if !message.isReturned, end.originals != nil, message.requestID != nil {
      // It was unbound before it was given up, and a caller waits for its replies first.
      return refuse(Malformed(.channel(.endpointMoved), detail: "a request before the move"))
    }
    message.isRelayed = end.originals != nil
    let arrival = Arrival(message: message, source: .connection(self))
    PortLock.change { effects in
      if message.isReturned {
        end.near.accept(arrival, &effects)
      } else if let far = end.far {
        if far === end.near {
          far.lead.append(Departure(arrival))
          far.kick(&effects)
        } else {
          far.accept(arrival, &effects)
        }
      } else {
        arrival.release(&effects)
      }
    }
  }

  func moveFinished(_ endpoint: EndpointID) {
    guard let end = arrivals.removeValue(forKey: endpoint) else { return }
    loop.cancel(end.timer)
    PortLock.change { effects in
      end.near.settle(&effects)
      end.far?.settle(&effects)
    }
  }
}

/// What becomes of an end's two sides when the worker gives it up.
struct TakenBack: Sendable {
  let near: Port
  let far: Port?
  var originals: [UInt64: UInt64]?

  /// The host has closed its end meanwhile.
  static func closed() -> TakenBack {
    let near = Port(.gone(.pipeClosed(CloseReason())))
    near.holdsArrivals = true
    near.peerEnd = CloseReason()
    return TakenBack(near: near, far: nil)
  }
}

extension Port {
  /// Host: the worker has given up the other end of this one. Lock held.
  func takenBack(_ effects: inout Effects) -> TakenBack {
    for port in [self] + (associates?.ports ?? []) {
      for request in port.calls.keys { port.freeSlot(request, &effects) }
    }
    guard let relay else {
      let near = Port(.peer(self))
      relink(.peer(near))
      for port in [self, near] { port.holdsOutgoing = true }
      return TakenBack(near: near, far: self)
    }
    // It only passed messages on: the port at the other side of it is the end now, and nothing stays between.
    self.relay = nil
    relay.relay = nil
    relayed = nil
    relay.relayed = nil
    relay.holdsOutgoing = true
    relay.holdsArrivals = true
    let originals = calls.mapValues(\.original)
    for departure in lead + outgoing {
      var arrival = departure.unmoved
      if case .request(let request) = departure.kind, let original = originals[request] {
        arrival = Arrival(message: arrival.message.renumbered(original), source: arrival.source)
      }
      relay.held.append(arrival)
    }
    lead.removeAll()
    outgoing.removeAll()
    for request in calls.keys { forget(request, &effects) }
    relay.lead.append(contentsOf: relay.outgoing)
    relay.outgoing.removeAll()
    link = .gone(.pipeClosed(CloseReason()))
    isClosed = true
    return TakenBack(near: relay, far: relay, originals: originals)
  }

  private func freeSlot(_ request: UInt64, _ effects: inout Effects) {
    guard let slot = calls[request]?.slot else { return }
    calls[request]?.slot = nil
    slot.tally.outstanding -= 1
    effects.add(.slotFreed, for: slot)
  }
}
