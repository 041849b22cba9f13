import MageHost
import MagePolicy
import ProbeInterface
import TestSupport
import Testing

/// An interface's `[Sandbox]` and `[From]`, held against what a worker is bound to.
@Suite(.timeLimit(.minutes(10))) struct InterfaceRulesTests {
  private enum Careful: Interface {
    static let name = "test.Careful"
    static let sandbox: String? = "renderer"
  }

  private enum Elsewhere: Interface {
    static let name = "test.Elsewhere"
    static let sandbox: String? = "no-such-policy"
  }

  private enum HostCalls: Interface {
    static let name = "test.HostCalls"
    static let from: CallingSide? = .host
  }

  private enum WorkerCalls: Interface {
    static let name = "test.WorkerCalls"
    static let from: CallingSide? = .worker
  }

  private static let library = PolicyLibrary(directory: Places.policies)

  /// What spawning for an interface says under the renderer's policy, changed; `nil` when it succeeds.
  private func refusal(
    of interface: any Interface.Type, library: PolicyLibrary? = library,
    under change: (inout Policy) -> Void = { _ in }
  ) async throws -> String? {
    var policy = try Self.library.policy(named: "renderer")
    change(&policy)
    let host = try Host(policies: library)
    var said: String?
    do {
      _ = try await host.spawn(TestHost.worker, policy: policy, implements: [interface])
    } catch .notPossible(let reason) {
      said = reason
    }
    await host.shutDown()
    return said
  }

  @Test("A worker under the named policy, or under a stricter one of another name, is started")
  func admitted() async throws {
    #expect(try await refusal(of: Careful.self) == nil)
    let stricter = try await refusal(of: Careful.self) {
      $0.name = "mine"
      $0.limits.memory = 64 << 20
    }
    #expect(stricter == nil)
  }

  @Test("One under a weaker policy is refused before it starts, and told in what and what to do")
  func weaker() async throws {
    let said = try #require(
      try await refusal(of: Careful.self) {
        $0.name = "mine"
        $0.limits.memory = 512 << 20
        $0.fileSystem.readOnly = ["/etc"]
      })
    for word in [
      "test.Careful", "'renderer'", "'mine'", "filesystem { ro \"/etc\" }",
      "limits { memory 512MiB }, where the other has memory 256MiB", "Spawn the worker under",
    ] {
      #expect(said.contains(word), "\(said)")
    }
  }

  @Test("A policy that is weaker under the same name is refused where there is a library")
  func falseName() async throws {
    let weaken: (inout Policy) -> Void = { $0.limits.cpu = .seconds(60) }
    let said = try await refusal(of: Careful.self, under: weaken)
    #expect(said?.contains("cpu 60s") == true)
    #expect(try await refusal(of: Careful.self, library: nil, under: weaken) == nil)
  }

  @Test("Without a library a policy of another name is refused, and told how to have it compared")
  func noLibrary() async throws {
    let said = try await refusal(of: Careful.self, library: nil) { $0.name = "mine" }
    #expect(said?.contains("Host(policies:)") == true)
  }

  @Test("A policy that is not in the library is refused by its name")
  func unknownPolicy() async throws {
    let said = try await refusal(of: Elsewhere.self)
    #expect(said?.contains("no-such-policy") == true)
  }

  @Test("The rest of a long list of grants is counted")
  func manyGrants() async throws {
    let said = try await refusal(of: Careful.self) {
      $0.fileSystem.readOnly = ["/etc", "/home", "/mnt", "/opt", "/srv", "/usr", "/var"]
    }
    #expect(said?.contains("and 3 more") == true)
  }

  @Test("Binding looks too, for those that were not told of at the launch")
  func binding() async throws {
    let rename: (inout Policy) -> Void = { $0.name = "mine" }
    try await TestHost.with(rename) { test in
      let worker = try await test.spawn()
      let error = #expect(throws: CallError.self) { try worker.remote(Careful.self) }
      #expect(error.map { "\($0)" }?.contains("test.Careful") == true)
      // The pipe was not taken by the attempt.
      _ = try worker.remote(Probe.self)
    }
  }

  @Test("A side binds only what [From] leaves to it")
  func sides() async throws {
    #expect(try await refusal(of: WorkerCalls.self)?.contains("receive(_:)") == true)
    #expect(try await refusal(of: HostCalls.self) == nil)
    try await TestHost.with { test in
      let worker = try await test.spawn()
      #expect(throws: CallError.self) { try worker.remote(WorkerCalls.self) }
      let error = #expect(throws: CallError.self) { try worker.receive(Handlers<HostCalls>()) }
      #expect(error.map { "\($0)" }?.contains("remote(_:)") == true)
      try worker.receive(Handlers<WorkerCalls>())
    }
  }

  @Test("A host implements no interface that wants a sandbox")
  func hostImplements() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn()
      let error = #expect(throws: CallError.self) { try worker.receive(Handlers<Careful>()) }
      #expect(error.map { "\($0)" }?.contains("'renderer'") == true)
    }
  }
}
