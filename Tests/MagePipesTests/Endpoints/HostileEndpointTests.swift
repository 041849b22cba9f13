import Mage
import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// A worker that lies about ends of pipes, and another that must not be ended for it.
@Suite(.timeLimit(.minutes(10))) struct HostileEndpointTests {
  static let own = ChannelEndpointTests.own

  /// The hostile worker sends the calling end of a pipe; the host passes it to an honest one, which calls.
  private func withCaller(
    _ options: ConnectionOptions = ConnectionOptions(),
    _ body: (
      _ hosts: (bad: Peer, good: Peer), _ bad: Hostile, _ caller: Remote<Chat>
    ) async throws -> Void
  ) async throws {
    try await withHostile(ChannelLimits(), options) { badHost, hostile in
      try await withPeers { goodHost, worker in
        let hub = try badHost.listen()
        let down = try goodHost.remote()
        let there = try worker.listen()
        hostile.send {
          let entry = AttachmentEntry(endpoint: Self.own, isMoved: false)
          $0.append(
            .message, endpoint: EndpointID.bootstrap.rawValue, entries: [entry],
            payload: Self.passing()[...])
        }
        try await down.send(Chat.pass, await hub.passed.next())
        let caller = try #require(await there.passed.next().remote).bind()
        try await body((badHost, goodHost), hostile, caller)
        #expect(goodHost.news.rest.isEmpty && worker.news.rest.isEmpty)
        withExtendedLifetime((hub, down, there)) {}
      }
    }
  }

  /// A message that passes a remote.
  private static func passing() -> [UInt8] {
    let (remote, _) = makePipe(of: Chat.self)
    return MessageEncoder.encode(
      .oneWay, ordinal: Chat.pass.ordinal, Passing(remote: remote)
    ).bytes
  }

  private func hostileRequest(_ hostile: Hostile) async throws -> (id: UInt64, bytes: [UInt8]) {
    while true {
      for frame in try await hostile.receive() where frame.kind == .message {
        return (try MessageHeader(decoding: frame.payload).requestID, frame.payload)
      }
    }
  }

  @Test func aReplyThatPassesThroughIsCheckedAndItsSenderEnded() async throws {
    try await withCaller { hosts, hostile, caller in
      let answer = Task { try await caller.call(Chat.ask, Note(1), within: .seconds(5)) }
      let request = try await hostileRequest(hostile)
      var reply = MessageEncoder.encode(.reply(id: request.id), ordinal: 1, Note(2)).bytes
      reply[reply.count - 8] = 9  // the array's size
      hostile.send { $0.append(.reply, endpoint: Self.own, payload: reply[...]) }
      guard case .malformed(let malformed) = await hosts.bad.news.next() else {
        Issue.record("not malformed")
        return
      }
      #expect(malformed.interface == Chat.name && malformed.method == "Ask")
      await hosts.bad.connection.end(.hostGone("malformed"))
      await #expect(throws: CallError.self) { try await answer.value }
    }
  }

  @Test func aRequestFromTheCalledEndIsRefused() async throws {
    try await withCaller { hosts, hostile, _ in
      let note = MessageEncoder.encode(.oneWay, ordinal: 0, Note(1)).bytes
      hostile.send { $0.append(.message, endpoint: Self.own, payload: note[...]) }
      #expect(await hosts.bad.refusal() == .interface(.wrongCaller))
    }
  }

  @Test func aReplyToARequestThatNeverPassedIsRefused() async throws {
    try await withCaller { hosts, hostile, _ in
      let reply = MessageEncoder.encode(.reply(id: 77), ordinal: 1, Note(2)).bytes
      hostile.send { $0.append(.reply, endpoint: Self.own, payload: reply[...]) }
      #expect(await hosts.bad.refusal() == .channel(.replyUnexpected))
    }
  }

  @Test func aRequestThatComesBackAndNeverWentIsRefused() async throws {
    try await withCaller { hosts, hostile, _ in
      let pass = Self.passing()
      hostile.send {
        let entry = AttachmentEntry(endpoint: Self.own, isMoved: true)
        $0.append(
          .message, endpoint: EndpointID.bootstrap.rawValue, entries: [entry], payload: pass[...])
      }
      let request = MessageEncoder.encode(.request(id: 99), ordinal: 1, Note(1)).bytes
      hostile.send {
        $0.append(
          .message, flags: Frame.returnedFlag, endpoint: Self.own, payload: request[...])
      }
      #expect(await hosts.bad.refusal() == .channel(.returnUnexpected))
    }
  }

  @Test func aMoveThatIsNeverFinishedIsReported() async throws {
    let limit = Duration.milliseconds(30)
    let options = ConnectionOptions(partialMessageDeadline: limit)
    try await withHostile(ChannelLimits(), options) { host, hostile in
      for isMoved in [false, true] {
        hostile.send {
          let entry = AttachmentEntry(endpoint: Self.own, isMoved: isMoved)
          $0.append(
            .message, endpoint: EndpointID.bootstrap.rawValue, entries: [entry], payload: [1])
        }
      }
      #expect(await host.exceeded() == .endpointMove(limit))
    }
  }

  /// What nobody between knows is checked by whoever gets it, who can only close the pipe: its host has not lied.
  @Test func aLieThroughAnUnknownPipeEndsOnlyThePipe() async throws {
    try await withStar { star in
      let up = try star.workers.first.remote()
      let hub = try star.hosts.first.listen()
      let down = try star.hosts.second.remote()
      let second = try star.workers.second.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      try await up.send(Chat.pass, Passing(pipe: MessagePipeEnd(receiver.take())))
      let pipe = await hub.passed.next().pipe
      try await down.send(Chat.pass, Passing(pipe: pipe))
      let far = try #require(await second.passed.next().pipe)
      let listener = try Listener.bound(to: PendingReceiver<Chat>(far.take()))
      // A method that the interface does not have.
      let liar = try PendingRemote<Liar>(pending.take()).bind()
      let error = await #expect(throws: CallError.self) {
        try await liar.call(Liar.unknown, Note(1))
      }
      let reason = CloseReason(code: Port.malformedCode, text: "message.headerUnknownMethod")
      #expect(error == .pipeClosed(reason))
      #expect(try await down.call(Chat.ask, Note(1)) == Note(2))
      withExtendedLifetime((up, hub, listener)) {}
    }
  }

  /// Refused messages of one worker take nothing of what the host may send to the other.
  @Test func liesUseUpNobodysWindow() async throws {
    try await withStar(ChannelLimits(windowMessages: 4)) { star in
      let up = try star.workers.first.remote()
      let hub = try star.hosts.first.listen()
      let down = try star.hosts.second.remote()
      let second = try star.workers.second.listen()
      for _ in 0..<12 {
        let (pending, receiver) = makePipe(of: Chat.self)
        try await up.send(Chat.pass, Passing(pipe: MessagePipeEnd(receiver.take())))
        try await down.send(Chat.pass, Passing(pipe: await hub.passed.next().pipe))
        let far = try #require(await second.passed.next().pipe)
        let listener = try Listener.bound(to: PendingReceiver<Chat>(far.take()))
        let liar = try PendingRemote<Liar>(pending.take()).bind()
        await #expect(throws: CallError.self) { try await liar.call(Liar.unknown, Note(1)) }
        withExtendedLifetime(listener) {}
      }
      #expect(try await down.call(Chat.ask, Note(1), within: .seconds(5)) == Note(2))
      withExtendedLifetime(up) {}
    }
  }

  /// The same through a pipe that the host knows: the liar is ended, and the message arrives nowhere.
  @Test func aLieThroughAKnownPipeEndsItsSender() async throws {
    try await withHostile { badHost, hostile in
      try await withPeers { goodHost, worker in
        let hub = try badHost.listen()
        let down = try goodHost.remote()
        let there = try worker.listen()
        let (_, end) = makePipe(of: Chat.self)
        let pass = MessageEncoder.encode(
          .oneWay, ordinal: Chat.pass.ordinal, Passing(receiver: end)
        ).bytes
        hostile.send {
          let entry = AttachmentEntry(endpoint: Self.own, isMoved: false)
          $0.append(
            .message, endpoint: EndpointID.bootstrap.rawValue, entries: [entry], payload: pass[...])
        }
        try await down.send(Chat.pass, await hub.passed.next())
        let far = try Listener.bound(to: #require(await there.passed.next().receiver))
        let lie = MessageEncoder.encode(.oneWay, ordinal: 77, Note(1)).bytes
        hostile.send { $0.append(.message, endpoint: Self.own, payload: lie[...]) }
        #expect(await badHost.refusal() == .message(.headerUnknownMethod))
        #expect(far.notes.rest.isEmpty)
        #expect(goodHost.news.rest.isEmpty && worker.news.rest.isEmpty)
        withExtendedLifetime((hub, down, there)) {}
      }
    }
  }
}

/// Speaks to a ``Chat`` of what it does not know.
enum Liar: Interface {
  static let name = "test.Liar"
  static let unknown = Method<Liar, Note, Note>(77, "Unknown")
}
