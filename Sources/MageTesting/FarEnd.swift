internal import MagePipes
internal import MageSystem
internal import MageWire
internal import Synchronization

/// The worker's end of a connection: the socket, and a channel that keeps its books where the test does not want to break any.
///
/// Everything happens on the loop of the near end.
final class FarEnd: Sendable {
  private struct State: ~Copyable {
    var socket: PacketSocket?
    var channel: Channel
    var watch: Loop.WatchToken?
  }

  private let loop: Loop
  private let state: Mutex<State>
  private let arrived: @Sendable (Channel.Event) -> Void

  /// - Parameter arrived: called on the loop with what came from the near end.
  init(
    _ socket: consuming PacketSocket, _ limits: ChannelLimits, _ loop: Loop,
    arrived: @escaping @Sendable (Channel.Event) -> Void
  ) throws(Malformed) {
    self.loop = loop
    self.arrived = arrived
    state = Mutex(State(socket: consume socket, channel: try .openWorker(limits), watch: nil))
  }

  /// Starts to read. Loop only.
  func start() throws(SystemError) {
    guard let number = state.withLock({ $0.socket?.descriptor.number }) else { return }
    let watch = try loop.watch(number, .read) { [weak self] _ in self?.readable() }
    state.withLock { $0.watch = watch }
  }

  private func readable() {
    for event in state.withLock({ Self.take(&$0) }) { arrived(event) }
    flush()
  }

  /// The next packet's events; a peer that breaks the rules itself has none.
  private static func take(_ state: inout State) -> [Channel.Event] {
    var buffer = [UInt8](repeating: 0, count: Outbox.maxPacketBytes)
    let received = buffer.withUnsafeMutableBytes { raw in
      try? state.socket?.receive(into: raw)
    }
    guard let received, received.count > 0 else { return [] }
    var packet = IncomingPacket(buffer.prefix(received.count), descriptors: received.descriptors)
    var events: [Channel.Event] = []
    while let event = try? state.channel.next(in: &packet) {
      if case .message(let message) = event { state.channel.returnCredit(message.cost) }
      events.append(event)
    }
    return events
  }

  /// Sends what `change` queues.
  func send(_ change: (inout Channel) throws(Malformed) -> Void) throws(Malformed) {
    let result = state.withLock { state in
      Result { () throws(Malformed) in try change(&state.channel) }
    }
    try result.get()
    flush()
  }

  private func flush() {
    state.withLock { state in
      while let packet = state.channel.outbox.next() {
        let numbers = packet.descriptors.map(\.number)
        guard (try? state.socket?.send(packet.bytes, descriptors: numbers)) != nil else {
          state.channel.outbox.keep(packet)
          return
        }
        state.channel.outbox.sent(packet)
      }
    }
  }

  /// Writes a packet as it is. False when there was no room for it or the socket is closed.
  func write(_ packet: [UInt8], descriptors: [Int32] = []) -> Bool {
    state.withLock { (try? $0.socket?.send(packet, descriptors: descriptors)) != nil }
  }

  /// Closes the socket, as the kernel does for a process that dies. Loop only.
  func close() {
    let watch = state.withLock { $0.watch.take() }
    if let watch { loop.unwatch(watch) }
    state.withLock { $0.socket = nil }
  }
}

extension Channel {
  /// A worker's channel behind the handshake.
  fileprivate static func openWorker(_ limits: ChannelLimits) throws(Malformed) -> Channel {
    var channel = Channel(side: .worker, limits: limits, isFork: true)
    var writer = FrameWriter()
    writer.append(.invite, payload: limits.encoded[...])
    var packet = IncomingPacket(writer.bytes[...], descriptors: [])
    while try channel.next(in: &packet) != nil {}
    return channel
  }
}
