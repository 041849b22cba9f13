import MageWire
import Testing

@testable import Mage
@testable import MagePipes

/// Arrays in shared buffers, with ends that move and workers that talk through the host.
@Suite(.timeLimit(.minutes(10)), .bothTransports) struct BufferMovingTests {
  static let mega = BufferTests.mega

  /// Keeps whole notes, and answers with what it was asked with.
  private static func bind(_ receiver: PendingReceiver<Chat>) throws -> Inbox<Note> {
    let notes = Inbox<Note>()
    var handlers = Handlers<Chat>()
    handlers.on(Chat.note) { notes.put($0) }
    handlers.on(Chat.ask) { Note($0.number + 1, $0.bytes) }
    try receiver.bind(handlers)
    return notes
  }

  @Test func aSmallCallPassesArraysThatWaitOnAnotherPipe() async throws {
    try await withPeers(BufferTests.limits) { host, worker in
      let up = try host.remote()
      let listener = try worker.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      try await up.send(Chat.pass, Passing(receiver: receiver))
      let unread = try #require(await listener.passed.next().receiver)
      let remote = try pending.bind()
      let sent = (1...3 as ClosedRange<UInt32>).map { BufferTests.note($0, 4 * Self.mega) }
      let writer = Task { for note in sent { try await remote.send(Chat.note, note) } }
      try await eventually { await host.connection.waitForBuffers == 1 }
      #expect(try await up.call(Chat.ask, Note(1)) == Note(2))
      #expect(try await Self.bind(unread).next(3) == sent)
      try await writer.value
    }
  }

  @Test func unreadArraysComeBackWithTheirEnd() async throws {
    try await withPeers(BufferTests.limits) { host, worker in
      let up = try host.remote()
      let listener = try worker.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      let home = makePipe(of: Chat.self)
      let back = try Listener.bound(to: home.receiver)
      try await up.send(Chat.pass, Passing(remote: home.remote, receiver: receiver))
      let there = await listener.passed.next()
      let homeward = try #require(there.remote).bind()
      let remote = try pending.bind()
      let sent = (1...4 as ClosedRange<UInt32>).map { BufferTests.note($0, 2 * Self.mega) }
      for note in sent { try await remote.send(Chat.note, note) }
      try await eventually { await worker.connection.unreadBuffers == 4 }
      try await homeward.send(Chat.pass, Passing(receiver: there.receiver))
      let here = try #require(await back.passed.next().receiver)
      #expect(try await Self.bind(here).next(4) == sent)
      try await eventually { await worker.connection.unreadBuffers == 0 }
    }
  }

  @Test func aFrozenRegionIsReadInPlace() throws {
    let region = try SharedRegion.frozen([1, 2, 3])
    let received = try SharedRegion(region.attachment)
    #expect(try received.bytesInPlace(limit: 3).copy() == [1, 2, 3])
    #expect(throws: SystemError.self) { try received.bytesInPlace(limit: 2) }
  }

  @Test func insideAProcessArraysAreNotCopied() async throws {
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    let notes = try Self.bind(receiver)
    let note = BufferTests.note(1, 16 * Self.mega)
    try await remote.send(Chat.note, note)
    let came = await notes.next()
    let (from, to) = (
      note.bytes.withUnsafeBytes { $0.baseAddress }, came.bytes.withUnsafeBytes { $0.baseAddress }
    )
    #expect(from == to)
    #expect(try await remote.call(Chat.ask, note).bytes == note.bytes)
  }
}

/// The same between two workers.
@Suite(.timeLimit(.minutes(10))) struct BufferRelayTests {
  static let mega = BufferTests.mega

  private static func handlers(_ pipes: Inbox<UInt32>) -> Handlers<Chat> {
    var handlers = Handlers<Chat>()
    handlers.on(Chat.ask) { Note($0.number + 1, $0.bytes) }
    handlers.on(Chat.note) { pipes.put($0.number) }
    return handlers
  }

  /// A remote at the first worker of what the second one answers.
  private func introduce(_ star: Star) async throws -> (Remote<Chat>, PendingReceiver<Chat>) {
    let up = try star.workers.first.remote()
    let hub = try star.hosts.first.listen()
    let down = try star.hosts.second.remote()
    let second = try star.workers.second.listen()
    let (pending, receiver) = makePipe(of: Chat.self)
    try await up.send(Chat.pass, Passing(receiver: receiver))
    try await down.send(Chat.pass, await hub.passed.next())
    return (try pending.bind(), try #require(await second.passed.next().receiver))
  }

  @Test func arraysPassFromWorkerToWorkerAndBack() async throws {
    try await withStar(BufferTests.limits) { star in
      let (remote, far) = try await introduce(star)
      try far.bind(Self.handlers(Inbox()))
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<8 as Range<UInt32> {
          let note = BufferTests.note(number, 3 * Self.mega)
          group.addTask {
            try await remote.call(Chat.ask, note) == Note(number + 1, note.bytes)
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
      for peer in [star.hosts.first, star.hosts.second] {
        try await eventually { await peer.connection.unreadBuffers == 0 }
        #expect(await peer.connection.channel.buffers.outgoing.total <= 8 * Self.mega)
      }
    }
  }

  /// Who does not read holds up whoever writes to it, and the host holds no more than the writer's pool.
  @Test func aReaderThatWaitsStopsItsWriter() async throws {
    try await withStar(BufferTests.limits) { star in
      let (remote, far) = try await introduce(star)
      let sent = Inbox<UInt32>()
      let writer = Task {
        for number in 0..<8 as Range<UInt32> {
          try await remote.send(Chat.note, BufferTests.note(number, 3 * Self.mega))
          sent.put(number)
        }
      }
      // Two wait at the far end, two in the host, and the writer for its first to come back.
      #expect(await sent.next(4) == [0, 1, 2, 3])
      try await eventually { await star.hosts.second.connection.waitForBuffers == 1 }
      #expect(sent.rest.isEmpty)
      let notes = Inbox<UInt32>()
      try far.bind(Self.handlers(notes))
      #expect(await notes.next(8) == Array(0..<8))
      try await writer.value
    }
  }

  /// What the host checks is how many bytes there are, without looking at them.
  @Test func anArrayThatIsTooLongIsRefusedWhereItPasses() {
    let note = Note(1, .init(repeating: 1, count: 100_000))
    let message = MessageEncoder.encode(.oneWay, ordinal: 0, note)
    var incoming = IncomingMessage(endpoint: .bootstrap, bytes: message.bytes)
    incoming.handles = message.handles
    do throws(Malformed) {
      let header = try MessageHeader(decoding: message.bytes)
      _ = try PassingRules<Short>().checkRequest(incoming, header)
      Issue.record("passed")
    } catch {
      #expect(error.check == .interface(.tooLong))
    }
  }
}

/// An interface whose arrays have at most 70,000 bytes.
enum Short: Interface {
  static let name = "test.Short"
  static let note = OneWay<Short, ShortNote>(0, "Note")
  static let rules = [MethodRule(note)]
}

struct ShortNote: WireStruct {
  static let wireSize = 24

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    _ = message.uint32(fields, 8)
    _ = try message.bytes(fields, 16, "bytes", max: 70_000)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {}
}

extension Connection {
  var waitForBuffers: Int { buffers.waiting.count }

  var unreadBuffers: Int { channel.buffers.incoming.buffers.values.count { $0.isFull } }
}
