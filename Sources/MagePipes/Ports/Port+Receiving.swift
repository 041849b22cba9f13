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
      if case .associated = link {} else if !isAssociable { isCaller = false }
      carrier.wantDrain(&effects)
    }
  }

  /// Whether it belongs to another's pipe, or is to.
  var sharesPipe: Bool {
    PortLock.change { _ in
      if case .associated = link { true } else { isAssociable }
    }
  }

  /// Frees the end of its remote or receiver. False while something is unfinished.
  func unbind() -> Bool {
    PortLock.change { _ in
      guard calls.values.allSatisfy(\.isBeingAnswered), answering.isEmpty,
        !outgoing.contains(where: { $0.finish != nil }), associates?.isEmpty != false
      else { return false }
      receiver = nil
      return true
    }
  }

  fileprivate enum Step: Sendable {
    case dispatch(Arrival, Port, any MessageReceiver)
    /// It is about the pipe itself.
    case control(Arrival)
    /// The end that it is for is closed.
    case drop(Arrival)
    case refuse(Arrival, Malformed)
    case tell(any MessageReceiver, CloseReason)
  }

  /// Who runs handlers, and where.
  fileprivate struct HandlerTask: Sendable {
    let number: UInt64
    /// `nil` for anywhere.
    let loop: Loop?
    /// Whether it was begun on that loop: only then it cannot run at the same time as whoever has begun it.
    let goesOn: Bool
  }

  /// Has the receiver take what has arrived, one message after the other.
  ///
  /// Handlers run at once and up to their first suspension, so that they start in the order of the messages. On a loop one task runs them all for as
  /// long as none suspends; one that does has its task to itself from then on, and another goes on.
  func drain() {
    var last: UInt64?
    while let (task, step) = PortLock.change({ nextTask(after: last, &$0) }) {
      last = task.number
      Task.immediate(executorPreference: task.loop) { await self.handle(step, in: task) }
    }
  }

  /// What to begin a task with, unless the one before has come to the end of what there is. Lock held.
  private func nextTask(
    after last: UInt64?, _ effects: inout Effects
  ) -> (HandlerTask, Step)? {
    guard last == nil || last == handlerTasks else { return nil }
    // From here on the task before does not go on.
    handlerTasks &+= 1
    guard let step = nextStep(&effects) else { return nil }
    let loop = step.arrival?.source.loop
    let goesOn = loop?.isCurrent == true
    return (HandlerTask(number: handlerTasks, loop: loop, goesOn: goesOn), step)
  }

  private func handle(_ first: Step, in task: HandlerTask) async {
    var next: Step? = first
    while let step = next {
      await take(step)
      // Elsewhere it may go on at the same time as whoever has begun it.
      guard task.goesOn else { return }
      next = PortLock.change { nextStep(in: task, &$0) }
    }
  }

  /// What the same task goes on with. Lock held.
  private func nextStep(in task: HandlerTask, _ effects: inout Effects) -> Step? {
    guard task.number == handlerTasks else { return nil }
    if let next = inbox.first, next.source.loop !== task.loop { return nil }
    let step = nextStep(&effects)
    if step == nil { handlerTasks &+= 1 }
    return step
  }

  private func take(_ step: Step) async {
    guard step.arrival?.isVoid != true else { return }
    do throws(Malformed) {
      switch step {
      case .dispatch(let arrival, let port, let receiver):
        await port.perform(try port.work(of: arrival, receiver, through: self), arrival)
      case .control(let arrival): try control(arrival)
      case .drop(let arrival):
        // Ends that it announces are there for its sender, and are closed as nobody takes them.
        _ = try announced(try MessageHeader(decoding: arrival.message.bytes))
        arrival.release()
      case .refuse(_, let malformed): throw malformed
      case .tell(let receiver, let reason): receiver.disconnected(reason)
      }
    } catch {
      guard let arrival = step.arrival else { return }
      // Where only the pipe is closed for it, whoever passed the message on must not miss its credit.
      arrival.release()
      blame(error, arrival)
    }
  }

  private func nextStep(_ effects: inout Effects) -> Step? {
    guard receiver != nil || associates != nil else {
      isDispatching = false
      return nil
    }
    if let arrival = inbox.first {
      let step = step(arrival)
      if step == nil { isDispatching = false } else { inbox.removeFirst() }
      return step
    }
    isDispatching = false
    guard let peerEnd, !holdsArrivals else { return nil }
    endAssociates(peerEnd, &effects)
    guard let receiver else { return nil }
    self.receiver = nil
    self.peerEnd = nil
    return .tell(receiver, peerEnd)
  }

  private func step(_ arrival: Arrival) -> Step? {
    switch addressee(of: arrival) {
    case .receiver(let port, let receiver): .dispatch(arrival, port, receiver)
    case .nobodyYet: nil
    case .pipe: .control(arrival)
    case .late: .drop(arrival)
    case .refused(let malformed): .refuse(arrival, malformed)
    }
  }

  /// What there is to do for a message that was checked.
  private enum Work: Sendable {
    case oneWay(@Sendable () async throws -> Void)
    case request(UInt64, @Sendable () async throws -> OutgoingMessage)
    /// The message and those that have come together with it, none of them checked.
    case batch([Arrival], any MessageReceiver)
  }

  /// - Parameter carrier: whose pipe it came by.
  private func work(
    of arrival: Arrival, _ receiver: any MessageReceiver, through carrier: Port
  ) throws(Malformed) -> Work {
    let header = try MessageHeader(decoding: arrival.message.bytes)
    guard !header.isReply else {
      throw Malformed(.message(.headerInvalidFlags), detail: "a reply that is sent as a request")
    }
    if arrival.mayBeOfBatch, receiver.takesBatches(of: header.ordinal) {
      return .batch([arrival] + carrier.removeRest(of: arrival), receiver)
    }
    switch try receiver.receive(try carrier.complete(arrival.message, header), header: header) {
    case .oneWay(let handler): return .oneWay(handler)
    case .request(let handler):
      try beginAnswering(header.requestID, arrival)
      return .request(header.requestID, handler)
    }
  }

  /// The message with the ends that it announces.
  private func complete(
    _ message: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) -> IncomingMessage {
    guard !header.interfaceIDs.isEmpty else { return message }
    var message = message
    message.ends = try announced(header)
    return message
  }

  private func perform(_ work: Work, _ arrival: Arrival) async {
    switch work {
    case .oneWay(let handler):
      do {
        try await arrival.inItsTrace(handler)
        arrival.release()
      } catch {
        arrival.release()
        handlerFailed(error, arrival)
      }
    case .request(let request, let handler):
      do {
        finished(request, arrival, try await arrival.inItsTrace(handler))
      } catch {
        finished(request, arrival, nil)
        handlerFailed(error, arrival)
      }
    case .batch(let batch, let receiver): await perform(batch, receiver)
    }
  }

  /// All messages of a batch are checked before any is taken.
  private func perform(_ batch: [Arrival], _ receiver: any MessageReceiver) async {
    guard let first = batch.first else { return }
    do {
      try await receiver.receive(batch: batch.map(\.message))()
    } catch {
      handlerFailed(error, first)
    }
    first.source.release(batch.reduce(into: Credit.zero) { $0.add($1.message.cost) })
  }

  /// What has come behind a message and is for the same method.
  private func removeRest(of first: Arrival) -> [Arrival] {
    PortLock.change { _ in
      var rest: [Arrival] = []
      while rest.count < Self.largestBatch, let next = inbox.first, next.isOfBatch(of: first) {
        rest.append(next)
        inbox.removeFirst()
      }
      return rest
    }
  }

  /// A batch ends somewhere, however much a policy lets a peer send.
  private static let largestBatch = 1023

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
    var reply = reply
    if interfaceID != 0 { MessageHeader.write(interface: interfaceID, into: &reply.bytes) }
    switch (carrier.link, arrival.source) {
    case (.connection(let connection, let id), _) where arrival.isAsked(by: connection):
      effects.add { [reply] in
        connection.onLoop { $0.sendReply(reply, to: id, of: self, isRelayed: false) }
      }
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
      return carrierNow.close(CloseReason(code: Self.malformedCode, text: malformed.name))
    }
    connection.onLoop { $0.refuse(malformed) }
  }
}

extension Port.Step {
  fileprivate var arrival: Arrival? {
    switch self {
    case .dispatch(let arrival, _, _), .control(let arrival), .drop(let arrival),
      .refuse(let arrival, _):
      arrival
    case .tell: nil
    }
  }
}

extension Port {
  private var carrierNow: Port { PortLock.change { _ in carrier } }
}

extension Arrival {
  /// Gives the credit back, without the lock held.
  func release() { source.release(message.cost) }

  /// Whether it can be one of several messages that a handler takes at once: an interface's one-way message, without ends, of no trace.
  fileprivate var mayBeOfBatch: Bool {
    message.context == nil && message.bytes.starts(with: [24, 0, 0, 0, 0, 0, 0, 0])
  }

  /// Whether both are of one method of one interface, and whoever is to blame for one is for the other.
  fileprivate func isOfBatch(of first: Arrival) -> Bool {
    message.context == nil && source.isSame(as: first.source) && !isVoid
      && message.writer == first.message.writer && message.isRelayed == first.message.isRelayed
      && message.bytes.prefix(16) == first.message.bytes.prefix(16)
  }

  /// Runs a handler that can ask which trace the message belongs to. What a worker has said is kept apart.
  fileprivate func inItsTrace<Value: Sendable>(
    _ handler: @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let context = message.context else { return try await handler() }
    if case .connection(let connection) = source, connection.side == .host {
      return try await TraceContext.$ofWorker.withValue(context) { try await handler() }
    }
    return try await TraceContext.$current.withValue(context) { try await handler() }
  }

  /// Whether a reply goes to that connection: its peer has asked, or the request came back that its peer had asked.
  func isAsked(by connection: Connection) -> Bool {
    guard !message.isReturned else { return true }
    if case .connection(let asker) = source { return asker === connection }
    return false
  }
}

extension CreditSource {
  /// Gives credit back, without the lock held.
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
