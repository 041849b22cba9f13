import Glibc
import MageHost
import MagePolicy
import MageSystem
import ProbeInterface
import Testing

/// Two workers of one host, of which one is taken over and reaches for the other.
@Suite(.timeLimit(.minutes(10))) struct NeighbourTests {
  private typealias Pair = (hostile: WorkerProcess, attempt: Probe.Proxy, other: Probe.Proxy)

  /// How an attempt ends that has succeeded (CAttempts.h).
  private static let achieved: Int32 = 240
  private static let name = "x0100" + "006d616765"  // AF_UNIX, NUL, "mage"
  private static let nameSize = 7

  private static let bind = "41 1 2 0 0 0 0 49 r \(name) \(nameSize) 0 0 0"
  private static let connect = "41 1 2 0 0 0 0 42 r \(name) \(nameSize) 0 0 0"
  /// One byte, from anywhere: the kernel looks for the process first.
  private static let readMemory = "310 PID \(oneByte) 1 \(oneByte) 1 0"
  private static let oneByte = "x00100000000000000100000000000000"
  private static let makeSecret = "257 -100 s/scratch/secret 66 384 0 0"
  private static let openSecret = "257 -100 s/scratch/secret 0 0 0 0"

  /// What no shipped policy lets a worker do. Where the filter does not help, namespaces, users and views have to hold.
  private static func weaken(_ policy: inout Policy, _ network: Namespaces.Network) {
    policy.namespaces.network = network
    policy.fileSystem.temporary = [.init(path: "/scratch", size: 1 << 16)]
    let plain = ["kill", "prlimit64", "pidfd_open", "socket", "bind", "connect", "openat"]
    let dangerous = ["ptrace", "process_vm_readv"]
    policy.serve = PhaseRules(
      policy.serve.rules.filter { !(plain + dangerous).contains($0.call) }
        + plain.map { Rule(.allow, $0) }
        + dangerous.map { Rule(.allow, $0, dangerousReason: "the filter must not help") })
  }

  private func withPair(
    unfilteredIn network: Namespaces.Network? = nil,
    _ body: (TestHost, Pair, Int32) async throws -> Void
  ) async throws {
    let change: (inout Policy) -> Void = { policy in
      if let network { Self.weaken(&policy, network) }
    }
    try await TestHost.with(change) { (test) async throws in
      let (hostile, attempt) = try await test.probe()
      let (other, probe) = try await test.probe()
      #expect(try await probe.echo(text: "here") == "here")
      try await body(test, (hostile, attempt, probe), other.pid)
      #expect(try await probe.echo(text: "still here") == "still here")
    }
  }

  @Test(
    "Under a shipped policy a worker that reaches for its neighbour is ended for the call",
    arguments: [
      ("62 PID 0 0 0 0 0", "kill"), ("101 0x4206 PID 0 0 0 0", "ptrace"),
      ("302 PID 7 0 z16 0 0", "prlimit64"), (readMemory, "process_vm_readv"),
      ("434 PID 0 0 0 0 0", "pidfd_open"), (connect, "socket"), (openSecret, "openat"),
    ])
  func shipped(_ words: String, _ call: String) async throws {
    try await withPair { (_, pair, pid) async throws in
      _ = try? await pair.attempt.attempt(words: Self.words(words, pid))
      guard case .forbiddenCall(let forbidden) = await pair.hostile.ending().cause else {
        Issue.record("\(await pair.hostile.ending())")
        return
      }
      #expect(forbidden.name == call)
    }
  }

  @Test("Where no filter refuses the calls, there is no neighbour whom they could reach")
  func processes() async throws {
    try await withPair(unfilteredIn: .own) { (_, pair, pid) async throws in
      // The number that the machine knows it by, and everybody whom the worker can see.
      for words in [
        "62 PID 0 0 0 0 0", "62 -1 0 0 0 0 0", "101 0x4206 PID 0 0 0 0", "302 PID 7 0 z16 0 0",
        Self.readMemory, "434 PID 0 0 0 0 0",
      ] {
        let status = try await pair.attempt.attempt(words: Self.words(words, pid))
        #expect(status == ESRCH, "\(words)")
      }
      // The calls themselves work: on the caller.
      for words in ["62 1 0 0 0 0 0", "302 1 7 0 z16 0 0", "434 1 0 0 0 0 0"] {
        #expect(try await pair.attempt.attempt(words: words) == Self.achieved, "\(words)")
      }
      let entry = "257 -100 s/proc/\(pid)/stat 0 0 0 0"
      #expect(try await pair.attempt.attempt(words: entry) == ENOENT)
    }
  }

  @Test("A temporary directory is its worker's alone, though both have one of that name")
  func temporary() async throws {
    try await withPair(unfilteredIn: .own) { (_, pair, _) async throws in
      #expect(try await pair.other.attempt(words: Self.makeSecret) == Self.achieved)
      #expect(try await pair.other.attempt(words: Self.openSecret) == Self.achieved)
      #expect(try await pair.attempt.attempt(words: Self.openSecret) == ENOENT)
    }
  }

  @Test("A neighbour's abstract socket is out of reach: in another network it is not there")
  func abstractSocket() async throws {
    try await checkSocket(.own, ECONNREFUSED)
  }

  @Test(
    "In the network that workers share, Landlock keeps it out of reach",
    .enabled("the kernel's Landlock knows no scopes") { (Landlock.version ?? 0) >= 6 })
  func abstractSocketInSharedNetwork() async throws {
    try await checkSocket(.sharedEmpty, EPERM)
  }

  private func checkSocket(_ network: Namespaces.Network, _ errno: Int32) async throws {
    try await withPair(unfilteredIn: network) { (_, pair, _) async throws in
      #expect(try await pair.other.attempt(words: Self.bind) == Self.achieved)
      #expect(try await pair.other.attempt(words: Self.connect) == Self.achieved)
      #expect(try await pair.attempt.attempt(words: Self.connect) == errno)
    }
  }

  private static func words(_ text: String, _ pid: Int32) -> String {
    text.split(separator: " ").map { $0 == "PID" ? "\(pid)" : String($0) }.joined(separator: " ")
  }
}
