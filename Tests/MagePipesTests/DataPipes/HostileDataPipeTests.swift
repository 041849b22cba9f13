import MageWire
import Testing

@testable import Mage
@testable import MagePipes

/// A worker that breaks the rules of streams.
@Suite(.timeLimit(.minutes(10))) struct HostileDataPipeTests {
  static let own = ChannelEndpointTests.own

  /// The host reads what the worker writes.
  private func withWriter(
    _ body: (_ host: Peer, _ hostile: Hostile, _ reader: DataPipeReader) async throws -> Void
  ) async throws {
    try await withHostile { host, hostile in
      let parcels = try host.parcels()
      let (_, consumer) = makeDataPipe()
      hand(Carrying(consumer: consumer), hostile)
      let reader = try #require(await parcels.next().consumer).bind(capacity: 4096)
      var granted: [UInt32] = []
      while granted.isEmpty { granted = try await grants(hostile) }
      #expect(granted == [4096])
      try await body(host, hostile, reader)
    }
  }

  /// The host writes what the worker reads.
  private func withReader(
    _ body: (_ host: Peer, _ hostile: Hostile, _ writer: DataPipeWriter) async throws -> Void
  ) async throws {
    try await withHostile { host, hostile in
      let parcels = try host.parcels()
      let (producer, _) = makeDataPipe()
      hand(Carrying(producer: producer), hostile)
      let writer = try #require(await parcels.next().producer).bind()
      try await body(host, hostile, writer)
    }
  }

  /// Sends a message with an end of the worker's own.
  private func hand(_ value: Carrying, _ hostile: Hostile) {
    let bytes = MessageEncoder.encode(.oneWay, ordinal: Courier.carry.ordinal, value).bytes
    hostile.send {
      let entry = AttachmentEntry(endpoint: Self.own, isMoved: false)
      $0.append(
        .message, endpoint: EndpointID.bootstrap.rawValue, entries: [entry], payload: bytes[...])
    }
  }

  private func grants(_ hostile: Hostile) async throws -> [UInt32] {
    try await hostile.receive().filter { $0.kind == .message }.map {
      let header = try MessageHeader(decoding: $0.payload)
      return try MessageDecoder.decode(
        DataPipeRoom.Grant.self, from: $0.payload, header: header, handles: []
      ).bytes
    }
  }

  private func say(
    _ hostile: Hostile, _ ordinal: UInt32, _ value: some WireStruct,
    _ kind: MessageEncoder.Kind = .oneWay
  ) {
    let bytes = MessageEncoder.encode(kind, ordinal: ordinal, value).bytes
    hostile.send { $0.append(.message, endpoint: Self.own, payload: bytes[...]) }
  }

  private func write(_ hostile: Hostile, _ count: Int) {
    say(hostile, 0, DataPipeBytes.Chunk(pattern(count)))
  }

  // MARK: Writing

  @Test func moreBytesThanThereIsRoomForAreRefused() async throws {
    try await withWriter { host, hostile, reader in
      write(hostile, 4000)
      write(hostile, 97)
      #expect(await host.refusal() == .channel(.creditBytesExceeded))
      let read = try await reader.read()
      #expect(read?.count == 4000)
    }
  }

  @Test func emptyAndOverlongPiecesAreRefused() async throws {
    try await withWriter { host, hostile, _ in
      write(hostile, 0)
      #expect(await host.refusal() == .interface(.outOfRange))
    }
    try await withWriter { host, hostile, _ in
      write(hostile, DataPipeBytes.maxChunk + 1)
      #expect(await host.refusal() == .interface(.tooLong))
    }
  }

  @Test func nothingComesBehindTheEnd() async throws {
    for ordinal in [0, 1] as [UInt32] {
      try await withWriter { host, hostile, reader in
        say(hostile, 1, Empty())
        if ordinal == 0 { write(hostile, 1) } else { say(hostile, 1, Empty()) }
        guard case .channel = await host.refusal() else {
          Issue.record("not refused")
          return
        }
        let read = try await reader.read()
        #expect(read == nil)
      }
    }
  }

  @Test func otherMessagesAreRefused() async throws {
    try await withWriter { host, hostile, _ in
      say(hostile, 2, Empty())
      #expect(await host.refusal() == .message(.headerUnknownMethod))
    }
    try await withWriter { host, hostile, _ in
      say(hostile, 0, DataPipeBytes.Chunk([1]), .request(id: 1))
      #expect(await host.refusal() == .message(.headerInvalidFlags))
    }
    try await withWriter { host, hostile, _ in
      say(hostile, ControlMessages.run, ControlMessages.Run(.queryVersion), .request(id: 1))
      #expect(await host.refusal() == .message(.headerUnknownMethod))
    }
  }

  /// Bytes that come one at a time take up what they are, and each reading takes all that are there.
  @Test func aTrickleIsPutTogether() async throws {
    try await withWriter { host, hostile, reader in
      for byte in pattern(200) { say(hostile, 0, DataPipeBytes.Chunk([byte])) }
      say(hostile, 1, Empty())
      var pieces: [[UInt8]] = []
      for _ in 0..<200 where pieces.joined().count < 200 {
        // Whatever had arrived by then.
        try await Task.sleep(for: .milliseconds(20))
        pieces.append(try #require(await reader.read()))
      }
      #expect(Array(pieces.joined()) == pattern(200))
      #expect(pieces.count < 20)
      #expect(host.news.rest.isEmpty)
    }
  }

  // MARK: Reading

  @Test func roomThatIsNoneAndRoomWithoutEndAreRefused() async throws {
    for bytes in [0, 1, 2047, (1 << 20) + 1, .max] as [UInt32] {
      try await withReader { host, hostile, _ in
        say(hostile, 0, DataPipeRoom.Grant(bytes))
        #expect(await host.refusal() == .interface(.outOfRange))
      }
    }
    try await withReader { host, hostile, _ in
      say(hostile, 0, DataPipeRoom.Grant(1 << 20))
      say(hostile, 0, DataPipeRoom.Grant(2048))
      #expect(await host.refusal() == .channel(.creditOverflow))
    }
    try await withReader { host, hostile, _ in
      say(hostile, 1, Empty())
      #expect(await host.refusal() == .message(.headerUnknownMethod))
    }
  }

  @Test func aReaderThatMakesNoRoomCostsItsWriterTheDeadline() async throws {
    try await withReader { host, _, writer in
      let limit = Duration.milliseconds(20)
      await #expect(throws: CallError.deadlineMissed(limit)) {
        try await writer.write([1], within: limit)
      }
      #expect(host.news.rest.isEmpty)
    }
  }

  /// It says that it has room for a megabyte, and takes nothing from its socket: one piece waits for it, and not the megabyte.
  @Test func aReaderThatTakesNothingMakesItsWriterHoldOnePiece() async throws {
    try await withHostile(ChannelLimits(windowMessages: 4)) { host, hostile in
      let parcels = try host.parcels()
      let (producer, _) = makeDataPipe()
      hand(Carrying(producer: producer), hostile)
      let writer = try #require(await parcels.next().producer).bind()
      say(hostile, 0, DataPipeRoom.Grant(1 << 20))
      let limit = Duration.milliseconds(50)
      let writing = Task.immediate { try await writer.write(pattern(1 << 20), within: limit) }
      try await Task.sleep(for: .milliseconds(20))
      let waiting = await host.connection.ports.values.map(\.outgoing.count)
      #expect(waiting.allSatisfy { $0 <= 1 })
      await #expect(throws: CallError.deadlineMissed(limit)) { try await writing.value }
    }
  }

  // MARK: Through the host

  /// The host knows the stream that it passes on: whoever lies on it is ended, and the other's reader sees only that it broke off.
  @Test func aLieOnAStreamToAnotherWorkerEndsTheLiar() async throws {
    try await withHostile { badHost, hostile in
      try await withPeers { goodHost, worker in
        let hub = try badHost.parcels()
        let down = try goodHost.courier()
        let there = try worker.parcels()
        let (_, consumer) = makeDataPipe()
        hand(Carrying(consumer: consumer), hostile)
        try await down.send(Courier.carry, await hub.next())
        let reader = try #require(await there.next().consumer).bind()
        write(hostile, 10)
        #expect(try await reader.read() == pattern(10))
        write(hostile, 0)
        #expect(await badHost.refusal() == .interface(.outOfRange))
        await badHost.connection.end(.hostGone("malformed"))
        await #expect(throws: CallError.self) { try await reader.read() }
        #expect(goodHost.news.rest.isEmpty && worker.news.rest.isEmpty)
      }
    }
  }
}
