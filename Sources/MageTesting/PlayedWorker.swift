internal import MagePipes
internal import MageSystem
internal import MageWire
internal import Synchronization

/// A host's connection to a worker that a test plays: a real socket, the real channel and loop with every check, and no process.
///
/// What a supervisor does for a process it does for the play: the first defect, limit or death becomes the ending, and everybody who
/// waits gets it.
final class PlayedWorker: Sendable {
  private let loop: PlayLoop
  private let outcome = PlayedEnding()
  private let ends = Mutex<Ends?>(nil)
  private let ended: @Sendable (CallError) -> Void

  private struct Ends {
    let near: Connection
    let far: FarEnd
  }

  /// - Parameters:
  ///   - arrived: called on the loop with what the host's side sends.
  ///   - ended: called on the loop once.
  init(
    _ limits: ChannelLimits, _ loop: PlayLoop,
    arrived: @escaping @Sendable (Channel.Event) -> Void,
    ended: @escaping @Sendable (CallError) -> Void = { _ in }
  ) async throws(PlayError) {
    self.loop = loop
    self.ended = ended
    do {
      let pair = try PacketSocket.pair()
      let far = try FarEnd(
        PacketSocket(owning: pair.peer.duplicate()), limits, loop.loop, arrived: arrived)
      let near = Connection(
        pair.takeSocket(), channel: try .openHost(limits), loop: loop.loop,
        options: ConnectionOptions(missedDeadlineEndsPeer: true)
      ) { [weak self] news in if let cause = news.cause { self?.end(cause) } }
      ends.withLock { $0 = Ends(near: near, far: far) }
      try await near.start()
      try await loop.run { try far.start() }
    } catch {
      throw PlayError(description: "a connection to play on: \(error)")
    }
  }

  deinit {
    guard let ends = ends.withLock({ $0.take() }) else { return }
    Task(executorPreference: loop.loop) { [loop] in
      await ends.near.end(.hostGone("the test is over"))
      ends.far.close()
      _ = loop  // until here
    }
  }

  /// The host's end of the pipe that came with the invitation.
  var bootstrap: Port? { ends.withLock { $0?.near.bootstrap } }

  var cause: Ending.Cause? { outcome.cause }

  func ending() async -> Ending.Cause { await outcome.wait() }

  /// Loop only.
  private func end(_ cause: Ending.Cause) {
    guard outcome.set(cause), let ends = ends.withLock({ $0 }) else { return }
    let error = CallError.workerEnded(Ending(cause: cause, usage: ResourceUsage()))
    ends.near.assumeIsolated { $0.end(error) }
    ends.far.close()
    ended(error)
    outcome.tell()
  }

  /// The process is gone, as the host sees it: what it had sent before is judged first.
  func die(_ cause: Ending.Cause) async {
    guard let ends = ends.withLock({ $0 }) else { return }
    await Task(executorPreference: loop.loop) { [self] in
      await ends.near.readWhatIsLeft()
      end(cause)
    }.value
  }

  /// Sends what `change` queues, with the books of a worker that works.
  func send(_ change: @Sendable (inout Channel) throws(Malformed) -> Void) throws(CallError) {
    guard let ends = ends.withLock({ $0 }) else { return }
    do throws(Malformed) { try ends.far.send(change) } catch { throw .refused("\(error)") }
  }

  /// Sends a message on the first pipe.
  func send(_ message: (bytes: [UInt8], handles: [any WireHandle])) throws(CallError) {
    let attachments = message.handles.compactMap { $0 as? Attachment }
    guard attachments.count == message.handles.count else {
      throw .refused("a played worker sends descriptors and no ends of pipes")
    }
    try send { (channel) throws(Malformed) in
      try channel.send(message.bytes, attachments.map { .descriptor($0) }, to: .bootstrap)
    }
  }

  /// Sends a message as a reply on the first pipe, asked for or not.
  func reply(_ bytes: [UInt8]) throws(CallError) {
    try send { (channel) throws(Malformed) in channel.reply(bytes, to: .bootstrap) }
  }

  /// Writes bytes as one packet. False when the host no longer reads.
  func write(_ packet: [UInt8]) -> Bool {
    ends.withLock { $0 }?.far.write(packet) ?? false
  }
}

extension Channel {
  /// A host's channel behind the handshake.
  fileprivate static func openHost(_ limits: ChannelLimits) throws(Malformed) -> Channel {
    var channel = Channel(side: .host, limits: limits)
    try channel.sendInvitation()
    channel.outbox.removeAll()
    return channel
  }
}

extension ConnectionNews {
  /// What a supervisor makes of it.
  fileprivate var cause: Ending.Cause? {
    switch self {
    case .malformed(let malformed): .malformed(malformed)
    case .exceeded(let limit): .limit(limit)
    case .peerClosed: .exited(status: 0)
    case .failed(let error): .notSealed("\(error)")
    case .hello, .seal, .sealed, .invited, .finish, .refused: nil
    }
  }
}
