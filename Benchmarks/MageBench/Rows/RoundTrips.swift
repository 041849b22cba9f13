internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

extension Benchmark {
  /// A request and a reply of 64 bytes of text.
  static let text = String(repeating: "x", count: 64)

  static let roundTrips = [
    Benchmark(
      name: "roundtrip.hot", what: "64-byte request and reply", peer: "blocking C socketpair",
      unit: .microseconds, goal: .atMost(0.10)
    ) { try await roundTrip($0, on: -1) },
    Benchmark(
      name: "roundtrip.one-core", what: "the same, both on one core",
      peer: "blocking C socketpair, pinned", unit: .microseconds, goal: .atMost(0.7)
    ) { _ in
      // What a host starts inherits its thread's processor, so this one makes a host of its own.
      try await pinned(to: 0) {
        let setting = try Setting()
        let result = try await roundTrip(setting, on: 0)
        await setting.host.shutDown()
        return result
      }
    },
    Benchmark(
      name: "roundtrip.busy", what: "as hot, one busy process for each core; p99",
      peer: "blocking C socketpair, same load; p99", unit: .microseconds, goal: .atMost(1.5)
    ) { setting in
      guard floor_busy_begin() == 0 else { throw SystemError("fork", errno: errno) }
      defer { floor_busy_end() }
      return try await roundTrip(setting, on: -1, percentile: 99)
    },
    Benchmark(
      name: "roundtrip.idle", what: "as hot, with a pause of 1 ms before each call",
      peer: "blocking C socketpair, same pauses", unit: .microseconds, goal: .atMost(1.3)
    ) { try await roundTrip($0, on: -1, calls: 300, pause: 1_000_000) },
    Benchmark(
      name: "roundtrip.hop", what: "caller on the global pool",
      peer: "blocking C socketpair", unit: .microseconds, goal: .atMost(2)
    ) { try await roundTrip($0, on: -1, hops: true) },
  ]

  /// - Parameters:
  ///   - pause: nanoseconds before each call, in which the caller sleeps.
  ///   - hops: whether the caller is on the global pool and not on the host's loop.
  static func roundTrip(
    _ setting: Setting, on processor: Int32, calls: UInt32 = 5000, percentile: Int = 50,
    pause: UInt32 = 0, hops: Bool = false
  ) async throws -> Round {
    let (worker, probe) = try await setting.probe()
    let executor: any TaskExecutor = hops ? globalConcurrentExecutor : setting.host.executor
    let own = try await Task(executorPreference: executor) {
      for _ in 0..<(calls / 10) { _ = try await probe.echo(text: text) }
      var values: [UInt64] = []
      for _ in 0..<calls {
        if pause > 0 { usleep(pause / 1000) }
        let start = floor_now()
        _ = try await probe.echo(text: text)
        values.append(floor_now() - start)
      }
      return Samples(values)
    }.value
    await worker.finish()
    var nanoseconds = [UInt64](repeating: 0, count: Int(calls))
    let floor = try await pinned(to: processor) {
      guard floor_ping_pong(calls, 64, pause, &nanoseconds) == 0 else {
        throw SystemError("socketpair", errno: EIO)
      }
      return Samples(nanoseconds)
    }
    return Round(own: own.percentile(percentile), floor: floor.percentile(percentile))
  }
}
