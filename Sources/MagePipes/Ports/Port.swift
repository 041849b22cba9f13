internal import DequeModule
internal import MageSystem
internal import MageWire
internal import Synchronization

/// One end of a pipe in this process, wherever the other end is: in this process too, on a connection, or gone.
///
/// Everything that belongs to the end is here and moves with it: what has arrived and was not read, what waits to leave, calls that
/// await a reply. A connection asks its ports for what may leave, as far as credit goes.
// @unchecked because every property that is not a constant is guarded by `PortLock`.
package final class Port: @unchecked Sendable {
  /// Where the other end is.
  enum Link {
    /// In this process.
    case peer(Port)
    /// Behind this endpoint of a connection.
    case connection(Connection, EndpointID)
    /// At the other side of that port's pipe, which it shares under this id.
    case associated(Port, UInt32)
    /// Nowhere; calls get this error.
    case gone(CallError)
  }

  var link: Link
  var receiver: (any MessageReceiver)?
  /// What has arrived and nobody has read.
  var inbox = Deque<Arrival>()
  var isDispatching = false
  /// Counts the tasks that have run handlers: only the last goes on to the next message.
  var handlerTasks: UInt64 = 0
  /// Why the other end has gone; told to the receiver after the last message.
  var peerEnd: CloseReason?
  var calls: [UInt64: PendingCall] = [:]
  /// Requests of the other end that were not answered.
  var answering: Set<UInt64> = []
  /// What may arrive from an end in this process.
  var window = CreditWindow(ChannelLimits())

  /// The interfaces that share this pipe; `nil` before the first.
  var associates: Associates?
  /// It is to share the pipe that one of its ends is sent over.
  var isAssociable = false
  /// It calls, and is sent nothing but replies.
  var isCaller = false

  /// What waits to leave, and before all of it what ``holdsOutgoing`` does not concern.
  var outgoing = Deque<Departure>()
  var lead = Deque<Departure>()
  var isKicked = false
  /// When the first of the senders that wait may have waited too long; early rather than late.
  var patienceEnd: MonotonicTime?
  var isWaiting = false
  /// The owner has closed this end.
  var isClosed = false
  /// Nobody owns this end any more: it closes with this reason once everything has left.
  var closing: CloseReason?

  /// Host: whatever arrives goes on through that port, and the other way round.
  var relay: Port?
  /// Host, with ``relay``: what the messages that arrive must be.
  var rule = RelayRule.unknown
  /// Host, with ``relay``: the interfaces that share the pipe, as both its halves see them.
  var relayed: RelayedInterfaces?
  /// What the end was last seen to be, by whoever sent or received it in a typed field.
  let role = Mutex<RelayRule.Role?>(nil)

  /// An end that moves is not settled until everything that was on its way has come; new messages wait behind.
  var holdsOutgoing = false
  var holdsArrivals = false
  var held = Deque<Arrival>()
  /// Ports with a message that carries this end, and waits for it to settle.
  var waitingForSettlement: [Port] = []
  var actionsWhenSettled: [@Sendable () -> Void] = []

  /// Worker: the end was given up; what arrives is returned.
  var isGiven = false
  var isGiveAcknowledged = false

  private let nextRequest = Atomic<UInt64>(1)

  init(_ link: Link) { self.link = link }

  /// An id that no other request of this end has.
  package func makeRequestID() -> UInt64 {
    nextRequest.wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// The other end is somewhere else now. Lock held.
  func relink(_ link: Link) {
    self.link = link
    isWaiting = false
  }

  var isSettled: Bool { !holdsOutgoing && !holdsArrivals }

  /// Two ends of a new pipe inside this process.
  package static func pair() -> (Port, Port) {
    let first = Port(.gone(.pipeClosed(CloseReason())))
    let second = Port(.peer(first))
    first.link = .peer(second)
    return (first, second)
  }
}

// MARK: - Leaving

extension Port {
  /// Lets what waits leave as far as it may. Lock held.
  func kick(_ effects: inout Effects) {
    switch link {
    case .peer(let peer): pump(to: peer, &effects)
    case .connection(let connection, _):
      guard !isKicked else { return }
      isKicked = true
      effects.add(.pump(self), for: connection)
    case .associated(let carrier, let id): pass(to: carrier, id, &effects)
    case .gone(let error):
      failOutgoing(error, &effects)
    }
  }

  /// The next message that may leave, as far as this end itself is concerned.
  var next: Departure? { lead.first ?? (holdsOutgoing ? nil : outgoing.first) }

  func removeNext() {
    if lead.popFirst() == nil { _ = outgoing.popFirst() }
  }

  private func pump(to peer: Port, _ effects: inout Effects) {
    while let departure = next, peer.window.admits(departure.cost) {
      removeNext()
      guard prepare(departure, &effects) else { continue }
      try? peer.window.take(departure.cost)  // admitted just above
      departure.source.restore(departure.sourceCost, &effects)
      if let finish = departure.finish { effects.add { finish(nil) } }
      peer.accept(departure.arrival(.port(peer)), &effects)
    }
    if let closing, lead.isEmpty, outgoing.isEmpty { finishClosing(closing, &effects) }
  }

  /// Marks the call of a request as sent. False when nobody waits for its reply any more.
  func prepare(_ departure: Departure, _ effects: inout Effects) -> Bool {
    guard case .request(let request) = departure.kind else { return true }
    let caller = departure.owner ?? self
    guard caller.calls[request]?.state == .waiting else {
      departure.source.restore(departure.sourceCost, &effects)
      revoke(departure, &effects)
      return false
    }
    caller.calls[request]?.state = .sent
    return true
  }

  func failOutgoing(_ error: CallError, _ effects: inout Effects) {
    for departure in lead + outgoing {
      departure.source.restore(departure.sourceCost, &effects)
      if let finish = departure.finish { effects.add { finish(error) } }
    }
    lead.removeAll()
    outgoing.removeAll()
  }
}

// MARK: - Arriving

extension Port {
  /// Takes a message that came for this end. Lock held.
  func accept(_ arrival: Arrival, _ effects: inout Effects) {
    if isClosed { return arrival.release(&effects) }
    if let relay { return pass(arrival, on: relay, &effects) }
    if holdsArrivals, !arrival.message.isReturned { return held.append(arrival) }
    inbox.append(arrival)
    wantDrain(&effects)
  }

  /// Has the receiver take what is here. Lock held.
  func wantDrain(_ effects: inout Effects) {
    guard !isDispatching, receiver != nil || associates != nil, !inbox.isEmpty || peerEnd != nil
    else { return }
    if case .connection(let connection, _) = link, connection.tally.isAlone {
      return connection.tally.deferred.append(self)
    }
    isDispatching = true
    if case .connection(let connection, _) = link {
      effects.add(.drain(self), for: connection)
    } else {
      effects.add { [self] in Task { self.drain() } }
    }
  }
}
