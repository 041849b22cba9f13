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
      outgoing.append(Departure(.request(request), message))
      startTimer(request, call.limit, &effects)
      kick(&effects)
    }
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

  private func refusal(of message: OutgoingMessage) -> CallError? {
    let limits: ChannelLimits
    var payloads: [Int] = []
    switch link {
    case .gone(let error): return error
    case .peer: limits = ChannelLimits()
    case .connection(let connection, _):
      limits = connection.tally.limits
      payloads = message.payloads.map(\.count)
    }
    if isClosed { return .pipeClosed(CloseReason()) }
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
    guard case .connection(let connection, _) = link else {
      return effects.add { [self] in startTask(request, limit) }
    }
    effects.add { [self] in
      connection.onLoop { connection in
        let call = TimedCall(port: self, request: request, limit: limit)
        let number = connection.watchDeadline(of: call)
        self.keep(request) { connection.onLoop { $0.isOver(number) } }
      }
    }
  }

  private func startTask(_ request: UInt64, _ limit: Duration) {
    let task = Task { [weak self] in
      guard (try? await Task.sleep(for: limit)) != nil else { return }
      self?.missedDeadline(request, limit, of: nil)
    }
    keep(request) { task.cancel() }
  }

  /// Keeps what stops a call's timer; stops it at once when the call is over already.
  private func keep(_ request: UInt64, _ cancel: @escaping @Sendable () -> Void) {
    PortLock.change { effects in
      guard calls[request] != nil else { return effects.add(cancel) }
      calls[request]?.cancelTimer = cancel
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
          guard calls[request] != nil else {
            return effects.add { call.fail(.pipeClosed(CloseReason())) }
          }
          calls[request]?.state = .sent
          calls[request]?.isBeingAnswered = false
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
      calls[request]?.state = .abandoned
      calls[request]?.isBeingAnswered = true
      return .complete(call)
    }
  }

  /// Lock held.
  @discardableResult
  func forget(_ request: UInt64, _ effects: inout Effects) -> PendingCall? {
    guard let call = calls.removeValue(forKey: request) else { return nil }
    if let cancel = call.cancelTimer { effects.add(cancel) }
    call.answering?.answering -= 1
    if let slot = call.slot {
      slot.tally.outstanding -= 1
      effects.add { slot.onLoop { $0.slotFreed() } }
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
        calls[request]?.state = .abandoned
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
