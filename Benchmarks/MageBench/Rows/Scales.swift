internal import BenchPipes
internal import CFloor
internal import Glibc
internal import MageHost
internal import ProbeInterface

extension Benchmark {
  private static let idleWorkers = 500
  private static let openPipes: UInt32 = 10_000

  static let scales = [
    Benchmark(
      name: "scale.pipes", what: "roundtrip.hot with \(openPipes) open pipes",
      peer: "with one", unit: .microseconds, goal: .atMost(1.2), round: amongPipes),
    Benchmark(
      name: "scale.workers", what: "roundtrip.hot with \(idleWorkers) idle workers",
      peer: "with one", unit: .microseconds, goal: .atMost(1.3)
    ) { setting in
      let alone = try await roundTrip(setting, on: -1)
      let (template, crowd) = try await crowd(setting)
      let among = try await roundTrip(setting, on: -1)
      await disperse(template, crowd)
      return Round(own: among.own, floor: alone.own)
    },
    Benchmark(
      name: "scale.idle", what: "the host's processor time while \(idleWorkers) workers are idle",
      peer: "of a whole processor", unit: .percent, goal: .ownAtMost(0.5)
    ) { setting in
      let (template, crowd) = try await crowd(setting)
      // Until those that are new are looked at no more often than those that are idle.
      usleep(2_000_000)
      let (wall, processor) = (floor_now(), floor_processor_time())
      usleep(2_000_000)
      let used = Double(floor_processor_time() - processor)
      let passed = Double(floor_now() - wall)
      await disperse(template, crowd)
      return Round(own: used / passed * 100, floor: 100)
    },
  ]

  /// Workers that have answered and have nothing to do.
  private static func crowd(
    _ setting: Setting
  ) async throws -> (WorkerTemplate, [WorkerProcess]) {
    let template = try await setting.host.prepare(
      Setting.staticWorker, policy: setting.policy, ready: 0)
    var workers: [WorkerProcess] = []
    for _ in 0..<idleWorkers {
      let worker = try await template.spawn()
      _ = try await Probe.Proxy(try worker.remote(Probe.self)).echo(text: text)
      workers.append(worker)
    }
    return (template, workers)
  }

  private static func disperse(_ template: WorkerTemplate, _ workers: [WorkerProcess]) async {
    for worker in workers { await worker.kill() }
    await template.close()
  }

  /// On one worker, before its host opens the pipes and after.
  private static func amongPipes(_ setting: Setting) async throws -> Round {
    let policy = manyPipes(setting, openPipes + 16)
    let worker = try await setting.host.spawn(Setting.benchWorker, policy: policy)
    let pipes = Pipes.Proxy(try worker.remote(Pipes.self))
    let (alone, among) = try await Task(executorPreference: setting.host.executor) {
      let alone = try await echoes(pipes)
      var open: [Counter.Proxy] = []
      for _ in 0..<openPipes {
        let (remote, receiver) = makePipe(of: Counter.self)
        try await pipes.take(counter: receiver)
        open.append(Counter.Proxy(try remote.bind()))
      }
      for counter in open { try await counter.add(value: 1) }
      while try await pipes.count() < openPipes {}
      let among = try await echoes(pipes)
      return (alone, withExtendedLifetime(open) { among })
    }.value
    await worker.finish()
    return Round(own: among, floor: alone)
  }

  private static func echoes(_ pipes: Pipes.Proxy) async throws -> UInt64 {
    var values: [UInt64] = []
    for index in 0..<5500 {
      let start = floor_now()
      _ = try await pipes.echo(text: text)
      if index >= 500 { values.append(floor_now() - start) }
    }
    return Samples(values).median
  }
}
