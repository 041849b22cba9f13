import Mage
import MageWire
import Testing

@testable import MagePipes

/// Pipes with both ends in one process, and what ends of pipes refuse.
@Suite(.timeLimit(.minutes(10))) struct InProcessTests {
  @Test func callsAreAnsweredAndMessagesArriveInOrder() async throws {
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    let listener = try Listener.bound(to: receiver)
    try await remote.note(1...50)
    #expect(try await remote.call(Chat.ask, Note(7)) == Note(8))
    #expect(await listener.notes.next(50) == Array(1...50))
  }

  @Test func whatIsSentBeforeTheOtherEndIsBoundWaits() async throws {
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    try await remote.note(1...5)
    async let answer = remote.call(Chat.ask, Note(7))
    let listener = try Listener.bound(to: receiver)
    #expect(await listener.notes.next(5) == Array(1...5))
    #expect(try await answer == Note(8))
  }

  @Test func whatWasSentBeforeACloseIsReadAndThenTheCloseIsTold() async throws {
    let pipe = MessagePipe.make()
    let (near, far) = Self.ends(pipe)
    let remote = try PendingRemote<Chat>(near.take()).bind()
    try await remote.note(1...3)
    try remote.unbind().close(CloseReason(code: 7, text: "done"))
    let listener = try Listener.bound(to: PendingReceiver(far.take()))
    #expect(await listener.notes.next(3) == [1, 2, 3])
    #expect(await listener.closed.next() == CloseReason(code: 7, text: "done"))
  }

  private static func ends(
    _ pipe: consuming MessagePipe
  ) -> (near: MessagePipeEnd, far: MessagePipeEnd) {
    (MessagePipeEnd(pipe.first), MessagePipeEnd(pipe.second))
  }

  @Test func anEndThatNobodyKeepsIsClosed() async throws {
    let remote: Remote<Chat>
    do {
      let (pending, receiver) = makePipe(of: Chat.self)
      remote = try pending.bind()
      withExtendedLifetime(receiver) {}
    }
    await #expect(throws: CallError.pipeClosed(CloseReason())) {
      try await remote.call(Chat.ask, Note(1))
    }
  }

  @Test func anEndIsTakenBoundOrSentOnce() async throws {
    let (remote, receiver) = makePipe(of: Chat.self)
    _ = try remote.take()
    #expect(throws: EndpointError.taken) { try remote.bind() }
    try receiver.bind(Listener<Chat>().handlers)
    #expect(throws: EndpointError.bound) { _ = try receiver.take() }
    let carrier = makePipe(of: Chat.self)
    let calling = try carrier.remote.bind()
    _ = try Listener.bound(to: carrier.receiver)
    let other = makePipe(of: Chat.self)
    for used in [Passing(remote: remote), Passing(receiver: receiver)] {
      await #expect(throws: CallError.self) { try await calling.send(Chat.pass, used) }
    }
    // An end that is there stays there when another of the message is not.
    await #expect(throws: CallError.endpoint(.bound)) {
      try await calling.send(Chat.pass, Passing(remote: other.remote, receiver: receiver))
    }
    try await calling.send(Chat.pass, Passing(remote: other.remote))
    #expect(throws: EndpointError.sent) { _ = try other.remote.take() }
    await #expect(throws: CallError.endpoint(.sent)) {
      try await calling.send(Chat.pass, Passing(remote: other.remote))
    }
  }

  @Test func anUnboundEndIsBoundAnewWithWhatItHasNotRead() async throws {
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    let first = Listener<Chat>()
    let bound = try receiver.bind(first.handlers)
    #expect(try await remote.call(Chat.ask, Note(1)) == Note(2))
    let end = MessagePipeEnd(try bound.unbind())
    try await remote.note(1...3)
    let again = try PendingRemote<Chat>(remote.unbind()).bind()
    await #expect(throws: CallError.endpoint(.unbound)) { try await remote.note(4...4) }
    try await again.note(4...4)
    let second = try Listener.bound(to: PendingReceiver(end.take()))
    #expect(await second.notes.next(4) == [1, 2, 3, 4])
    #expect(first.notes.rest.isEmpty)
  }

  @Test func anEndWithUnfinishedCallsStaysBound() async throws {
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    let call = Task.immediate { try await remote.call(Chat.ask, Note(1)) }
    #expect(throws: EndpointError.busy) { _ = try remote.unbind() }
    let listener = try Listener.bound(to: receiver)
    #expect(try await call.value == Note(2))
    _ = try remote.unbind()
    withExtendedLifetime(listener) {}
  }

  @Test func aSenderWaitsForAReader() async throws {
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    let limit = ChannelLimits().windowMessages
    try await remote.note(1...limit)
    let waiting = Task.immediate { try await remote.note(limit + 1...limit + 1) }
    #expect(throws: EndpointError.busy) { _ = try remote.unbind() }
    let listener = try Listener.bound(to: receiver)
    try await waiting.value
    #expect(await listener.notes.next(Int(limit) + 1) == Array(1...limit + 1))
  }

  @Test func aCallThatMissesItsDeadlineFails() async throws {
    let (pending, receiver) = makePipe(of: Chat.self)
    let remote = try pending.bind()
    let limit = Duration.milliseconds(10)
    await #expect(throws: CallError.deadlineMissed(limit)) {
      try await remote.call(Chat.ask, Note(1), within: limit)
    }
    withExtendedLifetime(receiver) {}
  }

  @Test func aMessageOfAnotherInterfaceClosesThePipe() async throws {
    let pipe = MessagePipe.make()
    let (near, far) = Self.ends(pipe)
    let remote = try PendingRemote<Chat>(near.take()).bind()
    try PendingReceiver<Secret>(far.take()).bind(Handlers<Secret>())
    let error = await #expect(throws: CallError.self) {
      try await remote.call(Chat.ask, Note(1))
    }
    let reason = CloseReason(code: Port.malformedCode, text: "message.headerUnknownMethod")
    #expect(error == .pipeClosed(reason))
  }
}
