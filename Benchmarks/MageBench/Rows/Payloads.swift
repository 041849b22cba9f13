internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

/// Large arrays, one after the other: what arrives in a second.
extension Benchmark {
  static let payloads = [
    copied(1, .toWorker, .atLeast(2)), copied(1, .toHost, .atLeast(2)),
    copied(16, .toWorker, .atLeast(1.2)), copied(16, .toHost, .atLeast(1.2)),
    inPlace(1, .toWorker, .report), inPlace(1, .toHost, .report),
    inPlace(16, .toWorker, .atLeast(0.6)), inPlace(16, .toHost, .atLeast(0.6)),
  ]

  private enum Direction: String {
    case toWorker = "to-worker"
    case toHost = "to-host"
  }

  /// So much is sent in a round.
  private static let bytesPerRound = 512 << 20

  private static func copied(
    _ mebibytes: Int, _ direction: Direction, _ goal: Goal
  ) -> Benchmark {
    Benchmark(
      name: "payload.copied.\(mebibytes)MiB-\(direction.rawValue)",
      what: "arrays of \(mebibytes) MiB, owned by the receiver",
      peer: "stream copy over a socket pair in C", unit: .gigabytesPerSecond, goal: goal
    ) { setting in
      let size = mebibytes << 20
      let own = try await measure(setting, size) { probe, bytes in
        switch direction {
        case .toWorker: try await probe.take(bytes: bytes)
        case .toHost: _ = try await probe.give(count: UInt32(bytes.count))
        }
      }
      return Round(own: own, floor: try floor(size, floor_stream))
    }
  }

  private static func inPlace(
    _ mebibytes: Int, _ direction: Direction, _ goal: Goal
  ) -> Benchmark {
    Benchmark(
      name: "payload.inplace.\(mebibytes)MiB-\(direction.rawValue)",
      what: "arrays of \(mebibytes) MiB, each word read in place",
      peer: "memcpy of the same size in one process", unit: .gigabytesPerSecond, goal: goal
    ) { setting in
      let size = mebibytes << 20
      let own = try await measure(setting, size) { probe, bytes in
        switch direction {
        case .toWorker: try await probe.look(bytes: UntrustedBytes(bytes))
        case .toHost:
          let sum = try await probe.show(count: UInt32(bytes.count)).sumOfWords
          guard sum != 0 else { throw SystemError("a sum of zero", errno: EIO) }
        }
      }
      return Round(own: own, floor: try floor(size, floor_copy))
    }
  }

  /// Gigabytes in a second, with a few on their way at any time: a sender need not wait for its receiver.
  private static func measure(
    _ setting: Setting, _ size: Int,
    _ hand: @escaping @Sendable (Probe.Proxy, [UInt8]) async throws -> Void
  ) async throws -> Double {
    let (worker, probe) = try await setting.probe()
    let bytes = [UInt8](repeating: 7, count: size)
    let count = bytesPerRound / size
    let nanoseconds = try await Task(executorPreference: setting.host.executor) {
      for _ in 0..<4 { try await hand(probe, bytes) }
      _ = try await probe.taken()
      let start = floor_now()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<2 {
          group.addTask {
            for _ in stride(from: lane, to: count, by: 2) { try await hand(probe, bytes) }
          }
        }
        try await group.waitForAll()
      }
      // Answered after the last of them was taken.
      _ = try await probe.taken()
      return floor_now() - start
    }.value
    await worker.finish()
    return Double(count * size) / Double(nanoseconds)
  }

  private static func floor(
    _ size: Int, _ run: (Int, UInt32, UnsafeMutablePointer<UInt64>) -> Int32
  ) throws -> Double {
    var nanoseconds: UInt64 = 0
    let count = bytesPerRound / size
    let status = run(size, UInt32(count), &nanoseconds)
    guard status == 0 else { throw SystemError("the floor", errno: -status) }
    return Double(count * size) / Double(nanoseconds)
  }
}
