internal import DequeModule
internal import MageSystem
package import MageWire

// What arrives for ports and leaves from them.

extension Connection {
  /// The port behind an endpoint.
  package func port(_ endpoint: EndpointID) -> Port? { ports[endpoint] }

  // MARK: Arriving

  func receive(_ message: IncomingMessage) {
    guard isWithinRate() else { return }
    countReceived(message, isReply: false)
    var message = message
    message.writer = side == .worker && !message.isRelayed ? .host : .worker
    if !message.carried.isEmpty { message.handles = handles(message.carried) }
    if !arrivals.isEmpty, arrivals[message.endpoint] != nil { return receiveLate(message) }
    guard let port = receivingPort(message.endpoint) else { return release(message.cost) }
    let arrival = Arrival(message: message, source: .connection(self))
    PortLock.change { effects in
      if port.isGiven { port.giveBack(arrival, &effects) } else { port.accept(arrival, &effects) }
    }
  }

  private func receivingPort(_ endpoint: EndpointID) -> Port? {
    if let recentPort, recentPort.id == endpoint { return recentPort.port }
    guard let port = ports[endpoint] else { return nil }
    recentPort = (endpoint, port)
    return port
  }

  /// Counts a message of the peer. False when it was one too many: then nothing more is read.
  func isWithinRate() -> Bool {
    guard meter?.admits(at: loop.now) == false else { return true }
    // What came before is judged before.
    drainWaiting()
    guard isReading else { return false }
    stopReading()
    news(.exceeded(.messageRate(UInt64(options.messagesPerSecond ?? 0))))
    return false
  }

  /// Makes what the message carries exist in this process.
  func handles(_ items: [CarriedItem]) -> [any WireHandle] {
    items.map { item in
      switch item {
      case .descriptor(let attachment): return attachment
      case .pooled(let buffer, let count): return lease(buffer, count)
      case .streamed(_, let bytes): return UntrustedBytes(bytes)
      case .endpoint(let id, isMoved: true): return PipeEnd(takeBack(id))
      case .endpoint(let id, isMoved: false):
        let port = Port(.connection(self, id))
        ports[id] = port
        return PipeEnd(port)
      }
    }
  }

  func receiveReply(_ message: IncomingMessage) {
    countReceived(message, isReply: true)
    var message = message
    // First: what nobody takes must be closed and returned.
    message.handles = handles(message.carried)
    guard let port = ports[message.endpoint], !port.isGiven else { return }
    do throws(Malformed) {
      try port.receiveReply(message)
    } catch {
      guard message.isRelayed else { return refuse(error) }
      port.close(CloseReason(code: Port.malformedCode, text: error.name))
    }
  }

  func peerClosed(_ endpoint: EndpointID, _ reason: CloseReason) {
    guard let port = ports.removeValue(forKey: endpoint) else { return }
    PortLock.change { effects in port.peerClosed(reason, &effects) }
  }

  func release(_ cost: Credit) {
    guard failure == nil else { return }
    // The peer may wait for it while what it sent is still being handled.
    if channel.returnCredit(cost), !isBlocked { flush() } else { scheduleFlush() }
  }

  // MARK: Closing

  func close(_ endpoint: EndpointID, of port: Port, _ reason: CloseReason) {
    guard failure == nil, ports[endpoint] === port else { return }
    ports[endpoint] = nil
    channel.close(endpoint, reason)
    scheduleFlush()
  }

  // MARK: By endpoint

  /// ``Port/call(method:request:_:within:decode:)`` on the port behind an endpoint.
  package func call<Reply: Sendable>(
    _ endpoint: EndpointID, method: String, request: UInt64, _ message: OutgoingMessage,
    within limit: Duration,
    decode: @escaping @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Reply
  ) async -> Result<Reply, CallError> {
    guard let port = ports[endpoint] else {
      return .failure(failure ?? .pipeClosed(CloseReason()))
    }
    return await port.call(
      method: method, request: request, message, within: limit, decode: decode)
  }

  /// ``Port/send(_:within:)`` on the port behind an endpoint.
  package func send(
    _ endpoint: EndpointID, _ message: OutgoingMessage, within limit: Duration = .seconds(30)
  ) async -> CallError? {
    guard let port = ports[endpoint] else { return failure ?? .pipeClosed(CloseReason()) }
    return await port.send(message, within: limit)
  }

  /// ``Port/bind(_:)`` on the port behind an endpoint.
  package func bind(_ endpoint: EndpointID, to receiver: any MessageReceiver) {
    guard let port = ports[endpoint] else { return receiver.disconnected(nil) }
    port.bind(receiver)
  }

  /// ``Port/close(_:)`` on the port behind an endpoint.
  package func close(_ endpoint: EndpointID, _ reason: CloseReason = CloseReason()) {
    ports[endpoint]?.close(reason)
  }

  /// ``Port/handlerFailedCode``.
  package static let handlerFailedCode = Port.handlerFailedCode

  package nonisolated func makeRequestID() -> UInt64 { bootstrap.makeRequestID() }
}

extension Port {
  func isLinked(to connection: Connection) -> Bool {
    if case .connection(let current, _) = link { current === connection } else { false }
  }
}
