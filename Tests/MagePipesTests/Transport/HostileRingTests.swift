import Glibc
import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What a connection makes of a peer that breaks a ring's rules.
@Suite(.timeLimit(.minutes(10))) struct HostileRingTests {
  static let pipe = EndpointID.bootstrap.rawValue
  static let echo = NoteReceiver { note, _ in note }

  /// The far end of a ring in the hands of a peer without rules. Used by one test at a time.
  struct HostileRing: @unchecked Sendable {
    let port: RingPort
    let socket: Hostile

    func send(_ packet: [UInt8]) throws {
      try #require(try port.writer.hasRoom(for: packet.count))
      port.writer.write(packet)
      port.publish()
    }

    func send(_ kind: FrameKind, _ encoding: MessageEncoder.Kind, _ note: Note) throws {
      let message = MessageEncoder.encode(encoding, ordinal: 0, note).bytes
      var writer = FrameWriter()
      writer.append(kind, endpoint: HostileRingTests.pipe, payload: message[...])
      try send(writer.bytes)
    }

    func tail(_ value: UInt64) {
      port.memory.store(value, .tail, .toHost)
      port.ring()
    }

    /// Waits until the host listens for the doorbell.
    func hostSleeps() async {
      while port.memory.load(.readerSleeps, .toHost) == 0 { await Task.yield() }
    }
  }

  func withRing(
    _ options: ConnectionOptions = ConnectionOptions(),
    _ body: (_ host: Peer, _ hostile: HostileRing) async throws -> Void
  ) async throws {
    signal(SIGPIPE, SIG_IGN)
    try await withHostile(ChannelLimits(), options) { host, hostile in
      let (port, handover) = try RingPort.make()
      try await host.connection.use(port)
      try await body(host, HostileRing(port: try RingPort.accept(handover), socket: hostile))
    }
  }

  @Test func messagesAndRepliesPassThroughTheRingAlone() async throws {
    try await withRing { host, hostile in
      await host.connection.bind(.bootstrap, to: Self.echo)
      try hostile.send(.message, .request(id: 1), Note(5))
      while !hostile.port.reader.hasNews { await Task.yield() }
      var byte: UInt8 = 0
      #expect(recv(hostile.socket.number, &byte, 1, Int32(MSG_DONTWAIT)) < 0)
    }
  }

  @Test func anIndexThatGoesBackEndsTheConnection() async throws {
    try await withRing { host, hostile in
      let arrived = Gate()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.open()
          return note
        })
      try hostile.send(.message, .oneWay, Note(1))
      await arrived.next()
      hostile.tail(8)
      #expect(await host.refusal() == .transport(.ringIndexBackwards))
    }
  }

  @Test func anIndexThatJumpsEndsTheConnection() async throws {
    try await withRing { host, hostile in
      hostile.tail(1 << 40)
      #expect(await host.refusal() == .transport(.ringIndexTooFar))
    }
  }

  @Test func aMalformedFrameInTheRingIsWhatItIsOnTheSocket() async throws {
    try await withRing { host, hostile in
      try hostile.send([0xFF])
      #expect(await host.refusal() == .transport(.frameHeaderTruncated))
    }
    try await withRing { host, hostile in
      try hostile.send([])
      #expect(await host.refusal() == .transport(.packetEmpty))
    }
  }

  @Test func aFalseIndexOfAReaderEndsTheConnection() async throws {
    try await withRing(ConnectionOptions(maxQueuedBytes: 8 << 20)) { host, hostile in
      let large = Note(1, Array(repeating: 1, count: 1_000_000))
      await host.connection.bind(.bootstrap, to: NoteReceiver { _, _ in large })
      hostile.port.memory.store(1 << 40, .head, .toWorker)
      try hostile.send(.message, .request(id: 1), Note(1))
      #expect(await host.refusal() == .transport(.ringIndexTooFar))
    }
  }

  @Test func aPacketThatIsAnnouncedAndNotThereIsRefused() async throws {
    try await withRing { host, hostile in
      hostile.port.writer.writeOnSocket()
      hostile.port.publish()
      #expect(await host.refusal() == .transport(.packetMissing))
    }
  }

  /// As many as the ring holds, of a peer that has gone: each is one step, not one call deeper.
  @Test func announcementsOfADeadPeerAreRefused() async throws {
    try await withRing { host, hostile in
      for _ in 0..<30_000 { hostile.port.writer.writeOnSocket() }
      hostile.port.publish()
      hostile.socket.shutDown()
      #expect(await host.refusal() == .transport(.packetMissing))
    }
  }

  @Test func doorbellsWithoutNewsAreCounted() async throws {
    try await withRing { host, hostile in
      for _ in 0..<1_000_000 where host.news.rest.isEmpty {
        hostile.port.ring()
        _ = await host.connection.phase
      }
      try #require(!host.news.rest.isEmpty)
      #expect(await host.refusal() == .transport(.doorbellWithoutNews))
    }
  }

  @Test func doorbellsWithNewsAreNotCounted() async throws {
    try await withRing { host, hostile in
      let arrived = Inbox<UInt32>()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          return note
        })
      for number in 0..<UInt32(3 * RingPort.mostEmptyRings) {
        try hostile.send(.message, .oneWay, Note(number))
        hostile.port.ring()
        #expect(await arrived.next() == number)
      }
      #expect(host.news.rest.isEmpty)
    }
  }

  /// Who does not ring is not heard, and its silence ends as silence does.
  @Test func newsWithoutADoorbellWaitForTheDeadline() async throws {
    let options = ConnectionOptions(missedDeadlineEndsPeer: true)
    try await withRing(options) { host, hostile in
      let limit = Duration.milliseconds(300)
      async let answer = host.call(Note(1), method: "M", within: limit)
      while !hostile.port.reader.hasNews { await Task.yield() }
      await hostile.hostSleeps()
      let message = MessageEncoder.encode(.reply(id: 1), ordinal: 0, Note(1)).bytes
      var writer = FrameWriter()
      writer.append(.reply, endpoint: Self.pipe, payload: message[...])
      hostile.port.writer.write(writer.bytes)
      hostile.port.writer.publish(from: 0)
      #expect(await host.exceeded() == .callDeadline(limit, method: "M"))
      await host.connection.end(.hostGone("over"))
      #expect(await answer == .failure(.hostGone("over")))
    }
  }

  @Test func aPeerThatNeverDrainsIsReported() async throws {
    try await withRing(ConnectionOptions(maxQueuedBytes: 500_000)) { host, hostile in
      let large = Note(1, Array(repeating: 1, count: 1_000_000))
      await host.connection.bind(.bootstrap, to: NoteReceiver { _, _ in large })
      try hostile.send(.message, .request(id: 1), Note(1))
      #expect(await host.exceeded() == .queuedBytes(500_000))
    }
  }

  /// A write to a pipe without a reader is a SIGPIPE, which would be the end of who rings.
  @Test func aPeerThatThrowsItsDoorbellsAwayHarmsItselfAlone() throws {
    let port = try RingPort.make().port
    var bell = pollfd(fd: port.bell.number, events: Int16(POLLOUT), revents: 0)
    #expect(poll(&bell, 1, 0) == 1)
    #expect(bell.revents == Int16(POLLOUT))
  }

  @Test func theLastWordInTheRingIsReadBeforeTheEndOfTheSocket() async throws {
    try await withRing { host, hostile in
      try await hostile.socket.loop.run { [hostile] in
        // On the host's loop, so that the host looks only when both have happened; and without a ring of the doorbell.
        hostile.port.writer.write([0xFF])
        hostile.port.writer.publish(from: 0)
        hostile.socket.shutDown()
      }
      #expect(await host.refusal() == .transport(.frameHeaderTruncated))
    }
  }

  @Test func packetsWithDescriptorsKeepTheirPlaceAmongTheOthers() async throws {
    try await TestedTransport.$isRing.withValue(true) {
      try await withPeers { host, worker in
        let arrived = Inbox<[UInt32]>()
        await worker.connection.bind(
          .bootstrap,
          to: NoteReceiver { note, attachments in
            arrived.put([note.number, UInt32(attachments.count)])
            return note
          })
        let file = Attachment(kind: .file, descriptor: try .file())
        for number in 0..<200 as Range<UInt32> {
          let message = MessageEncoder.encode(.oneWay, ordinal: 0, Note(number)).bytes
          let attachments = number % 3 == 0 ? [file] : []
          let error = await host.connection.send(
            .bootstrap, OutgoingMessage(bytes: message, attachments: attachments))
          #expect(error == nil)
        }
        for number in 0..<200 as Range<UInt32> {
          #expect(await arrived.next() == [number, number % 3 == 0 ? 1 : 0])
        }
      }
    }
  }
}
