internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

extension Benchmark {
  static let oneWays = [
    Benchmark(
      name: "oneway.call", what: "one-way messages of 64 bytes, one handler call each",
      peer: "one send() for each message in C", unit: .millionsPerSecond, goal: .atLeast(5)
    ) { try await oneWay($0) { (probe) throws(CallError) in try await probe.note(text: text) } },
    Benchmark(
      name: "oneway.batch", what: "the same, to a handler that takes batches",
      peer: "one send() for each message in C", unit: .millionsPerSecond, goal: .atLeast(15)
    ) { try await oneWay($0) { (probe) throws(CallError) in try await probe.gather(text: text) } },
  ]

  private static func oneWay(
    _ setting: Setting, _ send: @escaping @Sendable (Probe.Proxy) async throws(CallError) -> Void
  ) async throws -> Round {
    let count = 200_000
    let (worker, probe) = try await setting.probe()
    let own = try await Task(executorPreference: setting.host.executor) {
      for _ in 0..<(count / 10) { try await send(probe) }
      let before = try await probe.notes()
      let start = floor_now()
      for _ in 0..<count { try await send(probe) }
      // Answered after the last of them was taken.
      let after = try await probe.notes()
      let time = floor_now() - start
      guard after == before + UInt64(count) else { throw WrongSum() }
      return time
    }.value
    await worker.finish()
    var nanoseconds: UInt64 = 0
    guard floor_one_way(UInt32(count), 64, &nanoseconds) == 0 else {
      throw SystemError("socketpair", errno: EIO)
    }
    return Round(
      own: Double(count) * 1000 / Double(own), floor: Double(count) * 1000 / Double(nanoseconds))
  }
}
