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
    ) { setting in
      let own = try await oneWay(setting)
      var nanoseconds: UInt64 = 0
      guard floor_one_way(UInt32(oneWayCount), 64, &nanoseconds) == 0 else {
        throw SystemError("socketpair", errno: EIO)
      }
      return Round(own: own, floor: Double(oneWayCount) * 1000 / Double(nanoseconds))
    }
  ]

  private static let oneWayCount = 200_000

  /// Millions of messages a second.
  static func oneWay(_ setting: Setting) async throws -> Double {
    let (worker, probe) = try await setting.probe()
    let nanoseconds = try await Task(executorPreference: setting.host.executor) {
      for _ in 0..<(oneWayCount / 10) { try await probe.note(text: text) }
      _ = try await probe.notes()
      let start = floor_now()
      for _ in 0..<oneWayCount { try await probe.note(text: text) }
      // Answered after the last of them was taken.
      _ = try await probe.notes()
      return floor_now() - start
    }.value
    await worker.finish()
    return Double(oneWayCount) * 1000 / Double(nanoseconds)
  }
}
