import MageHost
import MagePipes
import MageSystem
import ProbeInterface
import TestSupport
import Testing

/// Worker kinds: what they refuse, and what becomes of workers that end.
@Suite(.timeLimit(.minutes(10))) struct KindTests {
  private enum Confined: Interface {
    static let name = "test.Confined"
    static let sandbox: String? = "minimal"
  }

  private enum Asking: Interface {
    static let name = "test.Asking"
    static let from: CallingSide? = .worker
  }

  private enum Asked: Interface {
    static let name = "test.Asked"
    static let from: CallingSide? = .host
  }

  private func kind(
    _ test: TestHost, offers: [any Interface.Type] = [Probe.self],
    accepts: [any Interface.Type] = [], start: WorkerKind.Start = .alone,
    _ pool: PoolLimits = PoolLimits(maximum: 1, waitDeadline: .seconds(100)),
    inputs: InputRule = InputRule(), retries: Int = 1, change: (inout WorkerKind) -> Void = { _ in }
  ) -> WorkerKind {
    var kind = WorkerKind(
      "probe", executable: TestHost.worker, policy: test.policy, offers: offers, accepts: accepts,
      start: start, pool: pool, inputs: inputs, retries: retries, callDeadline: .seconds(60))
    change(&kind)
    return kind
  }

  private func region() throws -> MagePipes.Attachment {
    let memory = try SharedMemory.create(name: "count", size: 4096)
    return SharedRegion(SharedDescriptor(memory), count: 4096).attachment
  }

  /// What `body` makes the host say.
  private func events(
    _ body: (TestHost) async throws -> Void
  ) async throws -> [HostEvent.Kind] {
    let test = try TestHost()
    let events = test.host.events(buffer: 10_000)
    do {
      try await body(test)
      await test.host.shutDown()
    } catch {
      await test.host.shutDown()
      throw error
    }
    return await events.reduce(into: []) { $0.append($1.kind) }
  }

  // MARK: Refused at launch

  @Test(
    "A kind whose interfaces disagree with its policy or with who calls starts nothing",
    arguments: [
      ([Confined.self] as [any Interface.Type], [] as [any Interface.Type], "minimal"),
      ([Asking.self], [], "[From=worker]"), ([Probe.self], [Asked.self], "[From=host]"),
    ])
  func disagreement(
    offers: [any Interface.Type], accepts: [any Interface.Type], reason: String
  ) async throws {
    let seen = try await events { test in
      let kind = kind(
        test, offers: offers, accepts: accepts, PoolLimits(minimum: 1, maximum: 1))
      let error = await #expect(throws: SpawnError.self) {
        _ = try await test.host.pool(of: kind) { $0 }
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(reason))
      await #expect(throws: SpawnError.self) { try await test.host.spawn(kind) }
    }
    #expect(seen.isEmpty, "nothing was launched")
  }

  @Test("What a kind does not declare its workers are not bound to")
  func undeclared() async throws {
    try await TestHost.with { test in
      let kind = kind(test, offers: [Asked.self])
      let error = await #expect(throws: SpawnError.self) {
        _ = try await test.host.pool(of: kind, calling: Probe.self)
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains("does not offer interface test.Probe"))
      let worker = try await test.host.spawn(kind)
      #expect(throws: CallError.self) { try worker.remote(Probe.self) }
      #expect(throws: CallError.self) { try worker.receive(Handlers<Asking>()) }
    }
  }

  // MARK: Calls on a pool

  @Test("Calls go to whichever worker is free", arguments: [false, true])
  func routed(fromTemplate: Bool) async throws {
    try await TestHost.with { test in
      let kind = kind(
        test, start: fromTemplate ? .fromTemplate(ready: 1) : .alone,
        PoolLimits(maximum: 2, waitDeadline: .seconds(100)))
      let pool = try await test.host.pool(of: kind, calling: Probe.self)
      let probe = Probe.Proxy(pool.remote())
      try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<20 { group.addTask { try await probe.echo(text: "\(index)") } }
        let answers = try await group.reduce(into: Set()) { $0.insert($1) }
        #expect(answers == Set((0..<20).map { "\($0)" }))
      }
      #expect(await pool.count <= 2)
      #expect(await pool.status.kind == "probe")
    }
  }

  @Test("A one-way message to a whole pool, and taking its pipe, are refused")
  func refused() async throws {
    try await TestHost.with { test in
      let pool = try await test.host.pool(of: kind(test), calling: Probe.self)
      let remote: Remote<Probe> = pool.remote()
      let error = await #expect(throws: CallError.self) {
        try await Probe.Proxy(remote).note(text: "to whom?")
      }
      guard case .refused = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(throws: EndpointError.pooled) { _ = try remote.unbind() }
    }
  }

  @Test("A call marked idempotent is made again when its worker crashed; no other is")
  func retried() async throws {
    let seen = try await events { test in
      let pool = try await test.host.pool(of: kind(test), calling: Probe.self)
      let probe = Probe.Proxy(pool.remote())
      #expect(try await probe.again(count: region()) == 2)
      let error = await #expect(throws: CallError.self) {
        try await probe.onlyOnce(count: region())
      }
      guard case .workerEnded(let ending) = error, case .crashed = ending.cause else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    #expect(seen.count { if case .callRetried("probe", _) = $0 { true } else { false } } == 1)
  }

  @Test("Not more often than the kind says")
  func retriesEnd() async throws {
    let seen = try await events { test in
      let pool = try await test.host.pool(of: kind(test, retries: 0), calling: Probe.self)
      await #expect(throws: CallError.self) {
        try await Probe.Proxy(pool.remote()).again(count: region())
      }
    }
    #expect(!seen.contains { if case .callRetried = $0 { true } else { false } })
  }

  // MARK: Inputs

  @Test(
    "An input over which workers keep ending is refused, and costs no more workers; others are served"
  )
  func poison() async throws {
    let seen = try await events { test in
      let kind = kind(test, inputs: InputRule(deaths: 2, refusal: .seconds(1000)))
      let pool = try await test.host.pool(of: kind, calling: Probe.self)
      let poison = Probe.Proxy(pool.remote(input: InputKey("poison")))
      for _ in 0..<2 {
        await #expect(throws: CallError.self) { try await poison.commit(crime: "crash-segv") }
      }
      for _ in 0..<5 {
        let error = await #expect(throws: CallError.self) {
          try await poison.commit(crime: "crash-segv")
        }
        guard case .noWorker(.inputRefused(deaths: 2, _)) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      await #expect(throws: PoolError.self) {
        try await pool.withWorker(input: InputKey("poison")) { _, _ in }
      }
      let good = Probe.Proxy(pool.remote(input: InputKey("good")))
      #expect(try await good.echo(text: "fine") == "fine")
      #expect(await pool.status.refusedInputs == 1)
    }
    let crashes = seen.count {
      if case .ended(_, let ending) = $0, case .crashed = ending.cause { true } else { false }
    }
    #expect(crashes == 2)
    #expect(
      seen.count { if case .inputRefused("probe", deaths: 2, _) = $0 { true } else { false } } == 1)
  }

  @Test("A worker that the host itself killed is held against no input")
  func killed() async throws {
    try await TestHost.with { test in
      let kind = kind(test, inputs: InputRule(deaths: 1))
      let pool = try await test.host.pool(of: kind, calling: Probe.self)
      for _ in 0..<3 {
        _ = try await pool.withWorker(input: InputKey("fine")) { _, worker in await worker.kill() }
      }
      #expect(await pool.status.refusedInputs == 0)
    }
  }

  @Test("A worker whose caller gave up is not lent to the next one")
  func abandoned() async throws {
    try await TestHost.with { test in
      let pool = try await test.host.pool(of: kind(test), calling: Probe.self)
      let stuck = Task {
        try await pool.withWorker(input: InputKey("slow")) { remote, worker in
          try? await Probe.Proxy(remote).commit(crime: "never-reply")
          return worker.identity
        }
      }
      while await pool.status.lent == 0 { await Task.yield() }
      try await Task.sleep(for: .milliseconds(50))
      stuck.cancel()
      let first = try await stuck.value
      let second = try await pool.withWorker { (remote, worker) async throws in
        #expect(try await Probe.Proxy(remote).echo(text: "next") == "next")
        return worker.identity
      }
      #expect(first != second)
    }
  }

  // MARK: Restarts

  @Test("A kind that cannot start gives up, says why at once, and comes back when it can")
  func givesUp() async throws {
    let seen = try await events { test in
      let kind = kind(test) {
        $0.arguments = ["exit"]
        $0.restart = RestartRule(
          first: .milliseconds(1), longest: .milliseconds(2), failuresBeforeGivingUp: 3)
      }
      let pool = try await test.host.pool(of: kind, calling: Probe.self)
      let probe = Probe.Proxy(pool.remote())
      for _ in 0..<6 {
        let error = await #expect(throws: CallError.self) { try await probe.echo(text: "") }
        guard case .noWorker(.cannotStart(let reason)) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(reason.contains("before it was invited"))
      }
      #expect(await pool.status.hasGivenUp)
    }
    #expect(seen.count { if case .restartGivenUp("probe", _) = $0 { true } else { false } } == 1)
    #expect(seen.contains { if case .restartDelayed = $0 { true } else { false } })
  }

  @Test("A worker is replaced after its uses, calls on the whole pool included")
  func recycled() async throws {
    try await TestHost.with { test in
      let limits = PoolLimits(maximum: 1, waitDeadline: .seconds(100), usesPerWorker: 2)
      let pool = try await test.host.pool(of: kind(test, limits), calling: Probe.self)
      let probe = Probe.Proxy(pool.remote())
      var identities: Set<WorkerIdentity> = []
      for _ in 0..<3 {
        _ = try await probe.echo(text: "one")
        identities.insert(try await pool.withWorker { _, worker in worker.identity })
      }
      #expect(identities.count == 3)
    }
  }

  // MARK: The end

  @Test("A shutdown with a grace lets calls finish that have begun, and refuses new ones")
  func drains() async throws {
    let test = try TestHost()
    let pool = try await test.host.pool(of: kind(test), calling: Probe.self)
    let (gate, goOn) = (Gate(), Gate())
    let caller = Task {
      try await pool.withWorker { remote, _ in
        await gate.open()
        await goOn.wait()
        return try await Probe.Proxy(remote).echo(text: "finished")
      }
    }
    await gate.wait()
    let shutDown = Task { await test.host.shutDown(within: .seconds(60)) }
    while await !pool.isDraining { await Task.yield() }
    await #expect(throws: PoolError.self) { try await pool.withWorker { _, _ in } }
    await goOn.open()
    #expect(try await caller.value == "finished")
    await shutDown.value
  }

  @Test("One that does not finish is ended when the grace is over")
  func drainEnds() async throws {
    let test = try TestHost()
    let pool = try await test.host.pool(of: kind(test), calling: Probe.self)
    let caller = Task {
      try await pool.withWorker { remote, _ in
        try await Probe.Proxy(remote).commit(crime: "never-reply")
      }
    }
    while await pool.status.lent == 0 { await Task.yield() }
    await test.host.shutDown(within: .milliseconds(100))
    await #expect(throws: (any Error).self) { try await caller.value }
  }
}

/// Opened once.
private actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func open() {
    isOpen = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }

  func wait() async {
    guard !isOpen else { return }
    await withCheckedContinuation { waiting.append($0) }
  }
}
