import MageHost
import ProbeInterface
import Synchronization
import Testing

/// What users of pipes rely on, with workers as they are: under the renderer's policy, in processes of their own.
@Suite(.timeLimit(.minutes(10))) struct TravelTests {
  static func traveller(_ test: TestHost) async throws -> Traveller.Proxy {
    Traveller.Proxy(try await test.spawn("travel").remote(Traveller.self))
  }

  /// A new pipe, its other end in the worker.
  private func meet(_ proxy: Traveller.Proxy) async throws -> Traveller.Proxy {
    let (remote, receiver) = makePipe(of: Traveller.self)
    try await proxy.meet(receivers: [receiver])
    return Traveller.Proxy(try remote.bind())
  }

  @Test("Messages that are sent before the other end is bound, or is anywhere, arrive in order")
  func early() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let (pending, receiver) = makePipe(of: Traveller.self)
      let early = Traveller.Proxy(try pending.bind())
      for number in 0..<50 as Range<UInt32> { try await early.note(number: number) }
      try await proxy.meet(receivers: [receiver])
      for number in 50..<100 as Range<UInt32> { try await early.note(number: number) }
      #expect(try await early.notes() == Array(0..<100))
    }
  }

  @Test("A proxy asks which version its peer knows, and insists on one")
  func versions() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      #expect(try await proxy.queryVersion() == 0)
      try await proxy.flushForTesting()
      try await proxy.requireVersion(0)
      #expect(try await proxy.echo(text: "known") == "known")
      try await proxy.requireVersion(7)
      await #expect(throws: CallError.self) { try await proxy.echo(text: "not known") }
    }
  }

  @Test("Several ends go in one message, and each is its own pipe")
  func several() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      // As many as the policy lets into one message.
      let pipes = (0..<2).map { _ in makePipe(of: Traveller.self) }
      try await proxy.meet(receivers: pipes.map(\.receiver))
      for (index, pipe) in pipes.enumerated() {
        let number = UInt32(index)
        let own = Traveller.Proxy(try pipe.remote.bind())
        try await own.note(number: number)
        #expect(try await own.notes() == [number])
      }
      #expect(try await proxy.notes().isEmpty)
    }
  }

  @Test("An end goes there and back, and what was queued in it comes along each time")
  func backAndForth() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let (pending, first) = makePipe(of: Traveller.self)
      var receiver = first
      let caller = Traveller.Proxy(try pending.bind())
      for round in 0..<10 as Range<UInt32> {
        for number in round * 5..<round * 5 + 5 { try await caller.note(number: number) }
        try await proxy.keep(receiver: receiver)
        receiver = try await proxy.return()
      }
      try await proxy.meet(receivers: [receiver])
      #expect(try await caller.notes() == Array(0..<50))
    }
  }

  @Test("A pipe joins two workers through the host, with what was queued in it")
  func thirdParty() async throws {
    try await TestHost.with { test in
      let first = try await Self.traveller(test)
      let second = try await Self.traveller(test)
      let (remote, receiver) = makePipe(of: Traveller.self)
      // The first keeps the answering end, which goes to the second while the first's own calls wait in it.
      try await first.keep(receiver: receiver)
      async let echo = second.visit(remote: remote, count: 20)
      let (probe, other) = makePipe(of: Traveller.self)
      let kept = try await first.return()
      try await first.meet(receivers: [kept, other])
      #expect(try await echo == "visited")
      #expect(try await Traveller.Proxy(probe.bind()).echo(text: "here") == "here")
    }
  }

  @Test("The pipe of the invitation goes on to another worker, which calls the first by it")
  func invitation() async throws {
    try await TestHost.with { test in
      let called = try await test.spawn("travel")
      let caller = try await Self.traveller(test)
      let invitation = PendingRemote<Traveller>(try called.takeEndpoint())
      #expect(try await caller.visit(remote: invitation, count: 3) == "visited")
      #expect(throws: CallError.self) { try called.remote(Traveller.self) }
    }
  }

  @Test("A worker may hold the calling end of the first pipe, and be called by pipes that it sends")
  func workerIsRemote() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn("visit-host")
      let service = HostTraveller()
      try worker.receive(Traveller.handlers(service))
      #expect(try await service.numbers(3) == [1, 2, 3])
      #expect(try await service.called() == "called by the host")
    }
  }

  @Test("Many threads send on many pipes at once")
  func threads() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let pipes = try await (0..<8).asyncMap { _ in try await meet(proxy) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for pipe in pipes {
          group.addTask {
            for number in 0..<100 as Range<UInt32> { try await pipe.note(number: number) }
            // Each pipe has its order, whatever the others do.
            #expect(try await pipe.notes() == Array(0..<100))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("An interface's remote on another's receiver is refused by whoever answers")
  func strangers() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn("travel")
      let proxy = Traveller.Proxy(try worker.remote(Traveller.self))
      let (remote, receiver) = makePipe(of: Traveller.self)
      try await proxy.meet(receivers: [receiver])
      let stranger = Stranger.Proxy(Remote<Stranger>(try remote.take()))
      // The worker holds its host to the interface too, and ends itself for a host that lies.
      await #expect(throws: CallError.self) { try await stranger.greet() }
      let ending = await worker.ending()
      #expect(ending.cause == .exited(status: 76), "\(ending)")  // EX_PROTOCOL
    }
  }

  @Test("Calls to an end that has gone, and ends that are bound already, are errors")
  func gone() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let (pending, receiver) = makePipe(of: Traveller.self)
      let caller = Traveller.Proxy(try pending.bind())
      try await proxy.keep(receiver: receiver)
      do { _ = try await proxy.return() }
      await #expect(throws: CallError.pipeClosed(CloseReason())) {
        try await caller.echo(text: "anybody?")
      }
      let (other, bound) = makePipe(of: Traveller.self)
      try bound.bind(Traveller.handlers(HostTraveller()))
      await #expect(throws: CallError.endpoint(.bound)) { try await proxy.keep(receiver: bound) }
      _ = try other.bind()
      await #expect(throws: CallError.endpoint(.bound)) {
        try await proxy.visit(remote: other, count: 1)
      }
      #expect(try await proxy.echo(text: "still here") == "still here")
    }
  }

  @Test("A remote gives its end back, which is bound anew or sent on")
  func rebinding() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let pipe = try await meet(proxy)
      try await pipe.note(number: 1)
      #expect(try await pipe.notes() == [1])
      let again = Traveller.Proxy(Remote(try pipe.remote.unbind()))
      await #expect(throws: CallError.endpoint(.unbound)) { try await pipe.note(number: 2) }
      try await again.note(number: 3)
      #expect(try await again.notes() == [1, 3])
      // The worker calls itself by it.
      let sent = PendingRemote<Traveller>(try again.remote.unbind())
      #expect(try await proxy.visit(remote: sent, count: 2) == "visited")
    }
  }

  @Test("Inside a process the same bindings are used, one line apart")
  func inProcess() async throws {
    func use(_ traveller: some Traveller.Service) async throws -> [UInt32] {
      try await traveller.note(number: 7)
      return try await traveller.notes()
    }
    let service = HostTraveller()
    let (remote, receiver) = makePipe(of: Traveller.self)
    try receiver.bind(Traveller.handlers(service))
    #expect(try await use(Traveller.Proxy(remote.bind())) == [7])
    #expect(try await use(service) == [7, 7])
    try await TestHost.with { test in
      let there = try await use(try await Self.traveller(test))
      #expect(there == [7])
    }
  }

  @Test("A worker that waits for its host runs nothing else, and then takes what came meanwhile")
  func waiting() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let (remote, receiver) = makePipe(of: Oracle.self)
      try receiver.bind(Oracle.handlers(HostOracle(proxy)))
      let consulted = try await proxy.consult(oracle: remote, count: 20)
      #expect(consulted.answers == (0..<20).map { $0 + 1 })
      #expect(consulted.notes == 0)
      #expect(try await proxy.notes() == Array(0..<20))
      // A host does not wait for a worker, whatever it binds.
      let back = makePipe(of: Oracle.self)
      try back.receiver.bind(Oracle.handlers(HostOracle(proxy)))
      let own = Oracle.Proxy(try back.remote.bind())
      #expect(throws: CallError.self) { try Self.wait(own) }
    }
  }

  @Test("A worker that waits in vain gets its deadline, and one whose host ends it ends")
  func waitingInVain() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn("travel")
      let proxy = Traveller.Proxy(try worker.remote(Traveller.self))
      let (remote, receiver) = makePipe(of: Oracle.self)
      let (asked, question) = AsyncStream.makeStream(of: UInt32.self)
      try receiver.bind(Oracle.handlers(SilentOracle(question)))
      let consulting = Task { try await proxy.consult(oracle: remote, count: 1) }
      for await _ in asked { break }
      // Nobody answers; the worker is told to finish while it waits.
      #expect(await worker.finish(within: .seconds(5)).cause == .finished)
      await #expect(throws: CallError.self) { try await consulting.value }
    }
  }

  private static func wait(_ oracle: Oracle.Proxy) throws -> UInt32 { try oracle.ask(number: 1) }

  // MARK: Interfaces that share a pipe, and streams

  @Test("Interfaces that share a pipe have one order, there and back")
  func sharing() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let (pending, receiver) = makeAssociated(of: Companion.self)
      try await proxy.join(receiver: receiver)
      let companion = Companion.Proxy(try pending.bind())
      for number in stride(from: UInt32(0), to: 200, by: 2) {
        try await proxy.note(number: number)
        try await companion.note(number: number + 1)
      }
      #expect(try await proxy.notes() == Array(0..<200))
      #expect(try await companion.echo(text: "beside") == "beside")
      let host = HostCompanion()
      let back = makeAssociated(of: Companion.self)
      try back.receiver.bind(Companion.handlers(host))
      try await proxy.follow(remote: back.remote, count: 50)
      #expect(await host.untilFollowed() == Array(0..<50))
    }
  }

  @Test("A stream goes through a worker and comes back whole")
  func streams() async throws {
    try await TestHost.with { test in
      let proxy = try await Self.traveller(test)
      let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let (out, back) = (makeDataPipe(), makeDataPipe())
      async let count = proxy.copy(from: out.consumer, to: back.producer)
      let writer = try out.producer.bind()
      let sending = Task {
        try await writer.write(bytes)
        try writer.finish()
      }
      #expect(try await back.consumer.bind().collect(atMost: bytes.count) == bytes)
      #expect(try await count == 1 << 20)
      try await sending.value
    }
  }

  @Test("A worker that never reads a stream and trickles another harms only those")
  func dawdling() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn("travel")
      let proxy = Traveller.Proxy(try worker.remote(Traveller.self))
      let (out, back) = (makeDataPipe(), makeDataPipe())
      try await proxy.dawdle(from: out.consumer, to: back.producer)
      let writer = try out.producer.bind()
      let limit = Duration.milliseconds(300)
      let bytes = [UInt8](repeating: 1, count: 4 << 20)
      let writing = Task { try await writer.write(bytes, within: limit) }
      for _ in 0..<50 { #expect(try await proxy.echo(text: "quick") == "quick") }
      await #expect(throws: CallError.deadlineMissed(limit)) { try await writing.value }
      let reader = try back.consumer.bind()
      var all: [UInt8] = []
      while all.count < 100 { all += try #require(await reader.read()) }
      #expect(all == Array(0..<100))
      await worker.kill()
      let ended = await #expect(throws: CallError.self) { try await reader.read() }
      guard case .workerEnded = ended else {
        Issue.record("\(String(describing: ended))")
        return
      }
    }
  }

  @Test("A pipe that two interfaces share, and a stream, join two workers through the host")
  func betweenWorkers() async throws {
    try await TestHost.with { test in
      let (first, second) = (try await Self.traveller(test), try await Self.traveller(test))
      let (out, back) = (makeDataPipe(), makeDataPipe())
      let between = makeDataPipe()
      async let one = first.copy(from: out.consumer, to: between.producer)
      async let two = second.copy(from: between.consumer, to: back.producer)
      let writer = try out.producer.bind()
      let reader = try back.consumer.bind()
      try await writer.write([1, 2, 3])
      try writer.finish()
      #expect(try await reader.collect(atMost: 10) == [1, 2, 3])
      #expect(try await one + two == 6)
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(
    _ transform: (Element) async throws -> Value
  ) async throws -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
