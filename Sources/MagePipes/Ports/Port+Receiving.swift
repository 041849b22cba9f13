internal import DequeModule
internal import MageWire

extension Port {
  /// Gives the messages of this end to `receiver`, those first that have come already.
  package func bind(_ receiver: any MessageReceiver) {
    PortLock.change { effects in
      let isOver: Bool
      if case .gone = link { isOver = inbox.isEmpty && peerEnd == nil } else { isOver = isClosed }
      guard !isOver else { return effects.add { receiver.disconnected(nil) } }
      self.receiver = receiver
      wantDrain(&effects)
    }
  }

  /// Frees the end of its remote or receiver. False while something is unfinished.
  func unbind() -> Bool {
    PortLock.change { _ in
      guard calls.values.allSatisfy(\.isBeingAnswered), answering.isEmpty,
        !outgoing.contains(where: { $0.finish != nil })
      else { return false }
      receiver = nil
      return true
    }
  }

  /// Who runs handlers, and where.
  private struct HandlerTask: Sendable {
    let number: UInt64
    /// `nil` for anywhere.
    let loop: Loop?
  }

  private enum Step: Sendable {
    case take(Arrival, any MessageReceiver)
    case tell(any MessageReceiver, CloseReason)
  }

  /// Has the receiver take what has arrived, one message after the other.
  ///
  /// Handlers run at once and up to their first suspension, so that they start in the order of the messages. One task runs them all, for as long as none
  /// suspends; one that does has its task to itself from then on, and another goes on.
  func drain() {
    while let task = PortLock.change({ _ in nextTask() }) {
      Task.immediate(executorPreference: task.loop) { await self.handle(in: task) }
    }
  }

  /// Lock held. From here on the task before does not go on.
  private func nextTask() -> HandlerTask? {
    handlerTasks &+= 1
    guard receiver != nil, !inbox.isEmpty || (peerEnd != nil && !holdsArrivals) else {
      isDispatching = false
      return nil
    }
    return HandlerTask(number: handlerTasks, loop: inbox.first?.source.loop)
  }

  private func handle(in task: HandlerTask) async {
    while let step = PortLock.change({ _ in nextStep(task) }) {
      switch step {
      case .take(let arrival, let receiver):
        if !arrival.isVoid { await take(arrival, receiver, task) }
      case .tell(let receiver, let reason): receiver.disconnected(reason)
      }
    }
  }

  /// Lock held.
  private func nextStep(_ task: HandlerTask) -> Step? {
    guard task.number == handlerTasks, let receiver else { return nil }
    if let next = inbox.first {
      guard next.source.loop === task.loop else { return nil }
      inbox.removeFirst()
      return .take(next, receiver)
    }
    guard let peerEnd, !holdsArrivals else { return nil }
    self.receiver = nil
    self.peerEnd = nil
    return .tell(receiver, peerEnd)
  }

  private func take(
    _ arrival: Arrival, _ receiver: any MessageReceiver, _ task: HandlerTask
  ) async {
    var request: UInt64?
    do {
      let header = try MessageHeader(decoding: arrival.message.bytes)
      guard !header.isReply else {
        throw Malformed(.message(.headerInvalidFlags), detail: "a reply that is sent as a request")
      }
      guard header.expectsReply else {
        if receiver.takesBatches(of: header.ordinal) {
          return await takeBatch(from: arrival, receiver, task)
        }
        _ = try await receiver.take(arrival.message, header: header)
        return arrival.release()
      }
      try beginAnswering(header.requestID, arrival)
      request = header.requestID
      finished(header.requestID, arrival, try await receiver.take(arrival.message, header: header))
    } catch {
      if let request { finished(request, arrival, nil) } else { arrival.release() }
      handlerFailed(error, arrival)
    }
  }

  /// Messages of one method that have come together, for a receiver that takes them so. All of them are checked before any is taken.
  private func takeBatch(
    from first: Arrival, _ receiver: any MessageReceiver, _ task: HandlerTask
  ) async {
    let rest = PortLock.change { _ in
      var rest: [IncomingMessage] = []
      while rest.count < Self.largestBatch, task.number == handlerTasks, let next = inbox.first,
        next.isOfOneBatch(with: first)
      {
        rest.append(next.message)
        inbox.removeFirst()
      }
      return rest
    }
    let batch = [first.message] + rest
    do {
      try await receiver.take(batch: batch)
    } catch {
      handlerFailed(error, first)
    }
    first.source.release(batch.reduce(into: Credit.zero) { $0.add($1.cost) })
  }

  /// A batch ends somewhere, however much a policy lets a peer send.
  private static let largestBatch = 1024

  private func beginAnswering(_ request: UInt64, _ arrival: Arrival) throws(Malformed) {
    let refusal = PortLock.change { _ -> String? in
      if let tally = arrival.source.tally {
        let limit = tally.limits.maxOutstanding
        guard tally.answering < Int(limit) else { return "limit \(limit)" }
        guard !answering.contains(request) else { return "request id used twice" }
        tally.answering += 1
      }
      answering.insert(request)
      return nil
    }
    if let refusal { throw Malformed(.channel(.tooManyOutstanding), detail: refusal) }
  }

  private func finished(_ request: UInt64, _ arrival: Arrival, _ reply: OutgoingMessage?) {
    PortLock.change { effects in
      answering.remove(request)
      arrival.source.tally?.answering -= 1
      arrival.release(&effects)
      if let reply { answer(reply, to: arrival, &effects) }
    }
  }

  private func answer(
    _ reply: OutgoingMessage, to arrival: Arrival, _ effects: inout Effects
  ) {
    switch (link, arrival.source) {
    case (.connection(let connection, let id), _) where arrival.isAsked(by: connection):
      effects.add { connection.onLoop { $0.sendReply(reply, to: id, of: self, isRelayed: false) } }
    case (.peer(let peer), .port),
      (.peer(let peer), .connection) where arrival.message.isReturned:
      var message = IncomingMessage(endpoint: .none, bytes: reply.bytes)
      message.handles = reply.handles
      // An asker that has gone or moved on is nobody's fault.
      effects.add { [message] in try? peer.receiveReply(message) }
    default: break  // the asker has gone
    }
  }

  /// The code of ``CloseReason`` when a handler threw something that its interface has no word for.
  package static let handlerFailedCode: UInt32 = 0xFFFF_FF01
  /// The code when the other end has sent what its interface does not allow, and it is nobody's who could be ended for it.
  package static let malformedCode: UInt32 = 0xFFFF_FF02
  /// The code when a message that passes through the host does not fit the other connection's limits.
  package static let relayCode: UInt32 = 0xFFFF_FF03

  private func handlerFailed(_ error: any Error, _ arrival: Arrival) {
    if let bad = error as? Malformed {
      blame(bad, arrival)
    } else {
      // The type's name only: an error's text may hold what the peer must not learn.
      close(
        CloseReason(code: Self.handlerFailedCode, text: "the handler threw \(type(of: error))"))
    }
  }

  /// Ends whoever has sent a malformed message, or only the pipe where that is not known: nobody is ended for another's lie.
  private func blame(_ malformed: Malformed, _ arrival: Arrival) {
    guard case .connection(let connection) = arrival.source, !arrival.message.isRelayed else {
      return close(CloseReason(code: Self.malformedCode, text: malformed.name))
    }
    connection.onLoop { $0.refuse(malformed) }
  }
}

extension Arrival {
  /// The same without the lock held.
  func release() { source.release(message.cost) }

  /// Whether a handler may take both at once: they are of one method, and whoever is to blame for one is for the other.
  func isOfOneBatch(with other: Arrival) -> Bool {
    source.isSame(as: other.source) && message.isRelayed == other.message.isRelayed && !isVoid
      && message.ordinal == other.message.ordinal
  }

  /// Whether a reply goes to that connection: its peer has asked, or the request came back that its peer had asked.
  func isAsked(by connection: Connection) -> Bool {
    guard !message.isReturned else { return true }
    if case .connection(let asker) = source { return asker === connection }
    return false
  }
}

extension CreditSource {
  /// Gives credit back, without the lock held: only pipes inside a process need it.
  func release(_ cost: Credit) {
    if case .connection(let connection) = self { return connection.run(.release(cost)) }
    PortLock.change { effects in restore(cost, &effects) }
  }

  func isSame(as other: CreditSource) -> Bool {
    switch (self, other) {
    case (.connection(let one), .connection(let other)): one === other
    case (.port(let one), .port(let other)): one === other
    default: false
    }
  }

  var tally: ConnectionTally? {
    if case .connection(let connection) = self { connection.tally } else { nil }
  }

  /// Where handlers run; `nil` for anywhere.
  var loop: Loop? {
    if case .connection(let connection) = self { connection.loop } else { nil }
  }
}
