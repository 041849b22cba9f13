internal import DequeModule
internal import MageSystem
internal import MageWire

extension Connection {
  /// Gives the messages of `endpoint` to `receiver`, those first that have come already.
  package func bind(_ endpoint: EndpointID, to receiver: any MessageReceiver) {
    guard failure == nil, channel.endpoints.isOpen(endpoint) else {
      receiver.disconnected(nil)
      return
    }
    receivers[endpoint] = receiver
    for message in unbound.removeValue(forKey: endpoint) ?? [] where isReading {
      dispatch(message)
    }
  }

  func receive(_ message: IncomingMessage) {
    if meter?.admits(at: .now) == false {
      stopReading()
      news(.exceeded(.messageRate(UInt64(options.messagesPerSecond ?? 0))))
      return
    }
    guard receivers[message.endpoint] != nil else {
      // Written before this end was bound. The window bounds how much there can be.
      unbound[message.endpoint, default: []].append(message)
      return
    }
    dispatch(message)
  }

  func dispatch(_ message: IncomingMessage) {
    // The handler of a message before this one may have closed the endpoint.
    guard let receiver = receivers[message.endpoint] else { return release(message.cost) }
    do throws(Malformed) {
      let header = try MessageHeader(decoding: message.bytes)
      guard !header.isReply else {
        throw Malformed(.message(.headerInvalidFlags), detail: "a reply that is sent as a request")
      }
      let dispatch = try receiver.receive(message, header: header)
      try run(dispatch, for: message, header)
    } catch {
      refuse(error)
    }
  }

  func run(
    _ dispatch: Dispatch, for message: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) {
    switch dispatch {
    case .oneWay(let handler):
      start {
        try await handler()
      } then: {
        await self.finishedOneWay(message, $0)
      }
    case .request(let handler):
      let key = RequestKey(endpoint: message.endpoint, request: header.requestID)
      guard answering.count < Int(channel.limits.maxOutstanding) else {
        throw Malformed(
          .channel(.tooManyOutstanding), detail: "limit \(channel.limits.maxOutstanding)")
      }
      guard answering.insert(key).inserted else {
        throw Malformed(.channel(.tooManyOutstanding), detail: "request id used twice")
      }
      start {
        try await handler()
      } then: {
        await self.finishedRequest(key, message.cost, $0)
      }
    }
  }

  /// Runs a handler on the loop, at once and up to its first suspension, so that handlers start in the order of the messages.
  func start<Value: Sendable>(
    _ handler: @escaping @Sendable () async throws -> Value,
    then finish: @escaping @Sendable (Result<Value, any Error>) async -> Void
  ) {
    Task.immediate(executorPreference: loop) {
      do {
        await finish(.success(try await handler()))
      } catch {
        await finish(.failure(error))
      }
    }
  }

  func finishedOneWay(_ message: IncomingMessage, _ result: Result<Void, any Error>) {
    release(message.cost)
    if case .failure(let error) = result { handlerFailed(error, on: message.endpoint) }
  }

  func finishedRequest(
    _ key: RequestKey, _ cost: Credit, _ result: Result<OutgoingMessage, any Error>
  ) {
    answering.remove(key)
    release(cost)
    guard failure == nil else { return }
    switch result {
    case .success(let reply):
      guard reply.bytes.count <= Int(channel.limits.maxMessageBytes),
        reply.attachments.count <= Int(channel.limits.maxAttachments)
      else {
        close(key.endpoint, CloseReason(code: Self.handlerFailedCode, text: "reply too large"))
        return
      }
      channel.reply(reply.bytes, attachments: reply.attachments, to: key.endpoint)
      scheduleFlush()
    case .failure(let error):
      handlerFailed(error, on: key.endpoint)
    }
  }

  /// The code of ``CloseReason`` when a handler threw something that its interface has no word for.
  package static let handlerFailedCode: UInt32 = 0xFFFF_FF01

  func handlerFailed(_ error: any Error, on endpoint: EndpointID) {
    if let bad = error as? Malformed {
      refuse(bad)
    } else {
      // The type's name only: an error's text may hold what the peer must not learn.
      close(
        endpoint,
        CloseReason(code: Self.handlerFailedCode, text: "the handler threw \(type(of: error))"))
    }
  }

  func release(_ cost: Credit) {
    guard failure == nil else { return }
    channel.returnCredit(cost)
    scheduleFlush()
  }

  func peerClosed(_ endpoint: EndpointID, _ reason: CloseReason) {
    failCalls(on: endpoint, .pipeClosed(reason))
    dropUnbound(endpoint)
    receivers.removeValue(forKey: endpoint)?.disconnected(reason)
  }

  /// Nobody will take what came for `endpoint`: its credit serves the connection's other pipes.
  func dropUnbound(_ endpoint: EndpointID) {
    for message in unbound.removeValue(forKey: endpoint) ?? [] { release(message.cost) }
  }

  func failCalls(on endpoint: EndpointID, _ error: CallError) {
    for (id, call) in calls where call.endpoint == endpoint {
      forget(id)?.fail(error)
    }
    let sends = waitingSends
    waitingSends.removeAll()
    for send in sends {
      if send.endpoint == endpoint { send.finish(error) } else { waitingSends.append(send) }
    }
  }

  /// Closes this side's end of a pipe.
  package func close(_ endpoint: EndpointID, _ reason: CloseReason = CloseReason()) {
    guard failure == nil else { return }
    channel.close(endpoint, reason)
    failCalls(on: endpoint, .pipeClosed(reason))
    dropUnbound(endpoint)
    receivers.removeValue(forKey: endpoint)?.disconnected(nil)
    scheduleFlush()
  }
}
