internal import DequeModule

extension Port {
  /// Closes this end; the other end is told why. Nothing happens when it is closed already.
  package func close(_ reason: CloseReason) {
    PortLock.change { effects in close(reason, &effects) }
  }

  /// Lock held.
  func close(_ reason: CloseReason, _ effects: inout Effects) {
    guard !isClosed else { return }
    isClosed = true
    let error = CallError.pipeClosed(reason)
    failCalls(error, &effects)
    failOutgoing(error, &effects)
    discardInbox(&effects)
    tellReceiver(&effects)
    loseAssociates(error, &effects)
    let link = link
    relay = nil
    relayed = nil
    self.link = .gone(.pipeClosed(CloseReason()))
    switch link {
    case .gone: break
    case .peer(let peer): peer.peerClosed(reason, &effects)
    case .associated(let carrier, let id): carrier.closeAssociate(id, reason, &effects)
    case .connection(let connection, let id):
      effects.add { [self] in connection.onLoop { $0.close(id, of: self, reason) } }
    }
    settle(&effects)
  }

  /// The other end has closed: what it had sent before can still be read. Lock held.
  func peerClosed(_ reason: CloseReason, _ effects: inout Effects) {
    let error = CallError.pipeClosed(reason)
    link = .gone(.pipeClosed(CloseReason()))
    failCalls(error, &effects)
    failOutgoing(error, &effects)
    for port in associates?.ports ?? [] { port.failCalls(error, &effects) }
    if let relay {
      self.relay = nil
      relayed = nil
      return relay.closeSoon(reason, &effects)
    }
    peerEnd = reason
    wantDrain(&effects)
  }

  /// The connection has ended. Lock held.
  func lose(_ error: CallError, _ effects: inout Effects) {
    link = .gone(error)
    failCalls(error, &effects)
    failOutgoing(error, &effects)
    if let relay {
      self.relay = nil
      relay.relay = nil
      relay.closeSoon(CloseReason(text: "the other end's process has ended"), &effects)
    }
    discardInbox(&effects)
    tellReceiver(&effects)
    loseAssociates(error, &effects)
    settle(&effects)
  }

  /// Closes an end that nobody owns once everything has left. Lock held.
  func closeSoon(_ reason: CloseReason, _ effects: inout Effects) {
    closing = reason
    kick(&effects)
  }

  /// Lock held.
  func finishClosing(_ reason: CloseReason, _ effects: inout Effects) {
    closing = nil
    close(reason, &effects)
  }

  private func discardInbox(_ effects: inout Effects) {
    for arrival in inbox + held { arrival.release(&effects) }
    inbox.removeAll()
    held.removeAll()
    peerEnd = nil
  }

  private func tellReceiver(_ effects: inout Effects) {
    guard let receiver else { return }
    self.receiver = nil
    effects.add { receiver.disconnected(nil) }
  }

  /// Nothing is on its way to this end any more: what waited for that goes on. Lock held.
  func settle(_ effects: inout Effects) {
    holdsOutgoing = false
    holdsArrivals = false
    inbox.append(contentsOf: held)
    held.removeAll()
    wantDrain(&effects)
    kick(&effects)
    let waiting = waitingForSettlement
    waitingForSettlement = []
    for port in waiting { port.kick(&effects) }
    for action in actionsWhenSettled { effects.add(action) }
    actionsWhenSettled = []
  }
}
