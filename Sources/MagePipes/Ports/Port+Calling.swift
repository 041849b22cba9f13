package import MageWire

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
        begin(call, request, message)
        // A task that was cancelled before may have called `cancel` already.
        if Task.isCancelled { abandon(request, .cancelled) }
      }
    } onCancel: {
      abandon(request, .cancelled)
    }
  }

  private func begin(_ call: PendingCall, _ request: UInt64, _ message: OutgoingMessage) {
    PortLock.change { effects in
      if let refusal = refusal(of: message) { return effects.add { call.fail(refusal) } }
      calls[request] = call
      startTimer(request, call.limit, &effects)
      if sendAtOnce(call, message) { return }
      outgoing.append(Departure(.request(request), message))
      kick(&effects)
    }
  }

  /// The same for a request as ``sendAtOnce(_:)`` for what has no reply. Lock held.
  private func sendAtOnce(_ call: PendingCall, _ message: OutgoingMessage) -> Bool {
    guard message.handles.isEmpty, let (connection, id) = freeWay,
      connection.ifCurrent({ $0.queueAtOnce(message.bytes, to: id) }) == true
    else { return false }
    call.state = .sent
    call.slot = connection
    return true
  }

  /// Where a message can leave by that has nothing to wait for at this end. Lock held.
  private var freeWay: (Connection, EndpointID)? {
    guard case .connection(let connection, let id) = link, lead.isEmpty, outgoing.isEmpty,
      !holdsOutgoing, !isWaiting, !isGiven, !isClosed
    else { return nil }
    return (connection, id)
  }

  /// Sends a one-way message; returns when the credit for it was there and it was queued.
  package func send(_ message: OutgoingMessage) async -> CallError? {
    await withCheckedContinuation { continuation in
      PortLock.change { effects in
        if let refusal = refusal(of: message) {
          return effects.add { continuation.resume(returning: refusal) }
        }
        outgoing.append(Departure(.oneWay, message) { continuation.resume(returning: $0) })
        kick(&effects)
      }
    }
  }

  /// Queues a one-way message that carries nothing without waiting, where the caller is on the loop and nothing is in the way. False, and
  /// nothing was done, where it has to go by ``send(_:)``.
  package func sendAtOnce(_ lent: UnsafeRawBufferPointer) -> Bool {
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

  private func refusal(of message: OutgoingMessage) -> CallError? {
    let limits: ChannelLimits
    switch link {
    case .gone(let error): return error
    case .peer: limits = ChannelLimits()
    case .connection(let connection, _): limits = connection.tally.limits
    }
    if isClosed { return .pipeClosed(CloseReason()) }
    guard message.bytes.count <= Int(limits.maxMessageBytes) else {
      return .refused(
        "\(message.bytes.count) bytes, the policy allows \(limits.maxMessageBytes) in a message")
    }
    guard message.handles.count <= Int(limits.maxAttachments) else {
      return .refused(
        "\(message.handles.count) attachments, the policy allows \(limits.maxAttachments)")
    }
    return nil
  }
}

// MARK: - Deadlines

extension Port {
  private func startTimer(_ request: UInt64, _ limit: Duration, _ effects: inout Effects) {
    guard case .connection(let connection, _) = link else {
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
      guard case .connection(let current, _) = link, current === connection else { return nil }
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
        outgoing.removeAll { $0.kind == .request(request) }
        if isWaiting, case .connection(let connection, _) = link {
          effects.add { [self] in connection.onLoop { $0.retry(self) } }
        }
      case .sent:
        call.state = .abandoned
      case .abandoned:
        return
      }
      effects.add { call.fail(error) }
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
