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
  /// This end of the socket.
  package nonisolated let side: Channel.Side
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  /// Packets taken from one peer per turn of the loop, so that one flood does not starve other peers.
  static let packetsPerTurn = 16

  /// Closed when the connection ends, however long somebody keeps a reference to it.
  var socket: OpenSocket?
  let options: ConnectionOptions
  let news: @Sendable (ConnectionNews) -> Void
  let nextRequest = Atomic<UInt64>(1)

  var channel: Channel
  var watch: Loop.WatchToken?
  var interest: Epoll.Interest = .read
  var isReading = true
  var isFlushScheduled = false
  var meter: RateMeter?
  var partialTimer: (message: UInt64, timer: TimerToken)?

  var calls: [UInt64: PendingCall] = [:]
  var outstanding = 0
  var waitingCalls = Deque<UInt64>()
  var waitingSends = Deque<PendingSend>()
  var receivers: [EndpointID: any MessageReceiver] = [:]
  var unbound: [EndpointID: [IncomingMessage]] = [:]
  var answering: Set<RequestKey> = []
  var failure: CallError?

  /// A request of the peer that has not been answered.
  struct RequestKey: Hashable {
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
    side = channel.side
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

// MARK: - From other threads

extension Connection {
  /// ``close(_:_:)`` when the loop comes to it, never at once: the last reference to an end may go in the middle of a change
  /// to this actor's state.
  package nonisolated func closeLater(
    _ endpoint: EndpointID, _ reason: CloseReason = CloseReason()
  ) {
    Task(executorPreference: loop) { await self.close(endpoint, reason) }
  }

  /// ``bind(_:to:)`` at once on the loop, and else as soon as the loop comes to it.
  package nonisolated func bindLater(_ endpoint: EndpointID, to receiver: any MessageReceiver) {
    guard !loop.isCurrent else { return assumeIsolated { $0.bind(endpoint, to: receiver) } }
    Task(executorPreference: loop) { await self.bind(endpoint, to: receiver) }
  }
}

/// A socket behind a reference, so that an actor can let go of it.
final class OpenSocket: Sendable {
  let packets: PacketSocket
  init(_ packets: consuming PacketSocket) { self.packets = packets }
}
