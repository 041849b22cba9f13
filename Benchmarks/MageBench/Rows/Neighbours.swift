internal import CFloor
internal import CrimeSimulation
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

extension Benchmark {
  static let neighbours = [
    Benchmark(
      name: "hostile.neighbour",
      what: "p99 of a worker's round trip beside one that floods and is killed again and again",
      peer: "p99 of the same worker alone", unit: .microseconds, goal: .atMost(2)
    ) { setting in
      let (worker, probe) = try await setting.probe()
      let quiet = try await p99(setting, probe)
      let attacks = Task {
        while !Task.isCancelled {
          let (_, hostile) = try await setting.probe()
          _ = try? await hostile.commit(.flood)
        }
      }
      let beside = try await p99(setting, probe)
      attacks.cancel()
      _ = try? await attacks.value
      await worker.finish()
      return Round(own: beside, floor: quiet)
    }
  ]

  private static func p99(_ setting: Setting, _ probe: Probe.Proxy) async throws -> UInt64 {
    try await Task(executorPreference: setting.host.executor) {
      var values: [UInt64] = []
      for _ in 0..<5000 {
        let start = floor_now()
        _ = try await probe.echo(text: text)
        values.append(floor_now() - start)
      }
      return Samples(values).percentile(99)
    }.value
  }
}
