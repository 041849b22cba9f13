internal import BenchPipes
internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem

extension Benchmark {
  private static let passes: UInt32 = 20_000

  static let passedPipes = Benchmark(
    name: "pipes.pass",
    what: "new pipes made and passed, one for each message, used at the far end",
    peer: "C passing a new descriptor with each message", unit: .millionsPerSecond,
    goal: .atLeast(5)
  ) { setting in
    let worker = try await setting.host.spawn(Setting.benchWorker, policy: manyPipes(setting, 4096))
    let pipes = Pipes.Proxy(try worker.remote(Pipes.self))
    let own = try await Task(executorPreference: setting.host.executor) {
      try await pass(passes / 10, through: pipes, until: UInt64(passes / 10))
      let start = floor_now()
      try await pass(passes, through: pipes, until: UInt64(passes / 10 + passes))
      return floor_now() - start
    }.value
    await worker.finish()
    var nanoseconds: UInt64 = 0
    let status = floor_pass(passes, &nanoseconds)
    guard status == 0 else { throw SystemError("floor_pass", errno: -status) }
    let count = Double(passes) * 1000
    return Round(own: count / Double(own), floor: count / Double(nanoseconds))
  }

  /// The renderer's policy for a worker that holds more pipes than one needs who decodes images.
  static func manyPipes(_ setting: Setting, _ count: UInt32) -> Policy {
    var policy = setting.policy
    policy.name += "-many-pipes"
    policy.ipc.handles = count
    return policy
  }

  /// Returns when all was counted at the far ends. Each pipe is closed after its one message.
  private static func pass(
    _ count: UInt32, through pipes: Pipes.Proxy, until sum: UInt64
  ) async throws {
    for index in 0..<count {
      let (remote, receiver) = makePipe(of: Counter.self)
      try await pipes.take(counter: receiver)
      try await Counter.Proxy(remote.bind()).add(value: 1)
      // Pipes that the worker has not heard the end of count as open: they must not become more than the policy allows.
      if index % 1024 == 1023 { _ = try await pipes.count() }
    }
    while try await pipes.count() < sum {}
  }
}
