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

  /// Whether any connection of the process ever had an observer: calls of those who have none pay one look at this.
  static let isObserved = Atomic(false)

  /// Packets taken from one peer per turn of the loop, so that one flood does not starve other peers.
  static let packetsPerTurn = 16

  /// Closed when the connection ends, however long somebody keeps a reference to it.
  var socket: OpenSocket?
  let options: ConnectionOptions
  let news: @Sendable (ConnectionNews) -> Void
  nonisolated let tally: ConnectionTally
  /// This side's end of the pipe that comes with the invitation.
  package nonisolated let bootstrap: Port
  /// Nothing that has arrived and was not taken means anything any more.
  private nonisolated let deaf = Atomic<Bool>(false)
  nonisolated var isDeaf: Bool { deaf.load(ordering: .relaxed) }

  var channel: Channel
  /// What is being read of: a handler that waits goes on with it.
  var packet: IncomingPacket?
  var isTakingPacket = false
  /// Ports that have got messages of it.
  var waitingForReceivers = Deque<Port>()
  var watch: Loop.WatchToken?
  var interest: Epoll.Interest = .read
  /// Packets without descriptors pass here once both sides are invited to it.
  var ring: RingPort?
  var ringWatch: Loop.WatchToken?
  /// Packets of the socket since then, and places in the ring where one belongs.
  var socketPackets: (taken: UInt64, announced: UInt64) = (0, 0)
  var isReading = true
  var isFlushScheduled = false
  /// A timer will try the packet again that found too many descriptors on their way.
  var isPausedForDescriptors = false
  /// Made once and not for each turn.
  lazy var flushAtEndOfTurn: () -> Void = { [weak self] in
    self?.assumeIsolated {
      $0.isFlushScheduled = false
      $0.flush()
    }
  }
  var meter: RateMeter?
  var partialTimer: (message: UInt64, timer: TimerToken)?

  var ports: [EndpointID: Port] = [:] { didSet { recentPort = nil } }
  /// The one that the last message was for: the next is as a rule for the same.
  var recentPort: (id: EndpointID, port: Port)?
  /// Ports whose next message waits for credit, and those whose next request waits for a slot.
  var waitingForCredit = Deque<Port>()
  var waitingForSlot = Deque<Port>()
  var arrivals: [EndpointID: ArrivingEnd] = [:]
  var buffers = ConnectionBuffers()
  var deadlines = Deadlines()
  /// The calls that ``deadlines`` are of.
  var timed: [UInt64: TimedCall] = [:]
  var lastTimed: UInt64 = 0
  /// For the first of `deadlines`, or for one before it that has been met.
  var deadlineTimer: (token: TimerToken, moment: MonotonicTime)?
  /// For the first message whose sender waits for credit.
  var patienceTimer: (token: TimerToken, end: MonotonicTime)?
  var failure: CallError?
  private var passed = ConnectionTraffic()

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
    if options.observer != nil { Self.isObserved.store(true, ordering: .relaxed) }
    self.news = news
    tally = ConnectionTally(channel.limits)
    let bootstrap = Port(.gone(.pipeClosed(CloseReason())))
    self.bootstrap = bootstrap
    ports = [.bootstrap: bootstrap]
    bootstrap.link = .connection(self, .bootstrap)
  }

  /// Starts reading. Call once.
  package func start() throws(SystemError) {
    if let perSecond = options.messagesPerSecond {
      meter = RateMeter(perSecond: perSecond, burst: options.burst, now: loop.now)
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
    let ports = ports.values
    let arrivals = arrivals.values
    self.ports = [:]
    self.arrivals = [:]
    waitingForCredit.removeAll()
    waitingForSlot.removeAll()
    endBuffers()
    socket = nil
    ring = nil
    timed = [:]
    deadlines.removeAll()
    if let deadlineTimer { loop.cancel(deadlineTimer.token) }
    deadlineTimer = nil
    if let patienceTimer { loop.cancel(patienceTimer.token) }
    patienceTimer = nil
    PortLock.change { effects in
      for port in ports where port.isLinked(to: self) { port.lose(error, &effects) }
      for end in arrivals { end.lose(error, &effects) }
    }
  }

  /// Stops taking anything from the peer. Calls stay pending until ``end(_:)`` says why.
  package func stopReading() {
    isReading = false
    deaf.store(true, ordering: .relaxed)
    if let watch { loop.unwatch(watch) }
    watch = nil
    if let ringWatch { loop.unwatch(ringWatch) }
    ringWatch = nil
    if let ring { loop.forget(ring) }
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

  /// Whether the peer still owes an answer to a call of this side, or of somebody whose calls pass through.
  package nonisolated var hasOpenCalls: Bool { PortLock.change { _ in tally.outstanding > 0 } }
}

// MARK: - Figures

extension Connection {
  /// What has passed so far, and what waits.
  package var traffic: ConnectionTraffic {
    var traffic = passed
    traffic.callsOpen = PortLock.change { _ in tally.outstanding }
    traffic.pipes = ports.count
    traffic.queuedBytes = channel.outbox.queuedBytes
    return traffic
  }

  func countReceived(_ message: IncomingMessage, isReply: Bool) {
    passed.received(message.bytes.count)
    if isReply { passed.callsAnswered &+= 1 }
  }

  func countSent(_ bytes: Int) { passed.sent(bytes) }

  /// Connections to which messages that come here are passed on.
  package var relayedConnections: [Connection] {
    PortLock.change { _ in
      ports.values.compactMap { port in
        if case .connection(let other, _) = port.relay?.link { other } else { nil }
      }
    }
  }
}

// MARK: - From other threads

extension Connection {
  /// Runs `body` at once on the loop, and else as soon as the loop comes to it.
  nonisolated func onLoop(_ body: @escaping @Sendable (isolated Connection) -> Void) {
    guard ifCurrent(body) == nil else { return }
    Task(executorPreference: loop) { await self.perform(body) }
  }

  /// Runs `body` if the caller is on the loop.
  ///
  /// What `assumeIsolated` does, whose way through the runtime to the same question costs more than most of what is done here.
  nonisolated func ifCurrent<Value>(_ body: (isolated Connection) -> Value) -> Value? {
    guard loop.isCurrent else { return nil }
    return withoutActuallyEscaping(body) { body in
      // The type without `isolated` is the same function: its isolation was asked for just above.
      unsafeBitCast(body, to: ((Connection) -> Value).self)(self)
    }
  }

  private func perform(_ body: @Sendable (isolated Connection) -> Void) { body(self) }
}

/// A socket behind a reference, so that an actor can let go of it.
final class OpenSocket: Sendable {
  let packets: PacketSocket
  init(_ packets: consuming PacketSocket) { self.packets = packets }
}
