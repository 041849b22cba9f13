import Mage
import MageWire
import Testing

@testable import MagePipes

/// Several interfaces on one pipe, with one order.
@Suite(.timeLimit(.minutes(10))) struct AssociatedTests {
  @Test(.bothTransports, arguments: SharedPlace.allCases)
  func messagesOfAllInterfacesComeInOneOrder(place: SharedPlace) async throws {
    try await place.with { pipe in
      let remotes = [try await pipe.join(), try await pipe.join()]
      var sent: [UInt32] = []
      for number in 0..<300 as Range<UInt32> {
        if number % 3 == 0 {
          try await pipe.remote.send(Shared.note, Note(number))
          sent.append(number)
        } else {
          try await remotes[Int(number % 3) - 1].send(Chat.note, Note(number))
          sent.append(number + Assembly.other)
        }
      }
      #expect(await pipe.assembly.notes.next(300) == sent)
    }
  }

  /// The order holds from the message on that brings the end.
  @Test(arguments: SharedPlace.allCases)
  func whatWasSentBeforeTheEndTravelsComesRightBehindIt(place: SharedPlace) async throws {
    try await place.with { pipe in
      let (pending, receiver) = makeAssociated(of: Chat.self)
      let remote = try pending.bind()
      try await remote.note(1...3)
      let early = Task.immediate { try await remote.call(Chat.ask, Note(10)) }
      try await pipe.remote.send(Shared.note, Note(7))
      try await pipe.remote.send(Shared.join, Joining(receiver: receiver))
      try await pipe.remote.send(Shared.note, Note(8))
      try pipe.assembly.bind(await pipe.assembly.joined.next().receiver)
      let other = Assembly.other
      #expect(await pipe.assembly.notes.next(5) == [7, other + 1, other + 2, other + 3, 8])
      #expect(try await early.value == Note(12))
    }
  }

  @Test(arguments: SharedPlace.allCases)
  func theOtherSideCallsBack(place: SharedPlace) async throws {
    try await place.with { pipe in
      let (pending, receiver) = makeAssociated(of: Chat.self)
      let mine = Assembly()
      try mine.bind(receiver)
      try await pipe.remote.send(Shared.join, Joining(remote: pending))
      let back = try #require(await pipe.assembly.joined.next().remote).bind()
      try await back.note(1...5)
      #expect(try await back.call(Chat.ask, Note(1)) == Note(3))
      #expect(try await back.queryVersion() == Chat.version)
      #expect(await mine.notes.next(5) == (1...5).map { $0 + Assembly.other })
      #expect(try await pipe.remote.call(Shared.ask, Note(1)) == Note(2))
    }
  }

  @Test(arguments: SharedPlace.allCases)
  func oneIsClosedAndTheOthersGoOn(place: SharedPlace) async throws {
    try await place.with { pipe in
      do {
        let remote = try await pipe.join()
        try await remote.send(Chat.note, Note(1))
      }
      #expect(await pipe.assembly.closed.next() == CloseReason())
      #expect(await pipe.assembly.notes.next() == Assembly.other + 1)
      let (pending, receiver) = makeAssociated(of: Chat.self)
      let mine = Assembly()
      let reason = CloseReason(code: 7, text: "no more")
      let bound = try receiver.bind(mine.others)
      try await pipe.remote.send(Shared.join, Joining(remote: pending))
      let back = try #require(await pipe.assembly.joined.next().remote).bind()
      bound.close(reason)
      let error = await #expect(throws: CallError.self) {
        try await back.call(Chat.ask, Note(1))
      }
      // With the reason, if the news comes behind the call.
      #expect(error == .pipeClosed(reason) || error == .pipeClosed(CloseReason()))
      #expect(try await pipe.remote.call(Shared.ask, Note(1)) == Note(2))
    }
  }

  @Test(arguments: SharedPlace.allCases)
  func whatIsSentBeforeACloseComesBeforeTheNewsOfIt(place: SharedPlace) async throws {
    try await place.with { pipe in
      let (pending, receiver) = makeAssociated(of: Chat.self)
      try await pipe.remote.send(Shared.join, Joining(receiver: receiver))
      do { try await pending.bind().note(1...20) }
      try await pipe.remote.send(Shared.note, Note(5))
      let end = await pipe.assembly.joined.next().receiver
      try pipe.assembly.bind(end)
      #expect(await pipe.assembly.notes.next(20) == (1...20).map { $0 + Assembly.other })
      #expect(await pipe.assembly.closed.next() == CloseReason())
      #expect(await pipe.assembly.notes.next() == 5)
    }
  }

  @Test func theEndOfThePipeIsTheEndOfAll() async throws {
    let other: Remote<Chat>
    let assembly: Assembly
    do {
      let pipe = try SharedPipe.inProcess()
      other = try await pipe.join()
      assembly = pipe.assembly
    }
    #expect(await assembly.closed.next() == CloseReason())
    await #expect(throws: CallError.pipeClosed(CloseReason())) {
      try await other.call(Chat.ask, Note(1))
    }
  }

  @Test func theEndOfTheConnectionIsTheEndOfAll() async throws {
    try await withPeers { host, worker in
      let pipe = try SharedPipe.between(host, worker)
      let remote = try await pipe.join()
      await host.connection.end(.hostGone("the test"))
      await #expect(throws: CallError.hostGone("the test")) {
        try await remote.call(Chat.ask, Note(1))
      }
      await worker.connection.end(.hostGone("the test"))
      #expect(await pipe.assembly.closed.next() == nil)
    }
  }

  @Test(arguments: SharedPlace.allCases)
  func anEndThatIsNotBoundHoldsUpWhatComesBehind(place: SharedPlace) async throws {
    try await place.with { pipe in
      let (pending, receiver) = makeAssociated(of: Chat.self)
      try await pipe.remote.send(Shared.join, Joining(receiver: receiver))
      let remote = try pending.bind()
      try await remote.note(1...2)
      try await pipe.remote.send(Shared.note, Note(9))
      let arrived = await pipe.assembly.joined.next().receiver
      try await Task.sleep(for: .milliseconds(20))
      #expect(pipe.assembly.notes.rest.isEmpty)
      try pipe.assembly.bind(arrived)
      #expect(await pipe.assembly.notes.next(3) == [Assembly.other + 1, Assembly.other + 2, 9])
    }
  }

  @Test(arguments: SharedPlace.allCases)
  func anEndThatNobodyWantsHoldsUpNothing(place: SharedPlace) async throws {
    try await place.with { pipe in
      let (pending, receiver) = makeAssociated(of: Chat.self)
      try await pipe.remote.send(Shared.join, Joining(receiver: receiver))
      let remote = try pending.bind()
      try await remote.note(1...2)
      try await pipe.remote.send(Shared.note, Note(9))
      do { _ = await pipe.assembly.joined.next() }
      #expect(await pipe.assembly.notes.next() == 9)
      await #expect(throws: CallError.self) { try await remote.call(Chat.ask, Note(1)) }
      #expect(try await pipe.remote.call(Shared.ask, Note(1)) == Note(2))
    }
  }

  // MARK: What is refused

  @Test func anEndStaysOnItsPipe() async throws {
    let (pipe, elsewhere) = (try SharedPipe.inProcess(), try SharedPipe.inProcess())
    let remote = try await pipe.join()
    #expect(throws: EndpointError.associated) { _ = try remote.unbind() }
    #expect(throws: EndpointError.busy) { _ = try pipe.remote.unbind() }
    let (pending, receiver) = makeAssociated(of: Chat.self)
    // Not both ends of one, and none twice.
    await #expect(throws: CallError.endpoint(.associated)) {
      try await pipe.remote.send(Shared.join, Joining(remote: pending, receiver: receiver))
    }
    await #expect(throws: CallError.endpoint(.sent)) {
      try await pipe.remote.send(Shared.join, Joining(receiver: receiver))
    }
    // One that came over a pipe cannot go on over another.
    let (_, passing) = makeAssociated(of: Chat.self)
    try await pipe.remote.send(Shared.join, Joining(receiver: passing))
    let arrived = await pipe.assembly.joined.next().receiver
    await #expect(throws: CallError.endpoint(.associated)) {
      try await elsewhere.remote.send(Shared.join, Joining(receiver: arrived))
    }
    // Nor one whose other end has joined a pipe.
    let (kept, sent) = makeAssociated(of: Chat.self)
    try await pipe.remote.send(Shared.join, Joining(receiver: sent))
    await #expect(throws: CallError.endpoint(.associated)) {
      try await elsewhere.remote.send(Shared.join, Joining(remote: kept))
    }
  }

  @Test func aPipeIsFreeAgainWhenNobodySharesIt() async throws {
    let pipe = try SharedPipe.inProcess()
    do { _ = try await pipe.join() }
    #expect(await pipe.assembly.closed.next() == CloseReason())
    let again = Remote<Shared>(try await freed(pipe.remote))
    #expect(try await again.call(Shared.ask, Note(4)) == Note(5))
  }

  /// Until the other side's answer to the close has come, the pipe is still shared.
  private func freed(_ remote: Remote<Shared>) async throws -> Endpoint {
    for _ in 0..<1000 {
      do { return try remote.unbind() } catch { try await Task.sleep(for: .milliseconds(1)) }
    }
    return try remote.unbind()
  }

  @Test(arguments: SharedPlace.allCases)
  func onlySoManyShareAPipe(place: SharedPlace) async throws {
    try await place.with { pipe in
      var ends = (0..<64).map { _ in makeAssociated(of: Chat.self) }
      try await pipe.remote.send(Shared.join, Joining(more: ends.map(\.receiver)))
      let arrived = await pipe.assembly.joined.next()
      let (_, excess) = makeAssociated(of: Chat.self)
      await #expect(throws: CallError.refused("more interfaces than may share a pipe")) {
        try await pipe.remote.send(Shared.join, Joining(receiver: excess))
      }
      ends.removeAll()
      withExtendedLifetime(arrived) {}
      // There is room again once their closes are answered.
      for _ in 0..<1000 {
        let (_, next) = makeAssociated(of: Chat.self)
        let joining = Joining(receiver: next)
        if (try? await pipe.remote.send(Shared.join, joining)) != nil { break }
        try await Task.sleep(for: .milliseconds(1))
      }
      _ = await pipe.assembly.joined.next()
    }
  }

  /// A call that was cancelled before it left takes the ends in it with it, and what they had still to say.
  @Test func whatIsNotSentAnnouncesNothing() async throws {
    try await withPeers(ChannelLimits(windowMessages: 2)) { host, worker in
      let pipe = try SharedPipe.between(host, worker)
      // Not bound: it holds up the pipe, and the window fills.
      let blocking = makeAssociated(of: Chat.self)
      try await pipe.remote.send(Shared.join, Joining(receiver: blocking.receiver))
      let blocked = await pipe.assembly.joined.next()
      let first = try blocking.remote.bind()
      try await first.note(1...2)
      let notes = Task.immediate { try await first.note(3...3) }
      let late = makeAssociated(of: Chat.self)
      let call = Task.immediate {
        try await pipe.remote.call(Shared.joinAndAnswer, Joining(receiver: late.receiver))
      }
      let orphan = try late.remote.bind()
      let lost = Task.immediate { try await orphan.note(7...7) }
      call.cancel()
      await #expect(throws: CallError.cancelled) { try await call.value }
      await #expect(throws: CallError.self) { try await lost.value }
      try pipe.assembly.bind(blocked.receiver)
      try await notes.value
      #expect(try await pipe.remote.call(Shared.ask, Note(1)) == Note(2))
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }
}
