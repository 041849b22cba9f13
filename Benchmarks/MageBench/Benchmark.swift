internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

/// One thing to measure and what to hold it against.
struct Benchmark: Sendable {
  let name: String
  let what: String
  let peer: String
  let target: Double
  /// One round: the own median and the peer's, in nanoseconds, measured one after the other.
  let round: @Sendable (Setting) async throws -> (own: UInt64, floor: UInt64)
}

/// What every benchmark needs.
struct Setting: Sendable {
  let host: Host
  let policy: Policy
  let worker: String

  init() throws {
    host = try Host()
    policy = try PolicyLibrary(directory: Self.policies).policy(named: "renderer")
    worker = Self.directory + "/hostile-worker"
  }

  func probe() async throws -> (WorkerProcess, Remote<Probe>) {
    let worker = try await host.spawn(worker, policy: policy)
    return (worker, try worker.remote(Probe.self))
  }

  private static var directory: String {
    let path = (try? FileReading.link("/proc/self/exe")) ?? ""
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  private static var policies: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/SandboxPolicies"
  }
}

extension Benchmark {
  /// A request and a reply of 64 bytes of text.
  private static let text = Text(String(repeating: "x", count: 64))

  static let all = [
    Benchmark(
      name: "roundtrip.hot", what: "64-byte request and reply", peer: "blocking C socketpair",
      target: 0.10
    ) { try await roundTrip($0, pinnedTo: -1) },
    Benchmark(
      name: "roundtrip.one-core", what: "the same, both on one core",
      peer: "blocking C socketpair, pinned", target: 0.7
    ) { setting in
      // What a host starts inherits its thread's processor, so this one makes a host of its own.
      guard floor_pin(0) == 0 else { throw SystemError("sched_setaffinity", errno: errno) }
      defer { _ = floor_pin(-1) }
      let pinned = try Setting()
      let result = try await roundTrip(pinned, pinnedTo: 0)
      await pinned.host.shutDown()
      return result
    },
    Benchmark(
      name: "spawn.cold", what: "spawn to first reply", peer: "bwrap --unshare-all /bin/true",
      target: 0.5, round: spawn),
    Benchmark(
      name: "spawn.large-host", what: "the same from a host with 1 GiB touched",
      peer: "spawn.cold", target: 1.2, round: spawnFromLargeHost),
    Benchmark(
      name: "kill.malformed", what: "bad frame sent to worker reaped",
      peer: "pidfd SIGKILL to reaped in C", target: 1.5, round: kill),
  ]

  private static func roundTrip(
    _ setting: Setting, pinnedTo processor: Int32
  ) async throws -> (own: UInt64, floor: UInt64) {
    let (worker, probe) = try await setting.probe()
    let own = try await Task(executorPreference: setting.host.executor) {
      _ = try await Samples.measure(500) { _ = try await probe.call(Probe.echo, text) }
      return try await Samples.measure(5000) { _ = try await probe.call(Probe.echo, text) }
    }.value
    await worker.finish()
    var nanoseconds = [UInt64](repeating: 0, count: 5000)
    _ = floor_pin(processor)
    guard floor_ping_pong(5000, 64, &nanoseconds) == 0 else {
      throw SystemError("socketpair", errno: EIO)
    }
    return (own.median, Samples(nanoseconds).median)
  }

  private static func spawnToReply(_ setting: Setting) async throws -> UInt64 {
    let samples = try await Samples.measure(20) {
      let (worker, probe) = try await setting.probe()
      _ = try await probe.call(Probe.echo, text)
      // Its end costs as much as it costs; what is measured is the way to the reply.
      Task { await worker.kill() }
    }
    return samples.median
  }

  private static func spawn(_ setting: Setting) async throws -> (own: UInt64, floor: UInt64) {
    (try await spawnToReply(setting), try bubblewrap())
  }

  private static func bubblewrap() throws -> UInt64 {
    let words = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "/bin/true"]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var values: [UInt64] = []
    for _ in 0..<20 {
      var nanoseconds: UInt64 = 0
      guard floor_run(arguments, &nanoseconds) == 0 else { throw MissingPeer(name: "bubblewrap") }
      values.append(nanoseconds)
    }
    return Samples(values).median
  }

  private static func spawnFromLargeHost(
    _ setting: Setting
  ) async throws -> (own: UInt64, floor: UInt64) {
    let small = try await spawnToReply(setting)
    let size = 1 << 30
    guard let memory = malloc(size) else { throw SystemError("malloc", errno: ENOMEM) }
    memset(memory, 1, size)
    defer { free(memory) }
    return (try await spawnToReply(setting), small)
  }

  private static func kill(_ setting: Setting) async throws -> (own: UInt64, floor: UInt64) {
    var values: [UInt64] = []
    for _ in 0..<20 {
      let (_, probe) = try await setting.probe()
      _ = try await probe.call(Probe.echo, text)
      let start = floor_now()
      _ = try? await probe.call(Probe.commit, Text("malformed-transport"))
      values.append(floor_now() - start)
    }
    var nanoseconds = [UInt64](repeating: 0, count: 20)
    guard floor_kill(20, &nanoseconds) == 0 else { throw SystemError("fork", errno: errno) }
    return (Samples(values).median, Samples(nanoseconds).median)
  }
}

/// A program that a row is compared with is not here.
struct MissingPeer: Error {
  let name: String
}
