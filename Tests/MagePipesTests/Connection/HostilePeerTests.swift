import CMageSystem
import Glibc
import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What a connection makes of a peer that breaks the rules. It reports the first defect once, and reads no more.
@Suite(.timeLimit(.minutes(10))) struct HostilePeerTests {
  static let pipe = EndpointID.bootstrap.rawValue
  static let echo = NoteReceiver { note, _ in note }

  @Test func aDefectIsReportedOnceAndNothingMoreIsRead() async throws {
    try await withHostile { host, hostile in
      let arrived = Inbox<UInt32>()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          return note
        })
      hostile.send(.message, .oneWay, Note(1))
      hostile.send([0xFF])
      hostile.send([0xFF])
      hostile.send(.message, .oneWay, Note(2))
      #expect(await host.refusal() == .transport(.frameHeaderTruncated))
      await host.connection.end(.refused("over"))
      #expect(arrived.rest == [1])
      #expect(host.news.rest.isEmpty)
    }
  }

  @Test func framesBeforeADefectCountAndFramesAfterItDoNot() async throws {
    try await withHostile { host, hostile in
      let arrived = Inbox<UInt32>()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          return note
        })
      let notes = [1, 2].map { MessageEncoder.encode(.oneWay, ordinal: 0, Note($0)).bytes }
      hostile.send {
        $0.append(.message, endpoint: Self.pipe, payload: notes[0][...])
        $0.append(.message, endpoint: 77, payload: notes[1][...])
        $0.append(.message, endpoint: Self.pipe, payload: notes[1][...])
      }
      #expect(await host.refusal() == .channel(.unknownEndpoint))
      #expect(arrived.rest == [1])
    }
  }

  @Test func aMalformedMessageNeverReachesAHandler() async throws {
    try await withHostile { host, hostile in
      let arrived = Inbox<UInt32>()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          return note
        })
      var message = MessageEncoder.encode(.oneWay, ordinal: 0, Note(1)).bytes
      message[24] = 8  // the parameters' size
      hostile.send { $0.append(.message, endpoint: Self.pipe, payload: message[...]) }
      #expect(await host.refusal() == .message(.unexpectedStructHeader))
      #expect(arrived.rest.isEmpty)
    }
  }

  @Test func aHandlerMayRefuseAValue() async throws {
    try await withHostile { host, hostile in
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { _, _ in throw Malformed(.application, detail: "no") })
      hostile.send(.message, .request(id: 1), Note(1))
      #expect(await host.refusal() == .application)
    }
  }

  // MARK: Transport

  @Test func aPacketThatIsTooLongIsRefused() async throws {
    try await withHostile { host, hostile in
      hostile.send([UInt8](repeating: 0, count: Outbox.maxPacketBytes + 1))
      #expect(await host.refusal() == .transport(.packetTooLong))
    }
  }

  /// It reads like the end of the connection, and must not pass for one: the peer would have a second of life in peace.
  @Test func aPacketOfNothingIsNoEnd() async throws {
    try await withHostile { host, hostile in
      hostile.send([])
      #expect(await host.refusal() == .transport(.packetEmpty))
    }
  }

  @Test func controlMessagesThatNobodyAskedForAreRefused() async throws {
    try await withLoop { loop in
      let ends = try Ends()
      var yes: Int32 = 1
      // As if a peer could make the kernel add a control message: credentials come with each packet.
      try #require(setsockopt(ends.near, SOL_SOCKET, SO_PASSCRED, &yes, 4) == 0)
      let host = try await Peer(ends.near, .openHost(), loop)
      let hostile = Hostile(descriptor: OwnedDescriptor(owning: ends.far), loop: loop)
      hostile.send(.message, .oneWay, Note(1))
      #expect(await host.refusal() == .transport(.unexpectedControlMessage))
      await host.connection.end(.refused("over"))
    }
  }

  @Test func aPeerThatClosesIsReportedAndCallsWaitForTheEnd() async throws {
    try await withHostile { host, hostile in
      async let answer = host.call(Note(1))
      _ = try await hostile.receive()
      hostile.shutDown()
      guard case .peerClosed = await host.news.next() else {
        Issue.record("other news")
        return
      }
      let error = CallError.hostGone("closed")
      await host.connection.end(error)
      #expect(await answer == .failure(error))
      #expect(await host.call(Note(2)) == .failure(error))
      #expect(await host.send(Note(2)) == error)
    }
  }

  /// The kernel reports a reset of a peer that died with unread packets before it hands over what the peer had sent.
  @Test func theLastWordOfADeadPeerIsRead() async throws {
    for isReaped in [false, true] {
      try await withLoop { loop in
        let ends = try Ends()
        let host = try await Peer(ends.near, .openHost(), loop)
        await host.connection.bind(.bootstrap, to: Self.echo)
        #expect(await host.send(Note(1)) == nil)
        try await loop.run { [connection = host.connection] in
          // On the host's loop, so that the host reads only when all this has happened.
          _ = mage_send_packet(ends.far, [0xFF] as [UInt8], 1, nil, 0)
          mage_close(ends.far)
          if isReaped { connection.assumeIsolated { $0.readWhatIsLeft() } }
        }
        #expect(await host.refusal() == .transport(.frameHeaderTruncated))
        await host.connection.end(.refused("over"))
      }
    }
  }

  // MARK: Replies

  @Test func aReplyToARequestThatNeverWasIsRefused() async throws {
    try await withHostile { host, hostile in
      hostile.send(.reply, .reply(id: 99), Note(1))
      #expect(await host.refusal() == .channel(.replyUnexpected))
    }
  }

  @Test func aSecondReplyIsRefused() async throws {
    try await withHostile { host, hostile in
      let connection = host.connection
      let request = connection.makeRequestID()
      let message = MessageEncoder.encode(.request(id: request), ordinal: 0, Note(1))
      async let answer = connection.call(
        .bootstrap, method: "M", request: request, OutgoingMessage(bytes: message.bytes),
        within: .seconds(50)
      ) { (_, header) throws(Malformed) in header.requestID }
      _ = try await hostile.receive()
      hostile.send(.reply, .reply(id: request), Note(1))
      #expect(await answer == .success(request))
      hostile.send(.reply, .reply(id: request), Note(1))
      #expect(await host.refusal() == .channel(.replyUnexpected))
    }
  }

  @Test func aMalformedReplyIsReportedAndItsCallerHearsOfTheEnd() async throws {
    try await withHostile { host, hostile in
      async let answer = host.call(Note(1))
      _ = try await hostile.receive()
      var message = MessageEncoder.encode(.reply(id: 1), ordinal: 0, Note(1)).bytes
      message[message.count - 12] = 77  // the array's size
      hostile.send { $0.append(.reply, endpoint: Self.pipe, payload: message[...]) }
      guard case .malformed = await host.news.next() else {
        Issue.record("other news")
        return
      }
      await host.connection.end(.hostGone("malformed"))
      #expect(await answer == .failure(.hostGone("malformed")))
    }
  }

  @Test func requestsAndRepliesKeepToTheirFrames() async throws {
    try await withHostile { host, hostile in
      hostile.send(.reply, .request(id: 1), Note(1))
      #expect(await host.refusal() == .message(.headerInvalidFlags))
    }
    try await withHostile { host, hostile in
      await host.connection.bind(.bootstrap, to: Self.echo)
      hostile.send(.message, .reply(id: 1), Note(1))
      #expect(await host.refusal() == .message(.headerInvalidFlags))
    }
  }

  // MARK: Requests

  @Test func moreRequestsThanMayAwaitAReplyAreRefused() async throws {
    try await withHostile(ChannelLimits(maxOutstanding: 3)) { host, hostile in
      let gate = Gate()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          await gate.next()
          return note
        })
      for id in 1...3 as ClosedRange<UInt64> { hostile.send(.message, .request(id: id), Note(1)) }
      gate.open()
      let answer = try await hostile.receive()
      #expect(answer.contains { $0.kind == .reply })
      hostile.send(.message, .request(id: 4), Note(1))
      hostile.send(.message, .request(id: 5), Note(1))
      #expect(await host.refusal() == .channel(.tooManyOutstanding))
      gate.open(3)
    }
  }

  @Test func aRequestIDIsNotUsedTwiceAtATime() async throws {
    try await withHostile { host, hostile in
      let gate = Gate()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          await gate.next()
          return note
        })
      hostile.send(.message, .request(id: 1), Note(1))
      hostile.send(.message, .request(id: 1), Note(1))
      #expect(await host.refusal() == .channel(.tooManyOutstanding))
      gate.open()
    }
  }
}
