import Glibc
import MagePolicy
import MageSeccomp
import MageSystem
import ProbeInterface
import TestSupport
import Testing

@testable import MageHost

/// What goes wrong with templates, and what is left then.
@Suite(.timeLimit(.minutes(10))) struct TemplateFailureTests {
  private func prepare(
    _ test: TestHost, _ arguments: [String] = [], ready: Int = 0
  ) async throws(SpawnError) -> WorkerTemplate {
    try await test.host.prepare(
      StaticWorkerTests.worker, policy: test.policy, arguments: arguments, ready: ready)
  }

  private func echo(_ worker: WorkerProcess) async throws -> String {
    try await Probe.Proxy(try worker.remote(Probe.self)).echo(text: "hello")
  }

  @Test("A policy that refuses templates gets none")
  func refused() async throws {
    let change: (inout Policy) -> Void = { $0.allowsTemplates = false }
    try await TestHost.with(change) { test in
      let error = await #expect(throws: SpawnError.self) { try await prepare(test) }
      #expect(error.map { "\($0)" } == "policy renderer refuses templates")
      // It says nothing about workers that are started one by one.
      _ = try await test.spawn()
    }
  }

  @Test("A prepare step that throws is told, and no template is left")
  func prepareThrows() async throws {
    try await TestHost.with { test in
      let error = await #expect(throws: SpawnError.self) { try await prepare(test, ["fail"]) }
      #expect(error.map { "\($0)" }?.contains("Failure") == true, "\(String(describing: error))")
    }
  }

  @Test("A template whose prepare step starts a thread is not accepted")
  func threadInPrepare() async throws {
    let threads: (inout Policy) -> Void = { policy in
      let names = ["clone", "rseq", "set_robust_list", "mprotect", "sched_getaffinity"]
      let flags = Condition.comparison(Comparison("flags", .equal(ConstantValue(0x3D_0F00))))
      policy.startup = PhaseRules(
        policy.startup.rules
          + names.map { Rule(.allow, $0, when: $0 == "clone" ? flags : nil) })
    }
    try await TestHost.with(threads) { test in
      let error = await #expect(throws: SpawnError.self) {
        try await prepare(test, ["start-thread"])
      }
      #expect(error.map { "\($0)" }?.contains("2 threads") == true, "\(String(describing: error))")
    }
  }

  @Test("What a template's preparation costs is not held against its limit on processor time")
  func costlyPreparation() async throws {
    let change: (inout Policy) -> Void = { $0.limits.cpu = .milliseconds(100) }
    try await TestHost.with(change) { test in
      let template = try await prepare(test, ["work"])
      let worker = try await template.spawn()
      await worker.kill()
      await template.close()
    }
  }

  @Test("A process with threads refuses to be forked, and says why")
  func threads() throws {
    let socket = try PacketSocket.pair()
    let reports = try PacketSocket.pair()
    let release = try Pipe.make()
    var request = LaunchRequest(
      namespaces: .user,
      identity: LaunchRequest.Identity(
        insideUser: 0, outsideUser: 0, insideGroup: 0, outsideGroup: 0, deniesSetGroups: true))
    request.append(.resume)
    let readEnd = SharedDescriptor(release.takeReadEnd())
    let near = reports.peer
    let peer = socket.peer
    let far = reports.takeSocket()
    try Self.submit(
      socket.takeSocket(), request.encoded, [near.number, readEnd.number])
    // This process has threads: those of the tests.
    #expect(!TemplateService.serve(peer.number))
    guard case .failed(let failure) = try far.receiveLaunchReport() else {
      Issue.record("no failure")
      return
    }
    #expect(failure.place == .threads)
    #expect(failure.error == SystemError("unshare(CLONE_THREAD)", errno: EINVAL))
    let text = "\(LaunchError(failure, steps: []))"
    #expect(text.contains("has started a thread"), "\(text)")
  }

  /// Sends one packet and closes.
  private static func submit(
    _ socket: consuming PacketSocket, _ bytes: [UInt8], _ descriptors: [Int32]
  ) throws {
    try socket.send(bytes, descriptors: descriptors)
  }

  @Test("A template that is killed is replaced, and its forks live on")
  func killed() async throws {
    try await TestHost.with { test in
      let template = try await prepare(test)
      let old = try #require(await template.pid)
      let worker = try await template.spawn()
      #expect(kill(old, SIGKILL) == 0)
      while await template.pid == old { await Task.yield() }
      let next = try await template.spawn()
      #expect(try await echo(worker) == "hello")
      #expect(try await echo(next) == "hello")
      let new = await template.pid
      #expect(new != old && new != nil)
    }
  }

  @Test("A template that is killed with requests in its hands costs nobody a worker")
  func killedInUse() async throws {
    try await TestHost.with { test in
      let template = try await prepare(test)
      for _ in 0..<3 {
        let old = try #require(await template.pid)
        // Stopped, it has all the requests and has answered none when it dies.
        #expect(kill(old, SIGSTOP) == 0)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
          for _ in 0..<4 { group.addTask { try await echo(try await template.spawn()) } }
          group.addTask {
            usleep(20_000)
            kill(old, SIGKILL)
            return "killed"
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.sorted() == ["hello", "hello", "hello", "hello", "killed"])
        while await template.pid == nil { await Task.yield() }
      }
    }
  }

  @Test("A fork that fails half way names its step and leaves the template well")
  func halfWay() async throws {
    try await TestHost.with { test in
      let core = test.host.core
      let plan = try await core.plan(
        StaticWorkerTests.worker, test.policy, [], isTemplate: true)
      let keeper = TemplateKeeper(core, plan, WorkerContract(kind: "tests"), stockSize: 0)
      let control = try await keeper.control().get()
      var faulty = plan
      faulty.launch.policy.fileSystem.temporary = [.init(path: "/gone", size: 4096)]
      let error = await #expect(throws: SpawnError.self) {
        try await core.launch(faulty, .fork(control), WorkerContract(kind: "tests")).get()
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("mount a temporary directory at /gone"), "\(text)")
      #expect(try await echo(try await keeper.spawn().get()) == "hello")
      await keeper.close()
    }
  }

  @Test("A fork in its template's namespace is not proven, nor is one in the host's")
  func sharedNamespace() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn()
      let uts = try NamespaceKind.uts.identity(of: "\(worker.pid)")
      let mine = try NamespaceKind.identities(of: "self")
      let shared = SealProof(namespaces: [.uts], filters: 2, own: mine, others: [.uts: uts])
      #expect(
        shared.verdict(on: worker.pid) == .broken("it shares its template's uts namespace"))
      let own = SealProof(namespaces: [.uts], filters: 2, own: mine, others: [.uts: "uts:[1]"])
      #expect(own.verdict(on: worker.pid) == .holds)
      // Without the host's to compare with nothing is proven.
      let blind = SealProof(namespaces: [.uts], filters: 2, own: [:])
      #expect(
        blind.verdict(on: worker.pid) == .broken("the host's uts namespace is not known"))
    }
  }

  @Test("What a template's start-up filter adds is not in the serve filter of its forks")
  func filters() throws {
    let policy = try PolicyLibrary(directory: Places.policies).policy(named: "renderer")
    let cold = try FilterCompiler.compile(policy)
    let template = try FilterCompiler.compile(TemplateRules.policy(policy))
    #expect(template.serve == cold.serve)
    #expect(template.startup != cold.startup)
  }

  @Test("Closing a template ends it and the forks that nobody took, and not the others")
  func closed() async throws {
    try await TestHost.with { test in
      let template = try await prepare(test, ready: 2)
      let pid = try #require(await template.pid)
      let worker = try await template.spawn()
      await template.close()
      #expect(!exists(pid))
      #expect(try await echo(worker) == "hello")
      await #expect(throws: SpawnError.self) { try await template.spawn() }
    }
  }

  @Test("A template that is closed while it starts again does not stay")
  func closedWhileStarting() async throws {
    try await TestHost.with { test in
      let core = test.host.core
      let plan = try await core.plan(StaticWorkerTests.worker, test.policy, [], isTemplate: true)
      for _ in 0..<5 {
        let keeper = TemplateKeeper(core, plan, WorkerContract(kind: "tests"), stockSize: 0)
        async let control = keeper.control()
        // The start is on its way, and then the close comes.
        while await core.supervisorCount == 0 { await Task.yield() }
        await keeper.close()
        _ = await control
        while await core.supervisorCount > 0 { await Task.yield() }
        #expect(await keeper.templatePID == nil)
      }
    }
  }

  @Test("Templates and their forks leave nothing behind")
  func leaks() throws {
    let run = try Command.run(Places.product("leak-counter"), ["50", "template"])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("nothing left of 50 workers"))
  }

  @Test("A host that is killed takes its template and its forks with it")
  func hostKilled() throws {
    let run = try Command.run(Places.product("leak-counter"), ["0", "die"])
    #expect(run.status == 128 + SIGKILL, "\(run.output)\(run.errors)")
    let pids = run.output.split { $0.isWhitespace }.compactMap { Int32($0) }
    #expect(pids.count == 3, "\(run.output)")
    // The kernel kills them as the host's thread ends; a moment may pass until it has come to each of them.
    while pids.contains(where: exists) { sched_yield() }
  }
}

/// When something that ended is started again.
@Suite struct BackOffTests {
  @Test("The first start is at once, later ones after ever longer, and a long life is forgiven")
  func delays() {
    var backOff = BackOff()
    let start = MonotonicTime.now
    #expect(backOff.next(start) == start)
    var waits: [Duration] = []
    for _ in 0..<9 {
      backOff.start(start)
      backOff.ended(start)
      waits.append(backOff.next(start).since(start))
    }
    #expect(waits.first == .milliseconds(50))
    #expect(waits == waits.sorted())
    #expect(waits.last == .seconds(5))
    backOff.start(start)
    let later = start.advanced(by: .seconds(60))
    backOff.ended(later)
    #expect(backOff.next(later) == later)
  }
}
