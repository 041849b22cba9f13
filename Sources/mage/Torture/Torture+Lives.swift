internal import Mage
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
        let cause = await provoke(worker, behaviour, seed).cause
        checkTrick(behaviour, seed, cause)
        return cause.name
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

  /// A trick ends its worker for what it was, and for nothing that happened to be wrong beside it.
  private func checkTrick(_ behaviour: Behaviour, _ seed: UInt64, _ cause: Ending.Cause) {
    guard let trick = Trick(behaviour, seed: seed) else { return }
    totals.count(trick)
    if case .malformed(let malformed) = cause, malformed.check == trick.check { return }
    totals.fail("the trick \(trick) of seed \(seed) ended with \(cause)")
  }

  /// Plays the host that suspects nothing.
  private func provoke(
    _ worker: WorkerProcess, _ behaviour: Behaviour, _ seed: UInt64
  ) async -> Ending {
    switch behaviour {
    case .silence, .half:
      if let proxy = try? Drill.Proxy(worker.remote(Drill.self), within: .milliseconds(200)) {
        _ = try? await proxy.echo(number: 1, bytes: [])
      }
    case .interrupted: return await interrupt(worker, seed)
    case .neighbour: return await meetNeighbour(worker, seed)
    case .dawdler: return await waitForDawdler(worker, seed)
    default: answer(worker, seed)
    }
    if behaviour == .victim {
      // Before its orders, in the middle of them, or after.
      try? await Task.sleep(for: .microseconds(seed % 3_000))
      return await worker.kill()
    }
    return await worker.ending()
  }

  private func answer(
    _ worker: WorkerProcess, _ seed: UInt64, neighbour: PendingRemote<Drill>? = nil,
    from: DataPipeConsumer? = nil, to: DataPipeProducer? = nil
  ) {
    guard let endpoint = try? worker.takeEndpoint() else { return }
    let orders = Drill.OrdersReply(seed: seed, neighbour: neighbour, from: from, to: to)
    Receiver(endpoint, Drill.handlers(Trainee(orders: orders)))
  }

  /// Joins two workers, of which one has turned: the other works as before when that has gone.
  private func meetNeighbour(_ worker: WorkerProcess, _ seed: UInt64) async -> Ending {
    do {
      let neighbour = try await host.spawn(
        AttackPrograms.worker, policy: policy, arguments: ["drill"])
      let proxy = Drill.Proxy(try neighbour.remote(Drill.self))
      let (remote, receiver) = makePipe(of: Drill.self)
      try await proxy.meet(receiver: receiver)
      answer(worker, seed, neighbour: remote)
      let ending = await worker.ending()
      let echo = try await proxy.echo(number: 1, bytes: [1])
      if echo != (1, [1]) { totals.fail("the neighbour of seed \(seed) answers \(echo)") }
      let end = await neighbour.finish(within: Self.patience)
      if end.cause != .finished { totals.fail("the neighbour of seed \(seed) ended: \(end)") }
      return ending
    } catch {
      totals.fail("the neighbour of seed \(seed): \(error)")
      return await worker.kill()
    }
  }

  /// Writes what nobody reads and reads what nobody finishes: the one ends at its deadline, the other with the worker.
  private func waitForDawdler(_ worker: WorkerProcess, _ seed: UInt64) async -> Ending {
    let (out, back) = (makeDataPipe(), makeDataPipe())
    answer(worker, seed, from: out.consumer, to: back.producer)
    let limit = Duration.milliseconds(200)
    guard let writer = try? out.producer.bind(), let reader = try? back.consumer.bind() else {
      totals.fail("seed \(seed): a stream is not bound")
      return await worker.kill()
    }
    let wrote = await Self.error { () async throws(CallError) in
      try await writer.write([UInt8](repeating: 1, count: 2 << 20), within: limit)
    }
    if wrote != .deadlineMissed(limit) {
      totals.fail("seed \(seed): writing to nobody: \(String(describing: wrote))")
    }
    let ending = await worker.kill()
    let read = await Self.error { () async throws(CallError) in
      _ = try await reader.collect(atMost: 1 << 10)
    }
    if read != .workerEnded(ending) {
      totals.fail("seed \(seed): reading from the dead: \(String(describing: read))")
    }
    return ending
  }

  private static func error(_ body: () async throws(CallError) -> Void) async -> CallError? {
    do throws(CallError) {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  /// Kills a worker that has calls to answer: each of them ends, once, and says why.
  private func interrupt(_ worker: WorkerProcess, _ seed: UInt64) async -> Ending {
    guard let remote = try? worker.remote(Drill.self) else { return await worker.kill() }
    let pair = FriendlyPair(Drill.Proxy(remote))
    return await withTaskGroup(of: (Turn, any Error).self) { group in
      for index in 0..<Self.callsAtOnce {
        let turn = Turn.ofOne[index % Turn.ofOne.count]
        group.addTask { (turn, await pair.turnToTheEnd(turn)) }
      }
      try? await Task.sleep(for: .microseconds(seed % 5_000))
      let ending = await worker.kill()
      for await (turn, error) in group where error as? CallError != .workerEnded(ending) {
        totals.fail("\(turn) with the killed worker of seed \(seed) ended with \(error)")
      }
      return ending
    }
  }

  private static let callsAtOnce = 8

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

  /// Friendly workers, two after two, which do all that workers can do for one another, until it is enough.
  func friendlyLife(until flag: StopFlag) async {
    var random = SplitMix(seed: options.seed)
    var isFirst = true
    while !flag.isStopped {
      do {
        let workers = (try await spawnFriend(), try await spawnFriend())
        let pair = FriendlyPair(
          Drill.Proxy(try workers.0.remote(Drill.self)),
          Drill.Proxy(try workers.1.remote(Drill.self)))
        try await play(pair, &random, until: flag) {
          if isFirst { totals.began() }
          isFirst = false
        }
        for worker in [workers.0, workers.1] {
          let ending = await worker.finish(within: Self.patience)
          if ending.cause != .finished { totals.fail("a friendly worker ended: \(ending)") }
        }
      } catch {
        totals.fail("a friendly worker: \(error)")
        if isFirst { totals.began() }
        return
      }
    }
  }

  private func spawnFriend() async throws(SpawnError) -> WorkerProcess {
    try await host.spawn(AttackPrograms.worker, policy: policy, arguments: ["drill"])
  }

  /// A worker's processor time is limited for its whole life, so others take over before it is used up.
  private static let turnsOfOnePair = 400

  private func play(
    _ pair: FriendlyPair, _ random: inout SplitMix, until flag: StopFlag, began: () -> Void
  ) async throws {
    let clock = ContinuousClock()
    for number in 0..<Self.turnsOfOnePair where !flag.isStopped {
      let turn = number == 0 ? .echo : Turn.random(&random)
      let start = clock.now
      let isRight = try await pair.take(turn, Int.random(in: 0...4096, using: &random))
      let time = start.duration(to: clock.now)
      if turn == .echo { totals.answered(time) }
      totals.count(turn, time)
      if number == 0 { began() }
      if !isRight { totals.fail("friendly \(turn), the pair's turn \(number), went wrong") }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }
}
