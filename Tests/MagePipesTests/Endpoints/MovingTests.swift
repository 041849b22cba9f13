import Mage
import MageWire
import Testing

@testable import MagePipes

/// Ends that travel between two processes, with messages on the way.
@Suite(.timeLimit(.minutes(10))) struct MovingTests {
  /// Both directions: the host sends an end, and the worker does.
  static let directions = [true, false]

  private func peers(
    _ isHostFirst: Bool, _ body: (_ sender: Peer, _ other: Peer) async throws -> Void
  ) async throws {
    try await withPeers { host, worker in
      try await body(isHostFirst ? host : worker, isHostFirst ? worker : host)
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }

  @Test(arguments: directions)
  func anEndIsUsedWhereItWasSentTo(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let carrier = try sender.remote()
      let listener = try other.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      let remote = try pending.bind()
      try await remote.note(1...20)
      let early = Task.immediate { try await remote.call(Chat.ask, Note(100)) }
      try await carrier.send(Chat.pass, Passing(receiver: receiver))
      try await remote.note(21...40)
      let far = try Listener.bound(to: #require(await listener.passed.next().receiver))
      #expect(await far.notes.next(40) == Array(1...40))
      #expect(try await early.value == Note(101))
      #expect(try await remote.call(Chat.ask, Note(200)) == Note(201))
      try remote.unbind().close(CloseReason(code: 3, text: "bye"))
      #expect(await far.closed.next() == CloseReason(code: 3, text: "bye"))
    }
  }

  @Test(arguments: directions)
  func aRemoteIsSentAndTheSenderAnswers(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let carrier = try sender.remote()
      let listener = try other.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      let mine = try Listener.bound(to: receiver)
      try await carrier.send(Chat.pass, Passing(remote: pending))
      let remote = try #require(await listener.passed.next().remote).bind()
      try await remote.note(1...10)
      #expect(try await remote.call(Chat.ask, Note(1)) == Note(2))
      #expect(await mine.notes.next(10) == Array(1...10))
    }
  }

  @Test(arguments: directions)
  func severalEndsTravelInOneMessage(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let carrier = try sender.remote()
      let listener = try other.listen()
      let pipes = (0..<4).map { _ in makePipe(of: Chat.self) }
      var ends: [MessagePipeEnd] = []
      for pipe in pipes { ends.append(MessagePipeEnd(try pipe.receiver.take())) }
      try await carrier.send(Chat.pass, Passing(more: ends))
      let arrived = await listener.passed.next().more
      try #require(arrived.count == 4)
      for (number, end) in arrived.enumerated() {
        let far = try Listener.bound(to: PendingReceiver<Chat>(end.take()))
        let near = try pipes[number].remote.bind()
        try await near.note(UInt32(number)...UInt32(number))
        #expect(await far.notes.next() == UInt32(number))
      }
    }
  }

  @Test(arguments: directions)
  func anEndThatNobodyTakesIsClosed(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let carrier = try sender.remote()
      let listener = try other.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      let closed = try Listener.bound(to: receiver)
      try await carrier.send(Chat.pass, Passing(remote: pending))
      do { _ = await listener.passed.next() }
      #expect(await closed.closed.next() == CloseReason())
    }
  }

  @Test(arguments: directions)
  func anEndInAMessageThatIsNeverReadIsClosed(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let carrier = try sender.remote()
      let (pending, receiver) = makePipe(of: Chat.self)
      let closed = try Listener.bound(to: receiver)
      try await carrier.send(Chat.pass, Passing(remote: pending))
      other.connection.bootstrap.close(CloseReason(text: "not interested"))
      #expect(await closed.closed.next() == CloseReason())
    }
  }

  /// The end goes to and fro, and the messages of the other end find it, in order, wherever it is.
  @Test(arguments: directions)
  func messagesFollowAnEndThatMovesAllTheTime(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let carrier = try sender.remote()
      let listener = try other.listen()
      var (pending, receiver) = makePipe(of: Chat.self)
      let remote = try pending.bind()
      let rounds: UInt32 = 30
      let writer = Task { try await remote.note(1...rounds * 5) }
      for _ in 0..<rounds {
        let reply = try await carrier.call(Chat.swap, Passing(receiver: receiver))
        receiver = try #require(reply.receiver)
      }
      let last = try Listener.bound(to: receiver)
      try await writer.value
      #expect(await last.notes.next(Int(rounds) * 5) == Array(1...rounds * 5))
      #expect(try await remote.call(Chat.ask, Note(5)) == Note(6))
      let ids = await sender.connection.channel.endpoints.count
      // The first pipe, and where both ends are here, those that the host connects.
      #expect(ids <= 3)
      withExtendedLifetime(listener) {}
    }
  }

  @Test func bothEndsTravelAndMeetAgain() async throws {
    try await withPeers { host, worker in
      let carrier = try host.remote()
      let listener = try worker.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      try await carrier.send(Chat.pass, Passing(remote: pending, receiver: receiver))
      let there = await listener.passed.next()
      let remote = try #require(there.remote).bind()
      let far = try Listener.bound(to: #require(there.receiver))
      try await remote.note(1...10)
      #expect(try await remote.call(Chat.ask, Note(1)) == Note(2))
      #expect(await far.notes.next(10) == Array(1...10))
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }

  @Test func tenThousandEndsLeaveNothingBehind() async throws {
    try await withPeers { host, worker in
      let carrier = try host.remote()
      let listener = try worker.listen()
      for _ in 0..<10_000 {
        let (pending, receiver) = makePipe(of: Chat.self)
        try await carrier.send(Chat.pass, Passing(remote: pending))
        withExtendedLifetime(receiver) {}
        _ = await listener.passed.next()
      }
      #expect(try await carrier.call(Chat.ask, Note(1)) == Note(2))
      // Closes are told in their own time, so the last ones may still be on their way.
      #expect(await host.connection.channel.endpoints.count <= 128)
      #expect(await host.connection.ports.count <= 128)
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }
}
