import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What a peer uses up is counted, whoever asked for it.
@Suite(.timeLimit(.minutes(10)), .bothTransports) struct QuotaTests {
  static let pipe = EndpointID.bootstrap.rawValue

  @Test func aPeerThatDoesNotReadItsRepliesIsReported() async throws {
    let options = ConnectionOptions(maxQueuedBytes: 100_000)
    try await withHostile(ChannelLimits(), options) { host, hostile in
      let large = Note(1, Array(repeating: 1, count: 1_000_000))
      await host.connection.bind(.bootstrap, to: NoteReceiver { _, _ in large })
      hostile.send(.message, .request(id: 1), Note(1))
      #expect(await host.exceeded() == .queuedBytes(100_000))
    }
  }

  /// Each message that is taken gives credit back; a peer that never reads must not make us keep that for ever.
  @Test func aPeerThatDoesNotReadItsCreditIsReported() async throws {
    let options = ConnectionOptions(maxQueuedBytes: 3_000)
    let limits = ChannelLimits(
      maxMessageBytes: 1 << 30, windowMessages: 1 << 20, windowBytes: 1 << 30)
    try await withHostile(limits, options) { host, hostile in
      let arrived = Inbox<UInt32>()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          return note
        })
      // One at a time: each is a turn of the host's loop and a credit frame of its own.
      for number in 0..<5_000 as Range<UInt32> where host.news.rest.isEmpty {
        hostile.send(.message, .oneWay, Note(number))
        _ = await host.connection.phase
      }
      try #require(!host.news.rest.isEmpty)
      #expect(await host.exceeded() == .queuedBytes(3_000))
    }
  }

  @Test func aPeerThatReadsIsNotReported() async throws {
    let options = ConnectionOptions(maxQueuedBytes: 3 << 20)
    try await withPeers(host: options, worker: options) { host, worker in
      let large = Note(1, Array(repeating: 1, count: 1_000_000))
      await worker.connection.bind(.bootstrap, to: NoteReceiver { _, _ in large })
      for _ in 0..<10 { #expect(await host.call(Note(0)) == .success(large)) }
      #expect(worker.news.rest.isEmpty)
    }
  }

  @Test func aMessageThatIsNotCompletedIsReported() async throws {
    let options = ConnectionOptions(partialMessageDeadline: .milliseconds(20))
    try await withHostile(ChannelLimits(), options) { host, hostile in
      hostile.send {
        $0.append(.message, flags: 1, endpoint: Self.pipe, total: 9, payload: [1])
      }
      #expect(await host.exceeded() == .partialMessage(.milliseconds(20)))
    }
  }

  @Test func aMessageThatTricklesInIsReported() async throws {
    let options = ConnectionOptions(partialMessageDeadline: .milliseconds(50))
    let limits = ChannelLimits(maxMessageBytes: 1 << 30, windowBytes: 1 << 30)
    try await withHostile(limits, options) { host, hostile in
      hostile.send {
        $0.append(.message, flags: 1, endpoint: Self.pipe, total: 1 << 29, payload: [1])
      }
      var trickle = FrameWriter()
      trickle.append(.fragment, flags: 1, endpoint: Self.pipe, payload: [1])
      // Progress does not help: the whole message has one deadline.
      while host.news.rest.isEmpty {
        _ = hostile.trySend(trickle.bytes)
        await Task.yield()
      }
      #expect(await host.exceeded() == .partialMessage(.milliseconds(50)))
    }
  }

  /// A busy peer has a message on the way at every moment, and each of them is in time.
  @Test func messagesWithoutPauseAreNotTakenForOne() async throws {
    let limit = Duration.milliseconds(400)
    let options = ConnectionOptions(partialMessageDeadline: limit)
    let limits = ChannelLimits(windowMessages: 1 << 30, windowBytes: 1 << 31)
    try await withHostile(limits, options) { host, hostile in
      let note = MessageEncoder.encode(.oneWay, ordinal: 0, Note(1)).bytes
      let arrived = Semaphore()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.signal()
          return note
        })
      let done = Gate()
      // A thread of its own, so that no busy pool keeps a message from being in time.
      try Thread.start(name: "hostile") {
        Self.sendWithoutPause(note, for: limit * 2, hostile, arrived)
        done.open()
      }
      await done.next()
      #expect(host.news.rest.isEmpty)
    }
  }

  /// Completes a message and begins the next in one packet, again and again.
  private static func sendWithoutPause(
    _ note: [UInt8], for duration: Duration, _ hostile: Hostile, _ arrived: Semaphore
  ) {
    func begin(_ writer: inout FrameWriter) {
      writer.append(
        .message, flags: 1, endpoint: Self.pipe, total: UInt32(note.count), payload: note.prefix(8))
    }
    func complete(_ writer: inout FrameWriter) {
      writer.append(.fragment, endpoint: Self.pipe, payload: note.dropFirst(8))
    }
    let end = MonotonicTime.now.advanced(by: duration)
    hostile.send(begin)
    while MonotonicTime.now < end {
      hostile.send {
        complete(&$0)
        begin(&$0)
      }
      guard arrived.wait(milliseconds: 5_000) else { return }
    }
    hostile.send(complete)
    _ = arrived.wait(milliseconds: 5_000)
  }

  @Test func aPeerThatSendsTooOftenIsReported() async throws {
    let options = ConnectionOptions(messagesPerSecond: 1, burst: 3)
    try await withHostile(ChannelLimits(), options) { host, hostile in
      let arrived = Gate()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.open()
          return note
        })
      for number in 0..<10 as Range<UInt32> { hostile.send(.message, .oneWay, Note(number)) }
      #expect(await host.exceeded() == .messageRate(1))
      #expect(arrived.rest.count >= 3 && arrived.rest.count < 10)
    }
  }

  /// Whoever never acknowledges a close could talk to the closed end for ever, and each word would be dropped.
  @Test(arguments: [FrameKind.message, .reply])
  func whatIsDroppedIsCountedToo(_ kind: FrameKind) async throws {
    let options = ConnectionOptions(messagesPerSecond: 1, burst: 3)
    try await withHostile(ChannelLimits(), options) { host, hostile in
      await host.connection.close(.bootstrap)
      for number in 0..<10 as Range<UInt32> {
        hostile.send(kind, kind == .reply ? .reply(id: 1) : .oneWay, Note(number))
      }
      #expect(await host.exceeded() == .messageRate(1))
    }
  }

  /// Messages without a reply wait for credit: a worker that takes none must not stop its host's tasks.
  @Test func aPeerThatTakesNoMessagesIsReported() async throws {
    let options = ConnectionOptions(missedDeadlineEndsPeer: true)
    try await withHostile(ChannelLimits(windowMessages: 2), options) { host, _ in
      for number in 0..<2 as Range<UInt32> { #expect(await host.send(Note(number)) == nil) }
      async let third = host.send(Note(2), within: .seconds(40))
      async let fourth = host.send(Note(3), within: .milliseconds(30))
      #expect(await host.exceeded() == .creditDeadline(.milliseconds(30)))
      await host.connection.end(.refused("for that"))
      #expect(await third == .refused("for that"))
      #expect(await fourth == .refused("for that"))
    }
  }

  /// A worker does not end its host for that; the sender hears of it, and what is sent later can still leave.
  @Test func aSlowHostFailsTheMessagesThatWaited() async throws {
    try await withHostile(ChannelLimits(windowMessages: 1)) { peer, hostile in
      #expect(await peer.send(Note(0)) == nil)
      #expect(
        await peer.send(Note(1), within: .milliseconds(20)) == .deadlineMissed(.milliseconds(20)))
      async let last = peer.send(Note(2), within: .seconds(40))
      hostile.send {
        $0.append(.credit, payload: Credit(bytes: 0, messages: 1, attachments: 0).encoded[...])
      }
      #expect(await last == nil)
      #expect(peer.news.rest.isEmpty)
    }
  }

  @Test func aMessageThatWaitsForItsReceiverIsCountedOnce() async throws {
    let options = ConnectionOptions(messagesPerSecond: 1, burst: 4)
    try await withHostile(ChannelLimits(), options) { host, hostile in
      for number in 0..<3 as Range<UInt32> { hostile.send(.message, .oneWay, Note(number)) }
      // A call to and fro, so that all three are here.
      async let answer = host.call(Note(7))
      _ = try await hostile.receive()
      hostile.send(.reply, .reply(id: 1), Note(7))
      #expect(await answer == .success(Note(7)))
      let arrived = Inbox<UInt32>()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          return note
        })
      #expect(await arrived.next(3) == [0, 1, 2])
      #expect(host.news.rest.isEmpty)
    }
  }
}
