import CMageSystem
import Glibc
import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// swift-testing has another.
typealias Attachment = MagePipes.Attachment

/// The two ends of a socket.
struct Ends {
  let near: Int32
  let far: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    (near, far) = (ends[0], ends[1])
  }
}

extension Channel {
  /// A host's channel after the handshake.
  static func openHost(_ limits: ChannelLimits = ChannelLimits()) throws -> Channel {
    var channel = Channel(side: .host, limits: limits)
    try channel.sendInvitation()
    channel.outbox.removeAll()
    return channel
  }

  /// A worker's channel after the handshake.
  static func openWorker(_ limits: ChannelLimits = ChannelLimits()) throws -> Channel {
    var channel = Channel(side: .worker, limits: limits)
    channel.sendSealed(listener: try .file())
    var writer = FrameWriter()
    writer.append(.invite, payload: limits.encoded[...])
    var packet = IncomingPacket(writer.bytes[...], descriptors: [])
    while try channel.next(in: &packet) != nil {}
    channel.outbox.removeAll()
    return channel
  }
}

/// One side of a connection: the connection and what it told its owner.
struct Peer: Sendable {
  let connection: Connection
  let news: Inbox<ConnectionNews>

  init(
    _ descriptor: Int32, _ channel: Channel, _ running: RunningLoop,
    _ options: ConnectionOptions = ConnectionOptions()
  ) async throws {
    let news = Inbox<ConnectionNews>()
    self.news = news
    connection = Connection(
      PacketSocket(owning: OwnedDescriptor(owning: descriptor)), channel: channel,
      loop: running.loop, options: options
    ) { news.put($0) }
    try await connection.start()
  }

  /// Asks the other side and waits for the answer.
  func call(
    _ note: Note, method: String = "Test.Call", attachments: [Attachment] = [],
    within limit: Duration = .seconds(50)
  ) async -> Result<Note, CallError> {
    let request = connection.makeRequestID()
    let message = MessageEncoder.encode(.request(id: request), ordinal: 0, note)
    return await connection.call(
      .bootstrap, method: method, request: request,
      OutgoingMessage(bytes: message.bytes, attachments: attachments), within: limit
    ) { (reply, header) throws(Malformed) in
      try MessageDecoder.decode(Note.self, from: reply.bytes, header: header, handles: [])
    }
  }

  func send(_ note: Note) async -> CallError? {
    let message = MessageEncoder.encode(.oneWay, ordinal: 0, note)
    return await connection.send(.bootstrap, OutgoingMessage(bytes: message.bytes))
  }

  /// The check of the next news, which must be that something was refused.
  func refusal() async -> Malformed.Check? {
    let next = await news.next()
    guard case .malformed(let malformed) = next else {
      Issue.record("\(next)")
      return nil
    }
    return malformed.check
  }

  /// The limit of the next news, which must be that one was passed.
  func exceeded() async -> Limit? {
    let next = await news.next()
    guard case .exceeded(let limit) = next else {
      Issue.record("\(next)")
      return nil
    }
    return limit
  }
}

/// Parameters of the tests' only method, and its reply.
struct Note: WireStruct, Equatable {
  static let wireSize = 24
  var number: UInt32
  var bytes: [UInt8]

  init(_ number: UInt32, _ bytes: [UInt8] = []) {
    self.number = number
    self.bytes = bytes
  }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    number = message.uint32(fields, 8)
    bytes = try message.bytes(fields, 16, "bytes", max: 1 << 30)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.uint32(fields, 8, number)
    message.bytes(fields, 16, bytes)
  }
}

/// Decodes notes and hands them to a closure.
struct NoteReceiver: MessageReceiver {
  let disconnections = Inbox<CloseReason?>()
  let handler: @Sendable (Note, [Attachment]) async throws -> Note

  init(_ handler: @escaping @Sendable (Note, [Attachment]) async throws -> Note) {
    self.handler = handler
  }

  func take(_ message: IncomingMessage, header: MessageHeader) async throws -> OutgoingMessage? {
    let note = try MessageDecoder.decode(
      Note.self, from: message.bytes, header: header, handles: [])
    let reply = try await handler(note, message.attachments)
    guard header.expectsReply else { return nil }
    let kind = MessageEncoder.Kind.reply(id: header.requestID)
    return OutgoingMessage(
      bytes: MessageEncoder.encode(kind, ordinal: header.ordinal, reply).bytes)
  }

  func disconnected(_ reason: CloseReason?) { disconnections.put(reason) }
}

/// A host and a worker on loops of their own, after the handshake.
func withPeers(
  _ limits: ChannelLimits = ChannelLimits(),
  host hostOptions: ConnectionOptions = ConnectionOptions(missedDeadlineEndsPeer: true),
  worker workerOptions: ConnectionOptions = ConnectionOptions(),
  _ body: (_ host: Peer, _ worker: Peer) async throws -> Void
) async throws {
  try await withLoop { hostLoop in
    try await withLoop { workerLoop in
      let ends = try Ends()
      let host = try await Peer(ends.near, .openHost(limits), hostLoop, hostOptions)
      let worker = try await Peer(ends.far, .openWorker(limits), workerLoop, workerOptions)
      if TestedTransport.isRing { try await connectByRing(host, worker) }
      try await body(host, worker)
      await host.connection.end(.refused("the test is over"))
      await worker.connection.end(.refused("the test is over"))
    }
  }
}

private func connectByRing(_ host: Peer, _ worker: Peer) async throws {
  // The worker's end of a doorbell has no reader left once the host's connection has ended.
  signal(SIGPIPE, SIG_IGN)
  let (port, handover) = try RingPort.make()
  try await host.connection.use(port)
  try await worker.connection.use(try RingPort.accept(handover))
}

/// A host on its loop and a worker that writes its packets by hand.
func withHostile(
  _ limits: ChannelLimits = ChannelLimits(), _ options: ConnectionOptions = ConnectionOptions(),
  _ body: (_ host: Peer, _ hostile: Hostile) async throws -> Void
) async throws {
  try await withLoop { loop in
    let ends = try Ends()
    let host = try await Peer(ends.near, .openHost(limits), loop, options)
    let hostile = Hostile(descriptor: OwnedDescriptor(owning: ends.far), loop: loop)
    try await body(host, hostile)
    await host.connection.end(.refused("the test is over"))
  }
}

/// A peer without rules.
final class Hostile: Sendable {
  let descriptor: OwnedDescriptor
  /// The host's loop, to act at a moment when it cannot read.
  let loop: RunningLoop

  init(descriptor: consuming OwnedDescriptor, loop: RunningLoop) {
    self.descriptor = descriptor
    self.loop = loop
  }

  var number: Int32 { descriptor.number }

  func send(_ make: (inout FrameWriter) -> Void) {
    var writer = FrameWriter()
    make(&writer)
    send(writer.bytes)
  }

  func send(_ packet: [UInt8]) { #expect(trySend(packet)) }

  /// Whether there was room; a test must not wait for a host that may have stopped reading.
  func trySend(_ packet: [UInt8]) -> Bool {
    mage_send_packet(number, packet, packet.count, nil, 0) == packet.count
  }

  /// A note as one frame.
  func send(_ kind: FrameKind, _ encoding: MessageEncoder.Kind, _ note: Note) {
    let message = MessageEncoder.encode(encoding, ordinal: 0, note).bytes
    send { $0.append(kind, endpoint: EndpointID.bootstrap.rawValue, payload: message[...]) }
  }

  /// The next packet's frames with their payloads.
  func receive() async throws -> [(kind: FrameKind?, payload: [UInt8])] {
    let inbox = Inbox<[UInt8]>()
    // On a thread of its own, because the threads of the pool must not wait.
    try Thread.start(name: "hostile") { [number] in
      var buffer = [UInt8](repeating: 0, count: 1 << 17)
      let count = recv(number, &buffer, buffer.count, 0)
      inbox.put(Array(buffer.prefix(max(0, count))))
    }
    let packet = await inbox.next()
    var reader = FrameReader(packet[...])
    var frames: [(kind: FrameKind?, payload: [UInt8])] = []
    while let frame = try reader.next() {
      frames.append((FrameKind(rawValue: frame.kind), Array(packet[frame.payload])))
    }
    return frames
  }

  /// Goes, as far as the other end can tell.
  func shutDown() { #expect(shutdown(number, Int32(SHUT_RDWR)) == 0) }
}
