internal import MageDrill
internal import MageHost
internal import MagePipes

extension Torture {
  // MARK: Hostile

  /// One hostile worker from its launch to its end.
  func hostileLife(_ seed: UInt64) async {
    let behaviour = Behaviour(seed: seed)
    let outcome = await watched(seed) {
      do throws(SpawnError) {
        let worker = try await host.spawn(
          AttackPrograms.worker, policy: policy, arguments: behaviour.arguments(seed: seed))
        return await provoke(worker, behaviour, seed).cause.name
      } catch {
        return behaviour.isEarly ? "not started" : "not started: \(error)"
      }
    }
    let isRight =
      behaviour.isEarly ? outcome == "not started" : behaviour.endings.contains(outcome)
    totals.count(behaviour, outcome)
    guard !isRight else { return }
    totals.fail("hostile worker of seed \(seed) (\(behaviour)): \(outcome)")
  }

  /// Plays the host that suspects nothing.
  private func provoke(
    _ worker: WorkerProcess, _ behaviour: Behaviour, _ seed: UInt64
  ) async -> Ending {
    switch behaviour {
    case .silence, .half:
      if let remote = try? worker.remote(Drill.self) {
        _ = try? await remote.call(Drill.echo, Lesson(1), within: .milliseconds(200))
      }
    case .interrupted: return await interrupt(worker, seed)
    default:
      guard let endpoint = try? worker.takeEndpoint() else { break }
      var handlers = Handlers<Drill>()
      handlers.on(Drill.echo) { $0 }
      handlers.on(Drill.orders) { _ in Lesson(seed) }
      Receiver(endpoint, handlers)
    }
    if behaviour == .victim {
      // Before its orders, in the middle of them, or after.
      try? await Task.sleep(for: .microseconds(seed % 3_000))
      return await worker.kill()
    }
    return await worker.ending()
  }

  /// Kills a worker that has calls to answer: each of them ends, once, and says why.
  private func interrupt(_ worker: WorkerProcess, _ seed: UInt64) async -> Ending {
    guard let remote = try? worker.remote(Drill.self) else { return await worker.kill() }
    return await withTaskGroup(of: CallError.self) { group in
      for _ in 0..<Self.callsAtOnce { group.addTask { await Self.callToTheEnd(remote) } }
      try? await Task.sleep(for: .microseconds(seed % 5_000))
      let ending = await worker.kill()
      for await error in group where error != .workerEnded(ending) {
        totals.fail("a call on the killed worker of seed \(seed) ended with \(error)")
      }
      return ending
    }
  }

  private static let callsAtOnce = 8

  private static func callToTheEnd(_ remote: Remote<Drill>) async -> CallError {
    var number: UInt64 = 0
    while true {
      number += 1
      do throws(CallError) {
        _ = try await remote.call(Drill.echo, Lesson(number))
      } catch {
        return error
      }
    }
  }

  /// A life that does not end is a hang of the host's, which is the worst that can be found: it is said at once.
  private func watched(_ seed: UInt64, _ body: () async -> String) async -> String {
    let totals = totals
    let watch = Task {
      try await Task.sleep(for: Self.patience)
      let text = "hostile worker of seed \(seed) has not ended within \(Self.patience)"
      totals.fail(text)
      Console.complain(text)
    }
    defer { watch.cancel() }
    return await body()
  }

  // MARK: Friendly

  /// One friendly worker, called until it is enough.
  func friendlyLife(until flag: StopFlag) async {
    do {
      let worker = try await host.spawn(
        AttackPrograms.worker, policy: policy, arguments: ["drill"])
      let remote = try worker.remote(Drill.self)
      try await call(remote, until: flag)
      let ending = await worker.finish(within: Self.patience)
      if ending.cause != .finished { totals.fail("a friendly worker ended: \(ending)") }
    } catch {
      totals.fail("a friendly worker: \(error)")
      totals.began()
    }
  }

  private func call(_ remote: Remote<Drill>, until flag: StopFlag) async throws(CallError) {
    let clock = ContinuousClock()
    var random = SplitMix(seed: options.seed)
    var number: UInt64 = 0
    // The worker's processor time is limited for its whole life, so a call now and then has to do.
    while !flag.isStopped {
      number += 1
      let bytes = [UInt8](
        repeating: UInt8(truncatingIfNeeded: number),
        count: Int.random(in: 0...4096, using: &random))
      let start = clock.now
      let answer = try await remote.call(Drill.echo, Lesson(number, bytes))
      totals.answered(start.duration(to: clock.now))
      if number == 1 { totals.began() }
      // The worker counts too: a call that was lost or made twice leaves the two apart.
      if answer != Lesson(number, bytes) {
        totals.fail("friendly call \(number) was answered as \(answer.number)")
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }
}
