internal import CFloor
internal import CrimeSimulation
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

extension Benchmark {
  static let killMalformed = Benchmark(
    name: "kill.malformed", what: "bad frame sent to worker reaped",
    peer: "pidfd SIGKILL to reaped in C", unit: .microseconds, goal: .atMost(1.5)
  ) { setting in
    var values: [UInt64] = []
    for _ in 0..<20 {
      let (_, probe) = try await setting.probe()
      _ = try await probe.echo(text: text)
      let start = floor_now()
      try? await probe.commit(.malformedTransport)
      values.append(floor_now() - start)
    }
    var nanoseconds = [UInt64](repeating: 0, count: 20)
    guard floor_kill(20, &nanoseconds) == 0 else { throw SystemError("fork", errno: errno) }
    return Round(own: Samples(values).median, floor: Samples(nanoseconds).median)
  }
}
