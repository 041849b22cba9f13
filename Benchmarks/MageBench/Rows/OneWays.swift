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
    ) { Round(own: try await oneWay($0), floor: try oneWayFloor()) },
    Benchmark(
      name: "oneway.batch", what: "the same, to a handler that takes batches",
      peer: "one send() for each message in C", unit: .millionsPerSecond, goal: .atLeast(15)
    ) { setting in
      let own = try await oneWay(setting) { (probe) throws(CallError) in
        try await probe.gather(text: text)
      }
      return Round(own: own, floor: try oneWayFloor())
    },
  ]

  private static let oneWayCount = 200_000

  private static func oneWayFloor() throws -> Double {
    var nanoseconds: UInt64 = 0
    guard floor_one_way(UInt32(oneWayCount), 64, &nanoseconds) == 0 else {
      throw SystemError("socketpair", errno: EIO)
    }
    return Double(oneWayCount) * 1000 / Double(nanoseconds)
  }

  /// Millions of messages a second, one handler call each.
  static func oneWay(_ setting: Setting) async throws -> Double {
    try await oneWay(setting) { (probe) throws(CallError) in try await probe.note(text: text) }
  }

  private static func oneWay(
    _ setting: Setting, _ send: @escaping @Sendable (Probe.Proxy) async throws(CallError) -> Void
  ) async throws -> Double {
    let (worker, probe) = try await setting.probe()
    let nanoseconds = try await Task(executorPreference: setting.host.executor) {
      for _ in 0..<(oneWayCount / 10) { try await send(probe) }
      let before = try await probe.notes()
      let start = floor_now()
      for _ in 0..<oneWayCount { try await send(probe) }
      // Answered after the last of them was taken.
      let after = try await probe.notes()
      let time = floor_now() - start
      guard after == before + UInt64(oneWayCount) else { throw WrongSum() }
      return time
    }.value
    await worker.finish()
    return Double(oneWayCount) * 1000 / Double(nanoseconds)
  }
}
