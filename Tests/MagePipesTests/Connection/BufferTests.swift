import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// Arrays in shared buffers, between two connections.
@Suite(.timeLimit(.minutes(10)), .bothTransports) struct BufferTests {
  static let mega = 1 << 20
  /// No array of a buffer fits into a message, so none is sent in another way.
  static let limits = ChannelLimits(
    maxMessageBytes: 60_000, maxPayloadBytes: UInt32(4 * mega), poolBytes: UInt32(8 * mega))

  static let echo = NoteReceiver { note, _ in note }

  static func note(_ number: UInt32, _ count: Int) -> Note {
    // Doubled: made one by one they take minutes under a sanitizer.
    var bytes = (0..<256).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(number)) }
    while bytes.count < count { bytes += bytes }
    return Note(number, Array(bytes.prefix(count)))
  }

  @Test func arraysGoThereAndBack() async throws {
    try await withPeers(Self.limits) { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      await host.connection.bind(.bootstrap, to: Self.echo)
      for count in [65_536, 131_073, Self.mega, 4 * Self.mega] {
        let note = Self.note(UInt32(count), count)
        #expect(await host.call(note) == .success(note), "\(count)")
        #expect(await worker.call(note) == .success(note), "\(count)")
      }
      // In each direction the sizes in turn, of which small ones made room.
      let total = await worker.connection.channel.buffers.outgoing.total
      #expect(total <= 8 * Self.mega && total >= 4 * Self.mega)
    }
  }

  @Test func whatFitsNeitherABufferNorAMessageIsRefusedBeforeItIsSent() async throws {
    try await withPeers(Self.limits) { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      guard case .failure(.refused(let reason)) = await host.call(Self.note(1, 4 * Self.mega + 1))
      else {
        Issue.record("sent")
        return
      }
      #expect(reason.contains("4194304"))
      #expect(await host.call(Self.note(2, Self.mega)) == .success(Self.note(2, Self.mega)))
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }

  @Test func withoutAPoolArraysFollowTheirMessage() async throws {
    try await withPeers(ChannelLimits(maxMessageBytes: UInt32(2 * Self.mega))) { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      let note = Self.note(1, Self.mega)
      #expect(await host.call(note) == .success(note))
      #expect(await worker.connection.channel.buffers.outgoing.total == 0)
    }
  }

  /// More at once than the pool holds: they wait for each other, and all arrive in their order.
  @Test func whatThePoolCannotHoldWaits() async throws {
    try await withPeers(Self.limits) { host, worker in
      let arrived = Inbox<UInt32>()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          #expect(note == Self.note(note.number, 3 * Self.mega))
          arrived.put(note.number)
          return Note(note.number)
        })
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<12 as Range<UInt32> {
          group.addTask {
            let reply = await host.call(Self.note(number, 3 * Self.mega))
            #expect(reply == .success(Note(number)))
          }
        }
      }
      #expect(Set(await arrived.next(12)) == Set(0..<12))
      #expect(await host.connection.channel.buffers.outgoing.total <= 8 * Self.mega)
    }
  }

  // MARK: In place

  @Test func anArrayIsReadWhereItsWriterCanChangeIt() async throws {
    try await withPeers(Self.limits) { host, worker in
      let held = Held()
      await host.connection.bind(.bootstrap, to: held)
      #expect(await worker.send(Self.note(1, Self.mega)) == nil)
      let bytes = await held.arrays.next()
      #expect(bytes.copy() == Self.note(1, Self.mega).bytes)
      let copy = bytes.copy()
      // The worker breaks its word and writes into what it has handed over.
      await worker.connection.scribble(over: 1, 0xEE)
      #expect(bytes[17] == 0xEE && bytes[Self.mega] == nil && bytes[-1] == nil)
      #expect(bytes.copy() == [UInt8](repeating: 0xEE, count: Self.mega))
      #expect(bytes.copy(5..<7) == [0xEE, 0xEE] && bytes.copy(Self.mega..<Self.mega + 1) == nil)
      #expect(copy == Self.note(1, Self.mega).bytes)
    }
  }

  @Test func whatTheHostFillsTheWorkerCannotWrite() throws {
    let (buffer, memory) = try SharedBuffer.make(Self.mega, writer: .host)
    buffer.bytes.copyBytes(from: [1, 2, 3])
    let number = memory.descriptor.number
    #expect(throws: SystemError.self) { _ = try Mapping(number, count: Self.mega, writable: true) }
    #expect(throws: SystemError.self) { try SharedMemory.add(.write, to: number) }
    let reading = try Mapping(number, count: Self.mega, writable: false)
    #expect(reading.bytes[2] == 3)
    let facts = try DescriptorFacts(of: number)
    // The kernel adds one of its own to memory that is not to be executed.
    let sealed = Seals(rawValue: facts.seals ?? 0)
    #expect(sealed.isSuperset(of: [.seal, .shrink, .grow, .futureWrite]))
    let other = try SharedBuffer.make(Self.mega, writer: .worker)
    let seals = Seals(rawValue: try DescriptorFacts(of: other.memory.descriptor.number).seals ?? 0)
    #expect(
      seals.isSuperset(of: [.seal, .shrink, .grow])
        && seals.isDisjoint(with: [.write, .futureWrite]))
  }

  @Test func aBufferComesBackWhenItsLastReaderGoes() async throws {
    try await withPeers(Self.limits) { host, worker in
      let held = Held()
      await host.connection.bind(.bootstrap, to: held)
      #expect(await worker.send(Self.note(1, Self.mega)) == nil)
      var bytes: UntrustedBytes? = await held.arrays.next()
      #expect(await worker.connection.freeBuffers == 0)
      #expect(bytes?.count == Self.mega)
      bytes = nil
      try await eventually { await worker.connection.freeBuffers == 1 }
      // The same memory again: nothing is made for the next.
      #expect(await worker.send(Self.note(2, Self.mega)) == nil)
      #expect(await held.arrays.next().copy() == Self.note(2, Self.mega).bytes)
      #expect(await worker.connection.channel.buffers.outgoing.total == Self.mega)
    }
  }

  @Test func whatIsReadOutlivesTheConnection() async throws {
    let held = Held()
    try await withPeers(Self.limits) { host, worker in
      await host.connection.bind(.bootstrap, to: held)
      #expect(await worker.send(Self.note(1, Self.mega)) == nil)
      try await eventually { !held.arrays.rest.isEmpty }
    }
    #expect(await held.arrays.next().copy() == Self.note(1, Self.mega).bytes)
  }

  // MARK: Growing and shrinking

  @Test func buffersThatNobodyNeedsAreDropped() async throws {
    let options = ConnectionOptions(bufferIdleTime: .milliseconds(20))
    try await withPeers(Self.limits, host: options, worker: options) { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      let note = Self.note(1, Self.mega)
      #expect(await host.call(note) == .success(note))
      try await eventually {
        let sizes = (
          await host.connection.mappedBuffers, await worker.connection.mappedBuffers
        )
        return sizes == (0, 0)
      }
      #expect(await host.call(note) == .success(note))
    }
  }

  @Test func smallBuffersMakeRoomForLargeOnes() async throws {
    try await withPeers(Self.limits) { host, worker in
      await worker.connection.bind(.bootstrap, to: NoteReceiver { note, _ in Note(note.number) })
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<32 as Range<UInt32> {
          group.addTask { _ = await host.call(Self.note(number, 100_000)) }
        }
      }
      for number in 0..<4 as Range<UInt32> {
        let reply = await host.call(Self.note(number, 4 * Self.mega))
        #expect(reply == .success(Note(number)))
      }
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }

  // MARK: Hostile

  static let pipe = EndpointID.bootstrap.rawValue

  @Test func aPeerThatNeverReturnsStopsOnlyItsOwnCallers() async throws {
    let options = ConnectionOptions(missedDeadlineEndsPeer: true)
    try await withHostile(Self.limits, options) { host, hostile in
      let calls = (0..<4 as Range<UInt32>).map { number in
        Task {
          await host.connection.call(
            .bootstrap, Self.note(number, 4 * Self.mega), within: .milliseconds(200))
        }
      }
      #expect(
        await host.exceeded() == .callDeadline(.milliseconds(200), method: "Test.Call"))
      // No more was made than the policy allows, whatever waited.
      #expect(await host.connection.channel.buffers.outgoing.total == 8 * Self.mega)
      await host.connection.end(.hostGone("over"))
      for call in calls { _ = await call.value }
      withExtendedLifetime(hostile) {}
    }
  }

  /// A buffer of nothing but holes: it reads as zeros, and there is no end of it to run into.
  @Test func aBufferThatNobodyFilledHoldsZeros() async throws {
    try await withHostile(Self.limits) { host, hostile in
      let held = Held()
      await host.connection.bind(.bootstrap, to: held)
      hostile.send {
        $0.append(.bufferWanted, payload: PayloadInts.encode([UInt32(Self.mega), 0])[...])
      }
      _ = try await hostile.receive()
      let message = MessageEncoder.encode(.oneWay, ordinal: 0, Self.note(1, Self.mega)).bytes
      hostile.send {
        $0.append(
          .message, endpoint: Self.pipe,
          entries: [AttachmentEntry(payload: UInt32(Self.mega), buffer: 1)], payload: message[...])
      }
      #expect(await held.arrays.next().copy() == [UInt8](repeating: 0, count: Self.mega))
    }
  }

  @Test func whoDropsAndAsksAgainIsAnsweredLate() async throws {
    try await withHostile(Self.limits) { host, hostile in
      let rounds = Int(ConnectionBuffers.growthBurst) + 8
      let start = MonotonicTime.now
      for _ in 0..<rounds {
        hostile.send {
          $0.append(.bufferWanted, payload: PayloadInts.encode([UInt32(4 * Self.mega), 0])[...])
        }
        #expect(try await hostile.receive().map(\.kind) == [.bufferAdded])
        hostile.send { $0.append(.bufferDropped, payload: PayloadInts.encode([1, 0])[...]) }
      }
      #expect(MonotonicTime.now.since(start) >= .milliseconds(8 * 1000 / 16 - 100))
      try await eventually { await host.connection.mappedBuffers == 0 }
      #expect(host.news.rest.isEmpty)
    }
  }

  @Test func aLieAboutABufferIsReported() async throws {
    let lies: [(ChannelCheck, (inout FrameWriter) -> Void)] = [
      (
        .bufferReturnUnexpected,
        { $0.append(.bufferReturned, payload: PayloadInts.encode([1, 0])[...]) }
      ),
      (.bufferLimit, { $0.append(.bufferWanted, payload: PayloadInts.encode([.max, 0])[...]) }),
      (
        .bufferUnknown,
        {
          $0.append(
            .message, endpoint: Self.pipe,
            entries: [AttachmentEntry(payload: 65_536, buffer: 9)], payload: [1])
        }
      ),
    ]
    for (check, lie) in lies {
      try await withHostile(Self.limits) { host, hostile in
        hostile.send(lie)
        #expect(await host.refusal() == .channel(check))
      }
    }
  }
}

/// Takes arrays and keeps them where they are.
struct Held: MessageReceiver {
  let arrays = Inbox<UntrustedBytes>()

  func receive(
    _ message: IncomingMessage, header: MessageHeader
  ) throws(Malformed) -> Dispatch {
    let held = try MessageDecoder.decode(
      InPlaceNote.self, from: message.bytes, header: header, handles: message.arrays)
    return .oneWay { arrays.put(held.bytes) }
  }

  func disconnected(_ reason: CloseReason?) {}
}

/// ``Note``, read in place.
struct InPlaceNote: WireStruct {
  static let wireSize = 24
  var number: UInt32
  var bytes: UntrustedBytes

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    number = message.uint32(fields, 8)
    bytes = try message.untrustedBytes(fields, 16, "bytes", max: 1 << 30)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.uint32(fields, 8, number)
    message.untrustedBytes(fields, 16, bytes)
  }
}

extension Connection {
  /// Writes into a buffer that was handed over.
  func scribble(over number: UInt16, _ byte: UInt8) {
    guard let buffer = buffers.outgoing[number] else { return }
    for index in buffer.bytes.indices { buffer.bytes[index] = byte }
  }

  var freeBuffers: Int { channel.buffers.outgoing.buffers.values.count { !$0.isFull } }

  var mappedBuffers: Int { buffers.outgoing.count + buffers.incoming.count }

  /// A note as a request.
  func call(_ endpoint: EndpointID, _ note: Note, within limit: Duration) async -> Result<
    Note, CallError
  > {
    let request = makeRequestID()
    let message = MessageEncoder.encode(.request(id: request), ordinal: 0, note)
    return await call(
      endpoint, method: "Test.Call", request: request,
      OutgoingMessage(bytes: message.bytes, handles: message.handles), within: limit
    ) { (reply, header) throws(Malformed) in
      try MessageDecoder.decode(
        Note.self, from: reply.bytes, header: header, handles: reply.arrays)
    }
  }
}

/// Waits for what another thread brings about; a test that waits too long has failed.
func eventually(_ isTrue: () async -> Bool) async throws {
  for _ in 0..<2_000 {
    if await isTrue() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  Issue.record("it did not happen")
}
