internal import MageSystem
package import MageWire
internal import Synchronization

extension Port {
  /// Sends a request and waits for its reply.
  ///
  /// - Parameters:
  ///   - request: the id that `message` was encoded with, from ``makeRequestID()``.
  ///   - limit: from now to the reply, waiting for credit included.
  ///   - decode: checks the reply and makes a value of it, before anything later is looked at.
  package func call<Reply: Sendable>(
    method: String, request: UInt64, _ message: OutgoingMessage, within limit: Duration,
    decode: @escaping @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Reply
  ) async -> Result<Reply, CallError> {
    let observer = observer
    let context = observer?.willCall(method) ?? TraceContext.current
    guard let observer else {
      return await exchange(method, request, message, context, limit, decode)
    }
    let start = MonotonicTime.now
    let result = await exchange(method, request, message, context, limit, decode)
    var failure: CallError?
    if case .failure(let error) = result { failure = error }
    observer.didCall(method, took: MonotonicTime.now.since(start), failure: failure)
    return result
  }

  /// Who is told of calls, if anybody is.
  private var observer: (any CallObserver)? {
    guard Connection.isObserved.load(ordering: .relaxed) else { return nil }
    return PortLock.change { _ in
      if case .connection(let connection, _) = link { connection.options.observer } else { nil }
    }
  }

  private func exchange<Reply: Sendable>(
    _ method: String, _ request: UInt64, _ message: OutgoingMessage, _ context: TraceContext?,
    _ limit: Duration,
    _ decode: @escaping @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Reply
  ) async -> Result<Reply, CallError> {
    await withTaskCancellationHandler {
      // Unchecked, as each call pays for the check: a call is resumed by the one who takes it out of `calls`.
      await withUnsafeContinuation { continuation in
        let call = PendingCall(
          method: method, limit: limit,
          complete: { (reply, header) throws(Malformed) in
            let value = try decode(reply, header)
            continuation.resume(returning: .success(value))
          },
          fail: { continuation.resume(returning: .failure($0)) })
        begin(call, request, message, context)
        // A task that was cancelled before may have called `cancel` already.
        if Task.isCancelled { abandon(request, .cancelled) }
      }
    } onCancel: {
      abandon(request, .cancelled)
    }
  }

  func begin(
    _ call: PendingCall, _ request: UInt64, _ message: OutgoingMessage,
    _ context: TraceContext? = nil
  ) {
    PortLock.change { effects in
      calls[request] = call
      if context == nil, sendAtOnce(call, message) {
        return startTimer(request, call.limit, &effects)
      }
      // Before the message leaves: whoever has seen it knows that its time runs.
      startTimer(request, call.limit, &effects)
      let departure = Departure(.request(request), message).with(context, carrier.link)
      if let refusal = enqueue(departure, &effects) {
        calls[request] = nil
        return effects.add { call.fail(refusal) }
      }
    }
  }

  /// The same for a request as ``sendAtOnce(_:)`` for what has no reply. It leaves at the end of the loop's turn: its time runs by then. Lock held.
  private func sendAtOnce(_ call: PendingCall, _ message: OutgoingMessage) -> Bool {
    guard message.handles.isEmpty, message.ends.isEmpty, let (connection, id) = freeWay,
      connection.ifCurrent({ $0.queueAtOnce(message.bytes, to: id) }) == true
    else { return false }
    call.state = .sent
    call.slot = connection
    return true
  }

  /// Where a message can leave by that has nothing to wait for at this end. Lock held.
  private var freeWay: (Connection, EndpointID)? {
    guard case .connection(let connection, let id) = link, lead.isEmpty, outgoing.isEmpty,
      !holdsOutgoing, !isWaiting, !isGiven, !isClosed, relay == nil
    else { return nil }
    return (connection, id)
  }

  /// Queues a one-way message that carries nothing without waiting, where the caller is on the loop and nothing is in the way. False, and
  /// nothing was done, where it has to go by ``send(_:within:)``.
  package func sendAtOnce(_ lent: UnsafeRawBufferPointer) -> Bool {
    guard TraceContext.current == nil else { return false }
    // Sent nowhere: it is read on this thread before this returns.
    nonisolated(unsafe) let message = lent
    let connection = PortLock.change { _ -> Connection? in
      guard let (connection, id) = freeWay,
        connection.ifCurrent({ $0.queueAtOnce(message, to: id) }) == true
      else { return nil }
      return connection
    }
    guard let connection else { return false }
    _ = connection.ifCurrent { $0.flushIfWorthwhile() }
    return true
  }

  /// Sends a one-way message; returns when the credit for it was there and it was queued.
  ///
  /// - Parameter limit: how long it may wait for the credit of a peer in another process.
  package func send(
    _ message: OutgoingMessage, within limit: Duration = .seconds(30)
  ) async -> CallError? {
    let context = TraceContext.current
    return await withCheckedContinuation { continuation in
      PortLock.change { effects in
        var departure = Departure(.oneWay, message) { continuation.resume(returning: $0) }
        departure.patience = Departure.Patience(end: now.advanced(by: limit), limit: limit)
        departure = departure.with(context, carrier.link)
        if let refusal = enqueue(departure, &effects) {
          effects.add { continuation.resume(returning: refusal) }
        }
      }
    }
  }

  /// Queues a message, behind all others of its pipe. Lock held.
  ///
  /// - Returns: why it is not queued.
  func enqueue(_ departure: Departure, _ effects: inout Effects) -> CallError? {
    let carrier = carrier
    if let refusal = refusal(of: departure.message, carrier) { return refusal }
    var departure = departure
    var joined: [Port] = []
    if let refusal = carrier.associate(&departure.message, &joined, &effects) { return refusal }
    outgoing.append(departure)
    if let patience = departure.patience { carrier.expect(patience, &effects) }
    kick(&effects)
    for port in joined { port.kick(&effects) }
    return nil
  }

  /// Those of the connection, or of every pipe inside a process. Lock held.
  var limits: ChannelLimits {
    guard case .connection(let connection, _) = carrier.link else { return ChannelLimits() }
    return connection.tally.limits
  }

  private func refusal(of message: OutgoingMessage, _ carrier: Port) -> CallError? {
    if case .gone(let error) = carrier.link { return error }
    if isClosed || carrier.isClosed { return .pipeClosed(CloseReason()) }
    let limits = limits
    var payloads: [Int] = []
    if case .connection = carrier.link { payloads = message.payloads.map(\.count) }
    guard message.bytes.count <= Int(limits.maxMessageBytes) else {
      return .refused(
        "\(message.bytes.count) bytes, the policy allows \(limits.maxMessageBytes) in a message")
    }
    guard payloads.isEmpty || limits.admits(payloads, with: message.bytes.count) else {
      return .refused(
        "arrays of \(payloads) bytes, the policy allows \(limits.maxPayloadBytes) in shared buffers and \(limits.maxMessageBytes) in a message"
      )
    }
    guard message.attachmentCount <= Int(limits.maxAttachments) else {
      return .refused(
        "\(message.attachmentCount) attachments, the policy allows \(limits.maxAttachments)")
    }
    return nil
  }
}

// MARK: - Deadlines

extension Port {
  private func startTimer(_ request: UInt64, _ limit: Duration, _ effects: inout Effects) {
    guard case .connection(let connection, _) = carrier.link else {
      return effects.add { [self] in startTask(request, limit) }
    }
    let call = TimedCall(port: self, request: request, limit: limit)
    effects.add(.watchDeadline(call), for: connection)
  }

  private func startTask(_ request: UInt64, _ limit: Duration) {
    let task = Task { [weak self] in
      guard (try? await Task.sleep(for: limit)) != nil else { return }
      self?.missedDeadline(request, limit, of: nil)
    }
    if !keep(.task { task.cancel() }, for: request) { task.cancel() }
  }

  /// Keeps what stops a call's timer. False when the call is over already.
  func keep(_ timer: CallTimer, for request: UInt64) -> Bool {
    PortLock.change { _ in
      guard let call = calls[request] else { return false }
      call.timer = timer
      return true
    }
  }

  func missedDeadline(_ request: UInt64, _ limit: Duration, of connection: Connection?) {
    let method = PortLock.change { _ -> String? in
      guard let call = calls[request], call.state != .abandoned else { return nil }
      guard case .connection(let current, _) = carrier.link, current === connection else {
        return nil
      }
      return call.method
    }
    guard let connection, let method else {
      return abandon(request, .deadlineMissed(limit))
    }
    connection.onLoop { connection in
      // Once nothing is read any more, `end` says what became of the calls.
      guard connection.isReading else { return }
      guard connection.options.missedDeadlineEndsPeer else {
        return self.abandon(request, .deadlineMissed(limit))
      }
      connection.stopReading()
      connection.news(.exceeded(.callDeadline(limit, method: method)))
    }
  }
}

// MARK: - Replies

extension Port {
  /// What a reply is for.
  enum ReplyUse: Sendable {
    case complete(PendingCall)
    /// The caller has given up.
    case drop
    case unexpected
  }

  /// Takes a reply that came for this end. Throws, with the call still waiting, when it is malformed.
  func receiveReply(_ reply: IncomingMessage) throws(Malformed) {
    let header = try MessageHeader(decoding: reply.bytes)
    guard header.isReply else {
      throw Malformed(.message(.headerInvalidFlags), detail: "a request that is sent as a reply")
    }
    guard header.interfaceID != 0, relay == nil else { return try receiveReply(reply, header) }
    switch PortLock.change({ _ in associates?[header.interfaceID] }) {
    case .open(let port): try port.receiveReply(reply, header)
    case .closing: break  // nobody waits for it any more
    case nil: throw Associates.unknown(header.interfaceID)
    }
  }

  private func receiveReply(
    _ reply: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) {
    let request = header.requestID
    switch PortLock.change({ _ in use(of: request) }) {
    case .unexpected:
      throw Malformed(.channel(.replyUnexpected), detail: "request \(request)")
    case .drop: break
    case .complete(let call):
      do throws(Malformed) {
        try call.complete(reply, header)
      } catch {
        PortLock.change { effects in
          // Whoever ended all calls meanwhile has left this one to its reply.
          guard calls[request] === call else {
            return effects.add { call.fail(.pipeClosed(CloseReason())) }
          }
          call.state = .sent
          call.isBeingAnswered = false
        }
        throw error
      }
    }
    PortLock.change { effects in _ = forget(request, &effects) }
  }

  private func use(of request: UInt64) -> ReplyUse {
    guard let call = calls[request] else { return .unexpected }
    switch call.state {
    case .waiting: return .unexpected
    case .abandoned: return .drop
    case .sent:
      // It is this reply's now: nobody else may resume the caller.
      call.state = .abandoned
      call.isBeingAnswered = true
      return .complete(call)
    }
  }

  /// Lock held.
  @discardableResult
  func forget(_ request: UInt64, _ effects: inout Effects) -> PendingCall? {
    guard let call = calls.removeValue(forKey: request) else { return nil }
    switch call.timer {
    case .connection(let connection, let number):
      effects.add(.forgetDeadline(number), for: connection)
    case .task(let cancel): effects.add(cancel)
    case nil: break
    }
    call.answering?.answering -= 1
    if let slot = call.slot {
      slot.tally.outstanding -= 1
      effects.add(.slotFreed, for: slot)
    }
    return call
  }

  /// Gives up waiting. A request that has left keeps its slot: the answer may still come, and must find it.
  func abandon(_ request: UInt64, _ error: CallError) {
    PortLock.change { effects in
      guard let call = calls[request] else { return }
      switch call.state {
      case .waiting:
        forget(request, &effects)
        carrier.withdraw(request, of: self, &effects)
      case .sent:
        call.state = .abandoned
      case .abandoned:
        return
      }
      effects.add { call.fail(error) }
    }
  }

  /// Takes back a request that has not left. Lock held.
  private func withdraw(_ request: UInt64, of caller: Port, _ effects: inout Effects) {
    let found = outgoing.firstIndex {
      $0.kind == .request(request) && ($0.owner ?? self) === caller
    }
    if let found { revoke(outgoing.remove(at: found), &effects) }
    if isWaiting, case .connection(let connection, _) = link {
      effects.add { [self] in connection.onLoop { $0.retry(self) } }
    }
  }

  /// Lock held.
  func failCalls(_ error: CallError, _ effects: inout Effects) {
    for (request, call) in calls {
      forget(request, &effects)
      if call.state != .abandoned { effects.add { call.fail(error) } }
    }
  }
}

extension Departure {
  /// The same with a context, as far as one fits with it into a message.
  func with(_ context: TraceContext?, _ link: Port.Link) -> Departure {
    guard let context else { return self }
    if case .connection(let connection, _) = link {
      let limits = connection.tally.limits
      let count = message.bytes.count + TraceContext.size
      let payloads = message.payloads.map(\.count)
      guard count <= Int(limits.maxMessageBytes),
        payloads.isEmpty || limits.admits(payloads, with: count)
      else { return self }
    }
    var departure = self
    departure.context = context
    return departure
  }
}
