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

  /// Has the receiver take what has arrived, one message after the other.
  func drain() {
    while let step = PortLock.change({ nextStep(&$0) }) {
      do throws(Malformed) {
        try take(step)
      } catch {
        guard let arrival = step.arrival else { continue }
        // Where only the pipe is closed for it, whoever passed the message on must not miss its credit.
        PortLock.change { effects in arrival.release(&effects) }
        blame(error, arrival)
      }
    }
  }

  private func take(_ step: Step) throws(Malformed) {
    guard step.arrival?.isVoid != true else { return }
    switch step {
    case .dispatch(let arrival, let port, let receiver):
      try port.dispatch(arrival, receiver, through: self)
    case .control(let arrival): try control(arrival)
    case .drop(let arrival):
      // Ends that it announces are there for its sender, and are closed as nobody takes them.
      _ = try announced(try MessageHeader(decoding: arrival.message.bytes))
      PortLock.change { effects in arrival.release(&effects) }
    case .refuse(_, let malformed): throw malformed
    case .tell(let receiver, let reason): receiver.disconnected(reason)
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

  /// - Parameter carrier: whose pipe it came by.
  private func dispatch(
    _ arrival: Arrival, _ receiver: any MessageReceiver, through carrier: Port
  ) throws(Malformed) {
    let header = try MessageHeader(decoding: arrival.message.bytes)
    guard !header.isReply else {
      throw Malformed(.message(.headerInvalidFlags), detail: "a reply that is sent as a request")
    }
    var message = arrival.message
    message.ends = try carrier.announced(header)
    switch try receiver.receive(message, header: header) {
    case .oneWay(let handler):
      start(handler, arrival) { self.finishedOneWay(arrival, $0) }
    case .request(let handler):
      try beginAnswering(header.requestID, arrival)
      start(handler, arrival) { self.finishedRequest(header.requestID, arrival, $0) }
    }
  }

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

  /// Runs a handler at once and up to its first suspension, so that handlers start in the order of the messages.
  private func start<Value: Sendable>(
    _ handler: @escaping @Sendable () async throws -> Value, _ arrival: Arrival,
    then finish: @escaping @Sendable (Result<Value, any Error>) -> Void
  ) {
    Task.immediate(executorPreference: arrival.source.loop) {
      do {
        finish(.success(try await arrival.inItsTrace(handler)))
      } catch {
        finish(.failure(error))
      }
    }
  }

  private func finishedOneWay(_ arrival: Arrival, _ result: Result<Void, any Error>) {
    PortLock.change { effects in arrival.release(&effects) }
    if case .failure(let error) = result { handlerFailed(error, arrival) }
  }

  private func finishedRequest(
    _ request: UInt64, _ arrival: Arrival, _ result: Result<OutgoingMessage, any Error>
  ) {
    PortLock.change { effects in
      answering.remove(request)
      arrival.source.tally?.answering -= 1
      arrival.release(&effects)
      if case .success(let reply) = result { answer(reply, to: arrival, &effects) }
    }
    if case .failure(let error) = result { handlerFailed(error, arrival) }
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
  var tally: ConnectionTally? {
    if case .connection(let connection) = self { connection.tally } else { nil }
  }

  /// Where handlers run; `nil` for anywhere.
  var loop: Loop? {
    if case .connection(let connection) = self { connection.loop } else { nil }
  }
}
