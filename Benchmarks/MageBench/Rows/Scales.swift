internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

extension Benchmark {
  /// As many as the machine lets one host have in a short time.
  private static let idleWorkers = 100

  static let scales = [
    Benchmark(
      name: "scale.workers", what: "roundtrip.hot with \(idleWorkers) idle workers",
      peer: "with one", unit: .microseconds, goal: .atMost(1.3)
    ) { setting in
      let alone = try await roundTrip(setting, on: -1, calls: 2000)
      let crowd = try await crowd(setting)
      let among = try await roundTrip(setting, on: -1, calls: 2000)
      for worker in crowd { await worker.kill() }
      return Round(own: among.own, floor: alone.own)
    },
    Benchmark(
      name: "scale.idle", what: "the host's processor time while \(idleWorkers) workers are idle",
      peer: "of a whole processor", unit: .percent, goal: .atMost(0.005)
    ) { setting in
      let crowd = try await crowd(setting)
      let (wall, processor) = (floor_now(), floor_processor_time())
      usleep(1_000_000)
      let used = Double(floor_processor_time() - processor)
      let passed = Double(floor_now() - wall)
      for worker in crowd { await worker.kill() }
      return Round(own: used / passed * 100, floor: 100)
    },
    Benchmark(
      name: "memory.warm", what: "proportional memory of an idle worker that answered, of 20",
      peer: "one MiB", unit: .mebibytes, goal: .atMost(0.6)
    ) { setting in
      var workers: [WorkerProcess] = []
      for _ in 0..<20 {
        let (worker, probe) = try await setting.probe()
        _ = try await probe.echo(text: text)
        workers.append(worker)
      }
      let bytes = workers.reduce(0) { $0 + proportionalMemory(of: $1.pid) } / workers.count
      for worker in workers { await worker.kill() }
      return Round(own: Double(bytes) / 1_048_576, floor: 1)
    },
  ]

  private static func crowd(_ setting: Setting) async throws -> [WorkerProcess] {
    var workers: [WorkerProcess] = []
    for _ in 0..<idleWorkers {
      let (worker, probe) = try await setting.probe()
      _ = try await probe.echo(text: text)
      workers.append(worker)
    }
    return workers
  }

  /// Pss of /proc/PID/smaps_rollup (proc(5)), in bytes; 0 when it cannot be read.
  private static func proportionalMemory(of pid: Int32) -> Int {
    let path = "/proc/\(pid)/smaps_rollup"
    guard let file = try? OwnedDescriptor.open(path, flags: 0),
      let bytes = try? FileReading.read(file, path, limit: 1 << 16)
    else { return 0 }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.hasPrefix("Pss:") } ?? ""
    return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 } ?? 0
  }
}
