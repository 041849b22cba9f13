internal import MageHost
internal import ProbeInterface

extension Benchmark {
  private static let alive = 100

  static let warmMemory = Benchmark(
    name: "memory.warm", what: "proportional memory of an idle fork that has answered, 100 alive",
    peer: "a forked C process with one socket, 100 alive", unit: .mebibytes, goal: .ownAtMost(0.6)
  ) { setting in
    let template = try await setting.host.prepare(
      Setting.staticWorker, policy: setting.policy, ready: 0)
    var workers: [WorkerProcess] = []
    for _ in 0..<alive {
      let worker = try await template.spawn()
      // One that has served: its loop, its handlers and its ring are in memory.
      _ = try await Probe.Proxy(try worker.remote(Probe.self)).echo(text: text)
      workers.append(worker)
    }
    let bytes = try workers.reduce(0) { try $0 + Floors.memory("Pss", of: $1.pid) }
    for worker in workers { await worker.kill() }
    await template.close()
    let floor = try Floors.number([Setting.floorProcess, "crowd", "\(alive)"])
    return Round(
      own: Double(bytes) / Double(alive) / 1_048_576, floor: Double(floor) / 1_048_576)
  }
}
