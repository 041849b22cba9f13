internal import DequeModule
package import MageSystem
package import MageWire
internal import Synchronization

/// One socket to one peer, and everything that is known about it: the channel's state, calls that await a reply, and who receives
/// on which endpoint.
///
/// Lives on its loop, which is its executor. It never waits for its peer, and it reports instead of deciding: what a
/// defect or a quota means is its owner's business (the host kills the worker, a worker exits).
package actor Connection {
  package nonisolated let loop: Loop
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  /// Packets taken from one peer per turn of the loop, so that one flood does not starve other peers.
  private static let packetsPerTurn = 16

  /// Closed when the connection ends, however long somebody keeps a reference to it.
  private var socket: OpenSocket?
  private let options: ConnectionOptions
  private let news: @Sendable (ConnectionNews) -> Void
  private let nextRequest = Atomic<UInt64>(1)

  private var channel: Channel
  private var watch: Loop.WatchToken?
  private var interest: Epoll.Interest = .read
  private var isReading = true
  private var isFlushScheduled = false
  private var meter: RateMeter?
  private var partialTimer: (message: UInt64, timer: TimerToken)?

  private var calls: [UInt64: PendingCall] = [:]
  private var outstanding = 0
  private var waitingCalls = Deque<UInt64>()
  private var waitingSends = Deque<PendingSend>()
  private var receivers: [EndpointID: any MessageReceiver] = [:]
  private var unbound: [EndpointID: [IncomingMessage]] = [:]
  private var answering: Set<RequestKey> = []
  private var failure: CallError?

  /// A request of the peer that has not been answered.
  private struct RequestKey: Hashable {
    let endpoint: EndpointID
    let request: UInt64
  }

  /// - Parameter news: called on the loop, in the order in which things happened.
  package init(
    _ socket: consuming PacketSocket, channel: Channel, loop: Loop,
    options: ConnectionOptions = ConnectionOptions(),
    news: @escaping @Sendable (ConnectionNews) -> Void
  ) {
    self.socket = OpenSocket(socket)
    self.channel = channel
    self.loop = loop
    self.options = options
    self.news = news
  }

  /// Starts reading. Call once.
  package func start() throws(SystemError) {
    if let perSecond = options.messagesPerSecond {
      meter = RateMeter(perSecond: perSecond, burst: options.burst, now: .now)
    }
    guard let socket else { return }
    watch = try loop.watch(socket.packets.descriptor.number, .read) { [weak self] ready in
      self?.assumeIsolated { $0.socketReady(ready) }
    }
  }

  /// Ends the connection: everybody who waits for something gets `error`, later calls throw it at once, descriptors are closed.
  package func end(_ error: CallError) {
    guard failure == nil else { return }
    failure = error
    stopReading()
    channel.outbox.removeAll()
    let calls = calls.values
    self.calls = [:]
    waitingCalls.removeAll()
    for call in calls {
      if let timer = call.timer { loop.cancel(timer) }
      call.fail(error)
    }
    let sends = waitingSends
    waitingSends.removeAll()
    for send in sends { send.finish(error) }
    let receivers = receivers.values
    self.receivers = [:]
    unbound = [:]
    socket = nil
    for receiver in receivers { receiver.disconnected(nil) }
  }

  /// Stops taking anything from the peer. Calls stay pending until ``end(_:)`` says why.
  package func stopReading() {
    isReading = false
    if let watch { loop.unwatch(watch) }
    watch = nil
    forgetPartialTimer()
  }
}

// MARK: - Handshake

extension Connection {
  /// Sends what `make` queues, for the handshake's frames.
  package func handshake(
    _ make: @Sendable (inout Channel) throws(Malformed) -> Void
  ) throws(Malformed) {
    try make(&channel)
    flush()
  }

  package var phase: Channel.Phase { channel.phase }
}

// MARK: - Reading

extension Connection {
  private func socketReady(_ ready: Epoll.Interest) {
    if ready.contains(.write) { flush() }
    if !ready.isDisjoint(with: [.read, .hangup, .error]) { readPackets() }
  }

  private func readPackets() {
    for _ in 0..<Self.packetsPerTurn where isReading {
      do throws(SystemError) {
        guard try readPacket() else { break }
      } catch  where error.isWouldBlock {
        break
      } catch {
        stopReading()
        news(error.isPeerGone ? .peerClosed : .failed(error))
      }
    }
    watchPartialMessage()
    scheduleFlush()
  }

  /// Takes what the peer had sent before it died, so that it is judged by that too.
  package func readWhatIsLeft() {
    var left = 4096  // the socket's buffer holds fewer packets; a bound all the same
    while isReading, left > 0 {
      left -= 1
      guard (try? readPacket()) == true else { return }
    }
  }

  /// Whether there may be more.
  private func readPacket() throws(SystemError) -> Bool {
    let (bytes, received) = try nextPacket()
    guard received.count > 0 else {
      stopReading()
      news(.peerClosed)
      return false
    }
    do throws(Malformed) {
      try check(received)
      var packet = IncomingPacket(bytes, descriptors: received.descriptors)
      // A handler that an event starts may end the reading, and then the rest of the packet means nothing.
      while isReading, let event = try channel.next(in: &packet) { handle(event) }
    } catch {
      refuse(error)
    }
    return isReading
  }

  private func nextPacket() throws(SystemError) -> (
    bytes: ArraySlice<UInt8>, received: PacketSocket.Received
  ) {
    guard let socket else { throw SystemError("recvmsg", errno: Errno.notConnected) }
    do throws(SystemError) {
      return try loop.receivePacket(from: socket.packets)
    } catch  where error.errno == Errno.connectionReset {
      // Said once, of a peer that went without reading all that was sent to it. What it had sent itself is still there.
      return try loop.receivePacket(from: socket.packets)
    }
  }

  private func check(_ received: PacketSocket.Received) throws(Malformed) {
    if received.bytesTruncated {
      throw Malformed(
        .transport(.packetTooLong), detail: "more than \(Outbox.maxPacketBytes) bytes")
    }
    if received.descriptorsTruncated { throw Malformed(.transport(.descriptorsTruncated)) }
    if received.unexpectedControl { throw Malformed(.transport(.unexpectedControlMessage)) }
  }

  private func refuse(_ malformed: Malformed) {
    guard isReading else { return }
    stopReading()
    news(.malformed(malformed))
  }

  private func handle(_ event: Channel.Event) {
    switch event {
    case .hello: news(.hello)
    case .seal(let program): news(.seal(program: program))
    case .sealed(let listener): news(.sealed(listener: listener.descriptor))
    case .invited: news(.invited)
    case .finish: news(.finish)
    case .refused(let reason): news(.refused(reason.text))
    case .message(let message): receive(message)
    case .reply(let message): receiveReply(message)
    case .closed(let endpoint, let reason): peerClosed(endpoint, reason)
    case .credit: sendWaiting()
    }
  }

  private func watchPartialMessage() {
    let message = channel.partialMessage
    // A peer that sends without pause always has some message on the way: each has its own time.
    guard message != partialTimer?.message else { return }
    forgetPartialTimer()
    guard let message, isReading else { return }
    let limit = options.partialMessageDeadline
    let timer = loop.schedule(at: MonotonicTime.now.advanced(by: limit)) { [weak self] in
      self?.assumeIsolated {
        guard $0.isReading else { return }
        $0.stopReading()
        $0.news(.exceeded(.partialMessage(limit)))
      }
    }
    partialTimer = (message, timer)
  }

  private func forgetPartialTimer() {
    if let partialTimer { loop.cancel(partialTimer.timer) }
    partialTimer = nil
  }
}

// MARK: - Receiving messages

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

  private func receive(_ message: IncomingMessage) {
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

  private func dispatch(_ message: IncomingMessage) {
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

  private func run(
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
  private func start<Value: Sendable>(
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

  private func finishedOneWay(_ message: IncomingMessage, _ result: Result<Void, any Error>) {
    release(message.cost)
    if case .failure(let error) = result { handlerFailed(error, on: message.endpoint) }
  }

  private func finishedRequest(
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

  private func handlerFailed(_ error: any Error, on endpoint: EndpointID) {
    if let bad = error as? Malformed {
      refuse(bad)
    } else {
      // The type's name only: an error's text may hold what the peer must not learn.
      close(
        endpoint,
        CloseReason(code: Self.handlerFailedCode, text: "the handler threw \(type(of: error))"))
    }
  }

  private func release(_ cost: Credit) {
    guard failure == nil else { return }
    channel.returnCredit(cost)
    scheduleFlush()
  }

  private func peerClosed(_ endpoint: EndpointID, _ reason: CloseReason) {
    failCalls(on: endpoint, .pipeClosed(reason))
    dropUnbound(endpoint)
    receivers.removeValue(forKey: endpoint)?.disconnected(reason)
  }

  /// Nobody will take what came for `endpoint`: its credit serves the connection's other pipes.
  private func dropUnbound(_ endpoint: EndpointID) {
    for message in unbound.removeValue(forKey: endpoint) ?? [] { release(message.cost) }
  }

  private func failCalls(on endpoint: EndpointID, _ error: CallError) {
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

// MARK: - From other threads

extension Connection {
  /// ``close(_:_:)`` as soon as the loop comes to it.
  package nonisolated func closeLater(
    _ endpoint: EndpointID, _ reason: CloseReason = CloseReason()
  ) {
    Task(executorPreference: loop) { await self.close(endpoint, reason) }
  }

  /// ``bind(_:to:)`` at once on the loop, and else as soon as the loop comes to it.
  package nonisolated func bindLater(_ endpoint: EndpointID, to receiver: any MessageReceiver) {
    Task.immediate(executorPreference: loop) { await self.bind(endpoint, to: receiver) }
  }
}

// MARK: - Calling

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

  private func refusal(for endpoint: EndpointID, _ message: OutgoingMessage) -> CallError? {
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

  private func begin(_ call: PendingCall, _ request: UInt64) {
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
  private func sendWaiting() {
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

  private func transmit(_ message: OutgoingMessage, to endpoint: EndpointID) -> CallError? {
    do throws(Malformed) {
      try channel.send(message.bytes, attachments: message.attachments, to: endpoint)
      scheduleFlush()
      return nil
    } catch {
      return .refused("\(error)")  // the credit was compared just before; said rather than trapped
    }
  }

  private func receiveReply(_ message: IncomingMessage) {
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

  private func forget(_ request: UInt64) -> PendingCall? {
    guard let call = calls.removeValue(forKey: request) else { return nil }
    if let timer = call.timer { loop.cancel(timer) }
    switch call.state {
    case .waiting: break
    case .sent, .abandoned: outstanding -= 1
    }
    return call
  }

  private func cancel(_ request: UInt64) { abandon(request, .cancelled) }

  /// Gives up waiting. A request that has left keeps its slot: the answer may still come, and must find it.
  private func abandon(_ request: UInt64, _ error: CallError) {
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

  private func missedDeadline(_ request: UInt64) {
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

// MARK: - Writing

extension Connection {
  /// One flush per turn of the loop: frames of many calls leave in one packet.
  private func scheduleFlush() {
    guard !isFlushScheduled, failure == nil, !channel.outbox.isEmpty else { return }
    isFlushScheduled = true
    loop.atEndOfTurn { [weak self] in
      self?.assumeIsolated {
        $0.isFlushScheduled = false
        $0.flush()
      }
    }
  }

  private func flush() {
    guard failure == nil, let socket else { return }
    do throws(SystemError) {
      while let packet = channel.outbox.next() {
        do throws(SystemError) {
          try socket.packets.send(packet.bytes, descriptors: packet.descriptors.map(\.number))
          channel.outbox.sent(packet)
        } catch  where error.isWouldBlock {
          channel.outbox.keep(packet)
          try wantWrite(true)
          checkQueue()
          return
        } catch  where error.errno == Errno.tooManyReferences {
          // This user has too many descriptors on their way (unix(7)): some will have arrived in a moment.
          channel.outbox.keep(packet)
          loop.schedule(at: MonotonicTime.now.advanced(by: Self.pauseForDescriptors)) {
            [weak self] in self?.assumeIsolated { $0.flush() }
          }
          return
        }
      }
      try wantWrite(false)
    } catch  where error.isPeerGone {
      // Reading will find the end; until then there may be a last message to take.
      channel.outbox.removeAll()
    } catch {
      stopReading()
      news(.failed(error))
    }
  }

  private static let pauseForDescriptors = Duration.milliseconds(1)

  private func wantWrite(_ wanted: Bool) throws(SystemError) {
    let interest: Epoll.Interest = wanted ? [.read, .write] : .read
    guard let watch, interest != self.interest else { return }
    self.interest = interest
    try loop.modify(watch, interest)
  }

  private func checkQueue() {
    guard channel.outbox.queuedBytes > options.maxQueuedBytes, isReading else { return }
    stopReading()
    news(.exceeded(.queuedBytes(UInt64(options.maxQueuedBytes))))
  }
}

/// A socket behind a reference, so that an actor can let go of it.
private final class OpenSocket: Sendable {
  let packets: PacketSocket
  init(_ packets: consuming PacketSocket) { self.packets = packets }
}
