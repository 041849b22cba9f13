import Mage
import MageWire
import Testing

@testable import MagePipes

/// Pipes between two workers, through the host.
@Suite(.timeLimit(.minutes(10))) struct RelayTests {
  /// The first worker makes a pipe and sends an end to the host, which passes it on to the second.
  private func introduce(
    _ star: Star
  ) async throws -> (remote: Remote<Chat>, far: Listener<Chat>, second: Listener<Chat>) {
    let up = try star.workers.first.remote()
    let hub = try star.hosts.first.listen()
    let down = try star.hosts.second.remote()
    let second = try star.workers.second.listen()
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    try await remote.note(1...10)
    try await up.send(Chat.pass, Passing(receiver: receiver))
    try await remote.note(11...20)
    let passing = await hub.passed.next()
    try await down.send(Chat.pass, passing)
    try await remote.note(21...30)
    let far = try Listener.bound(to: #require(await second.passed.next().receiver))
    return (remote, far, second)
  }

  @Test func messagesAndRepliesPassInOrder() async throws {
    try await withStar { star in
      let (remote, far, _) = try await introduce(star)
      #expect(await far.notes.next(30) == Array(1...30))
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<40 as Range<UInt32> {
          group.addTask { try await remote.call(Chat.ask, Note(number)) == Note(number + 1) }
        }
        for try await isRight in group { #expect(isRight) }
      }
      try remote.unbind().close(CloseReason(code: 9, text: "over"))
      #expect(await far.closed.next() == CloseReason(code: 9, text: "over"))
    }
  }

  @Test func endsPassThroughARelay() async throws {
    try await withStar { star in
      let (remote, far, _) = try await introduce(star)
      let (pending, receiver) = makePipe(of: Chat.self)
      let mine = try Listener.bound(to: receiver)
      try await remote.send(Chat.pass, Passing(remote: pending))
      let back = try #require(await far.passed.next().remote).bind()
      try await back.note(1...5)
      #expect(try await back.call(Chat.ask, Note(1)) == Note(2))
      #expect(await mine.notes.next(5) == Array(1...5))
    }
  }

  /// The end wanders between the workers while messages are sent to it: in the end two hops are left, and the order was kept.
  @Test func anEndWandersBetweenWorkers() async throws {
    try await withStar { star in
      let first = try star.hosts.first.remote()
      let second = try star.hosts.second.remote()
      let listeners = (try star.workers.first.listen(), try star.workers.second.listen())
      var (pending, receiver) = makePipe(of: Chat.self)
      let remote = try pending.bind()
      let rounds: UInt32 = 12
      let writer = Task { try await remote.note(1...rounds * 10) }
      for _ in 0..<rounds {
        for carrier in [first, second] {
          let reply = try await carrier.call(Chat.swap, Passing(receiver: receiver))
          receiver = try #require(reply.receiver)
        }
      }
      let last = try Listener.bound(to: receiver)
      try await writer.value
      #expect(await last.notes.next(Int(rounds) * 10) == Array(1...rounds * 10))
      withExtendedLifetime(listeners) {}
    }
  }

  @Test func aRelayDissolvesWhenTheEndComesBackAndWhatWasUnreadComesToo() async throws {
    try await withStar { star in
      let up = try star.workers.first.remote()
      let hub = try star.hosts.first.listen()
      let down = try star.hosts.second.remote()
      let second = try star.workers.second.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      let remote = try pending.bind()
      try await up.send(Chat.pass, Passing(receiver: receiver))
      try await remote.note(1...20)
      let early = Task.immediate { try await remote.call(Chat.ask, Note(50)) }
      let home = makePipe(of: Chat.self)
      let back = try Listener.bound(to: home.receiver)
      try await down.send(Chat.pass, await hub.passed.next())
      try await down.send(Chat.pass, Passing(remote: home.remote))
      let there = await second.passed.next()
      let homeward = try #require(await second.passed.next().remote).bind()
      try await homeward.send(Chat.pass, there)
      try await remote.note(21...40)
      let here = try Listener.bound(to: #require(await back.passed.next().receiver))
      #expect(await here.notes.next(40) == Array(1...40))
      #expect(try await early.value == Note(51))
      for peer in [star.hosts.first, star.hosts.second] {
        #expect(await peer.connection.ports.values.allSatisfy { $0.relay == nil })
      }
      withExtendedLifetime((up, down)) {}
    }
  }

  @Test func theEndOfAWorkerClosesItsPipesToOthers() async throws {
    try await withStar { star in
      let (remote, far, _) = try await introduce(star)
      #expect(await far.notes.next(30) == Array(1...30))
      await star.hosts.first.connection.end(.hostGone("the first worker"))
      #expect(await far.closed.next()?.text == "the other end's process has ended")
      guard case .peerClosed = await star.workers.first.news.next() else {
        Issue.record("other news")
        return
      }
      withExtendedLifetime(remote) {}
    }
  }

  @Test func aWorkerThatDoesNotReadStopsOnlyTheOneThatWritesToIt() async throws {
    let limits = ChannelLimits(windowMessages: 8)
    try await withStar(limits) { star in
      let up = try star.workers.first.remote()
      let first = try star.workers.first.listen()
      let hub = try star.hosts.first.listen()
      let asking = try star.hosts.first.remote()
      let down = try star.hosts.second.remote()
      let second = try star.workers.second.listen()
      let (pending, receiver) = makePipe(of: Chat.self)
      let remote = try pending.bind()
      try await up.send(Chat.pass, Passing(receiver: receiver))
      try await down.send(Chat.pass, await hub.passed.next())
      let unread = try #require(await second.passed.next().receiver)
      let writer = Task { try await remote.note(1...200) }
      for number in 1...50 as ClosedRange<UInt32> {
        #expect(try await asking.call(Chat.ask, Note(number)) == Note(number + 1))
      }
      let waiting = await star.hosts.second.connection.ports.values.map(\.outgoing.count)
      #expect(waiting.allSatisfy { $0 <= 8 })
      let far = try Listener.bound(to: unread)
      try await writer.value
      #expect(await far.notes.next(200) == Array(1...200))
      withExtendedLifetime((up, down, first)) {}
    }
  }
}
