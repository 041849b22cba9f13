internal import DequeModule
internal import MageSystem
package import MageWire
internal import Synchronization

extension Connection {
  /// An id that no other request of this connection has.
  package nonisolated func makeRequestID() -> UInt64 {
    nextRequest.wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// Sends a request and waits for its reply.
  ///
  /// - Parameters:
  ///   - request: the id that `message` was encoded with, from ``makeRequestID()``.
  ///   - limit: from now to the reply, waiting for credit included.
  ///   - decode: checks the reply and makes a value of it, on the loop, before anything later is looked at.
  package func call<Reply: Sendable>(
    _ endpoint: EndpointID, method: String, request: UInt64, _ message: OutgoingMessage,
    within limit: Duration,
    decode: @escaping @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Reply
  ) async -> Result<Reply, CallError> {
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Here and not before: a task without this loop as its preference may give way on entering the continuation, and the
        // connection may end meanwhile.
        if let refusal = refusal(for: endpoint, message) {
          return continuation.resume(returning: .failure(refusal))
        }
        let call = PendingCall(
          endpoint: endpoint, method: method, limit: limit, state: .waiting(message),
          complete: { (reply, header) throws(Malformed) in
            let value = try decode(reply, header)
            continuation.resume(returning: .success(value))
          },
          fail: { continuation.resume(returning: .failure($0)) })
        begin(call, request)
        // A task that was cancelled before may have sent its job ahead of this one.
        if Task.isCancelled { cancel(request) }
      }
    } onCancel: {
      Task(executorPreference: loop) { await self.cancel(request) }
    }
  }

  /// Sends a one-way message; returns when the credit for it was there and it was queued.
  package func send(_ endpoint: EndpointID, _ message: OutgoingMessage) async -> CallError? {
    if let refusal = refusal(for: endpoint, message) { return refusal }
    let cost = Credit.message(bytes: message.bytes.count, attachments: message.attachments.count)
    if waitingSends.isEmpty, waitingCalls.isEmpty, channel.admits(cost) {
      return transmit(message, to: endpoint)
    }
    return await withCheckedContinuation { continuation in
      // Asked again, because the end or the credit may have come on the way into the continuation.
      if let refusal = refusal(for: endpoint, message) {
        return continuation.resume(returning: refusal)
      }
      waitingSends.append(
        PendingSend(endpoint: endpoint, message: message) { continuation.resume(returning: $0) })
      sendWaiting()
    }
  }

  func refusal(for endpoint: EndpointID, _ message: OutgoingMessage) -> CallError? {
    if let failure { return failure }
    guard channel.endpoints.isOpen(endpoint) else { return .pipeClosed(CloseReason()) }
    let limits = channel.limits
    guard message.bytes.count <= Int(limits.maxMessageBytes) else {
      return .refused(
        "\(message.bytes.count) bytes, the policy allows \(limits.maxMessageBytes) in a message")
    }
    guard message.attachments.count <= Int(limits.maxAttachments) else {
      return .refused(
        "\(message.attachments.count) attachments, the policy allows \(limits.maxAttachments)")
    }
    return nil
  }

  func begin(_ call: PendingCall, _ request: UInt64) {
    var call = call
    let deadline = MonotonicTime.now.advanced(by: call.limit)
    call.timer = loop.schedule(at: deadline) { [weak self] in
      self?.assumeIsolated { $0.missedDeadline(request) }
    }
    calls[request] = call
    waitingCalls.append(request)
    sendWaiting()
  }

  /// Sends what waits, oldest first, as far as credit and slots go.
  func sendWaiting() {
    while let send = waitingSends.first {
      let cost = Credit.message(
        bytes: send.message.bytes.count, attachments: send.message.attachments.count)
      guard channel.admits(cost) else { return }
      waitingSends.removeFirst()
      send.finish(transmit(send.message, to: send.endpoint))
    }
    while let request = waitingCalls.first {
      guard var call = calls[request], case .waiting(let message) = call.state else {
        waitingCalls.removeFirst()  // cancelled meanwhile
        continue
      }
      let cost = Credit.message(
        bytes: message.bytes.count, attachments: message.attachments.count)
      guard outstanding < Int(channel.limits.maxOutstanding), channel.admits(cost) else { return }
      waitingCalls.removeFirst()
      if let error = transmit(message, to: call.endpoint) {
        forget(request)?.fail(error)
        continue
      }
      call.state = .sent
      outstanding += 1
      calls[request] = call
    }
  }

  func transmit(_ message: OutgoingMessage, to endpoint: EndpointID) -> CallError? {
    do throws(Malformed) {
      try channel.send(message.bytes, attachments: message.attachments, to: endpoint)
      scheduleFlush()
      return nil
    } catch {
      return .refused("\(error)")  // the credit was compared just before; said rather than trapped
    }
  }

  func receiveReply(_ message: IncomingMessage) {
    do throws(Malformed) {
      let header = try MessageHeader(decoding: message.bytes)
      guard header.isReply else {
        throw Malformed(.message(.headerInvalidFlags), detail: "a request that is sent as a reply")
      }
      guard let call = calls[header.requestID], call.endpoint == message.endpoint else {
        throw Malformed(.channel(.replyUnexpected), detail: "request \(header.requestID)")
      }
      switch call.state {
      case .waiting:
        throw Malformed(.channel(.replyUnexpected), detail: "request \(header.requestID)")
      case .sent:
        try call.complete(message, header)
      case .abandoned:
        break
      }
      _ = forget(header.requestID)
      sendWaiting()
    } catch {
      refuse(error)
    }
  }

  func forget(_ request: UInt64) -> PendingCall? {
    guard let call = calls.removeValue(forKey: request) else { return nil }
    if let timer = call.timer { loop.cancel(timer) }
    switch call.state {
    case .waiting: break
    case .sent, .abandoned: outstanding -= 1
    }
    return call
  }

  func cancel(_ request: UInt64) { abandon(request, .cancelled) }

  /// Gives up waiting. A request that has left keeps its slot: the answer may still come, and must find it.
  func abandon(_ request: UInt64, _ error: CallError) {
    guard let call = calls[request] else { return }
    switch call.state {
    case .waiting:
      forget(request)?.fail(error)
      sendWaiting()
    case .sent:
      calls[request] = PendingCall(
        endpoint: call.endpoint, method: call.method, limit: call.limit, state: .abandoned,
        timer: call.timer, complete: { _, _ in }, fail: { _ in })
      call.fail(error)
    case .abandoned:
      break
    }
  }

  func missedDeadline(_ request: UInt64) {
    // Once nothing is read any more, `end` says what became of the calls.
    guard let call = calls[request], isReading else { return }
    guard options.missedDeadlineEndsPeer else {
      abandon(request, .deadlineMissed(call.limit))
      return
    }
    stopReading()
    news(.exceeded(.callDeadline(call.limit, method: call.method)))
  }
}
