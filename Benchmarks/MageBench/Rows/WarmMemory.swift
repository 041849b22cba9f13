internal import MageHost
internal import MageSystem
internal import ProbeInterface

extension Benchmark {
  static let warmMemory = Benchmark(
    name: "memory.warm", what: "proportional memory of an idle fork, 100 alive",
    peer: "the promised bound", unit: .mebibytes, goal: .atMost(1)
  ) { setting in
    let template = try await setting.host.prepare(
      Setting.staticWorker, policy: setting.policy, ready: 0)
    var workers: [WorkerProcess] = []
    for _ in 0..<100 {
      let worker = try await template.spawn()
      // One that has served: its loop and its handlers are in memory.
      _ = try await Probe.Proxy(try worker.remote(Probe.self)).echo(text: text)
      workers.append(worker)
    }
    let kibibytes = try workers.reduce(0) { try $0 + proportionalKibibytes(of: $1.pid) }
    for worker in workers { await worker.kill() }
    await template.close()
    return Round(own: Double(kibibytes) / 1024 / Double(workers.count), floor: 0.6)
  }

  /// `Pss` of proc_pid_smaps(5): shared pages count by the share.
  private static func proportionalKibibytes(of pid: Int32) throws -> Int {
    let bytes = try FileReading.read("/proc/\(pid)/smaps_rollup", limit: 1 << 16)
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("Pss:") }
    return line.flatMap { Int($0.split { $0 == " " }[1]) } ?? 0
  }
}
