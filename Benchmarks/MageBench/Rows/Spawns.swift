internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

extension Benchmark {
  static let spawns = [
    Benchmark(
      name: "spawn.cold", what: "spawn to first reply, static worker", peer: bubblewrapCommand,
      unit: .microseconds, goal: .atMost(0.5)
    ) { setting in
      let own = try await spawnToReply(setting) { try await setting.spawnStatic() }
      return Round(own: own, floor: try bubblewrap())
    },
    Benchmark(
      name: "spawn.warm", what: "the same from a template that has a fork ready, 20 ms apart",
      peer: bubblewrapCommand, unit: .microseconds, goal: .atMost(0.12)
    ) { try await warm($0, ready: 1, pause: .milliseconds(20)) },
    Benchmark(
      name: "spawn.fork", what: "the same, forked on demand, one after the other",
      peer: bubblewrapCommand, unit: .microseconds, goal: .report
    ) { try await warm($0, ready: 0) },
    Benchmark(
      name: "spawn.large-host", what: "spawn.cold, 1 GiB touched and 50 threads",
      peer: "spawn.cold", unit: .microseconds, goal: .atMost(1.2), round: spawnFromLargeHost),
  ]

  private static let bubblewrapCommand = "bwrap --unshare-all /bin/true"

  /// - Parameter pause: before each start; a template makes its next fork ready in it, as it does between requests.
  private static func spawnToReply(
    _ setting: Setting, pause: Duration = .zero,
    _ spawn: @escaping @Sendable () async throws -> WorkerProcess
  ) async throws -> UInt64 {
    try await Task(executorPreference: setting.host.executor) {
      var values: [UInt64] = []
      for _ in 0..<20 {
        if pause > .zero { try await Task.sleep(for: pause) }
        let start = floor_now()
        let worker = try await spawn()
        let probe = Probe.Proxy(try worker.remote(Probe.self))
        _ = try await probe.echo(text: text)
        values.append(floor_now() - start)
        // What is measured is the way to the reply. One that is still ending would be in the way of the next, as no peer of the floor's is.
        await worker.kill()
      }
      return Samples(values).median
    }.value
  }

  private static func warm(
    _ setting: Setting, ready: Int, pause: Duration = .zero
  ) async throws -> Round {
    let template = try await setting.host.prepare(
      Setting.staticWorker, policy: setting.policy, ready: ready)
    let own = try await spawnToReply(setting, pause: pause) { try await template.spawn() }
    await template.close()
    return Round(own: own, floor: try bubblewrap())
  }

  private static func bubblewrap() throws -> UInt64 {
    let words = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "/bin/true"]
    return try Floors.with(words) { arguments in
      var values: [UInt64] = []
      for _ in 0..<20 {
        var nanoseconds: UInt64 = 0
        guard floor_run(arguments, &nanoseconds) == 0 else { throw MissingPeer(name: "bubblewrap") }
        values.append(nanoseconds)
      }
      return Samples(values).median
    }
  }

  private static func spawnFromLargeHost(_ setting: Setting) async throws -> Round {
    let small = try await spawnToReply(setting) { try await setting.spawnStatic() }
    let size = 1 << 30
    guard let memory = malloc(size) else { throw SystemError("malloc", errno: ENOMEM) }
    memset(memory, 1, size)
    defer { free(memory) }
    // They wait in a read until the pipe's other end is closed.
    let pipe = try Pipe.make()
    let end = SharedDescriptor(pipe.takeReadEnd())
    for _ in 0..<50 {
      try Thread.start(name: "bystander") {
        var byte: UInt8 = 0
        _ = read(end.number, &byte, 1)
      }
    }
    let large = try await spawnToReply(setting) { try await setting.spawnStatic() }
    return Round(own: large, floor: small)
  }
}

extension Setting {
  /// Beside the other executables; without a dynamic linker.
  static var staticWorker: String { products + "/static-worker" }

  func spawnStatic() async throws -> WorkerProcess {
    try await host.spawn(Self.staticWorker, policy: policy)
  }
}
