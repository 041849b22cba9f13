internal import BenchPipes
internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem

extension Benchmark {
  private static let kills: UInt32 = 20

  static let killMalformed = Benchmark(
    name: "kill.malformed", what: "bad frame written to worker reaped and pending call thrown",
    peer: "pidfd SIGKILL to reaped in C, same anonymous memory", unit: .microseconds,
    goal: .atMost(1.5)
  ) { setting in
    var values: [UInt64] = []
    var memory: UInt64 = 0
    for _ in 0..<kills {
      let worker = try await setting.host.spawn(Setting.benchWorker, policy: setting.policy)
      let pipes = Pipes.Proxy(try worker.remote(Pipes.self))
      _ = try await pipes.echo(text: text)
      memory = try Floors.memory("Anonymous", of: worker.pid)
      values.append(
        try await Task(executorPreference: setting.host.executor) { try await timeToDie(pipes) }
          .value)
    }
    var nanoseconds = [UInt64](repeating: 0, count: Int(kills))
    let status = floor_kill(Setting.floorProcess, Int(memory), kills, &nanoseconds)
    guard status == 0 else { throw SystemError("floor-process", errno: -status) }
    return Round(own: Samples(values).median, floor: Samples(nanoseconds).median)
  }

  /// The worker writes the bad frame at a moment that both know; before, the host has gone to sleep.
  private static func timeToDie(_ pipes: Pipes.Proxy) async throws -> UInt64 {
    let moment = floor_now() + 3_000_000
    do {
      try await pipes.`break`(moment: moment)
    } catch CallError.workerEnded(let ending) {
      guard case .malformed = ending.cause else { throw CallError.workerEnded(ending) }
      return floor_now() - moment
    }
    throw SystemError("the worker was to end", errno: EIO)
  }
}
