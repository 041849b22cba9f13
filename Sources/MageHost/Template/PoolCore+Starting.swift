internal import DequeModule
internal import MagePipes
internal import MageSystem

extension PoolCore {
  /// Starts as many as the minimum and those who wait need, within the maximum.
  func replenish() {
    guard !isClosed, failure == nil else { return }
    while members.count + starting < limits.maximum,
      members.count + starting < limits.minimum || starting < waiters.count
    {
      begin()
    }
  }

  /// One start after the pool has given up, for whoever comes later.
  func tryAgain() {
    if starting == 0, !isClosed { begin() }
  }

  private func begin() {
    starting += 1
    Task(executorPreference: loop) { await self.startOne() }
  }

  private func startOne() async {
    await loop.pause(until: backOff.next(.now))
    guard !isClosed else {
      starting -= 1
      return
    }
    backOff.start(.now)
    let made = await make()
    starting -= 1
    switch made {
    case .success(let member): await welcome(member)
    case .failure(let error): refused(error)
    }
  }

  private func make() async -> Result<Member, PoolError> {
    let worker: WorkerProcess
    do throws(SpawnError) {
      worker = try await spawn()
    } catch {
      return .failure(.spawn(error))
    }
    do throws(CallError) {
      return .success(Member(worker, try bind(worker)))
    } catch {
      await worker.kill()
      return .failure(.bind(error))
    }
  }

  private func welcome(_ member: Member) async {
    guard !isClosed else {
      await member.worker.kill()
      return
    }
    failure = nil
    let id = ObjectIdentifier(member)
    entries[id] = Entry()
    members[id] = member
    Task(executorPreference: loop) {
      let ending = await member.worker.ending()
      await self.ended(member, ending)
    }
    rest(member)
  }

  /// The one who has waited longest is told: trying on for ever would keep everybody waiting. Once the pool has given up, everybody is.
  private func refused(_ error: PoolError) {
    failed(error)
    if let waiter = waiters.popFirst() { refuse(waiter, error) }
    if failure != nil, members.isEmpty {
      while let waiter = waiters.popFirst() { refuse(waiter, error) }
    }
    replenish()
  }

  private func failed(_ error: PoolError) {
    backOff.ended(.now)
    if backOff.delay > .zero {
      host.events.say(.restartDelayed(kind: settings.kind, by: backOff.delay))
    }
    guard backOff.hasGivenUp else { return }
    if failure == nil {
      host.events.say(.restartGivenUp(kind: settings.kind, failures: backOff.failures))
    }
    if case .spawn(let reason) = error {
      failure = reason
    } else {
      failure = .notPossible("\(error)")
    }
  }

  private func ended(_ member: Member, _ ending: Ending) {
    let id = ObjectIdentifier(member)
    count(id, ending.cause)
    members[id] = nil
    idle.removeAll { $0 === member }
    if let entry = entries.removeValue(forKey: id) {
      if let timer = entry.idleTimer { loop.cancel(timer) }
      // One that ended in use was ended by what it was given: that is what workers are for, and says nothing of the next.
      if entry.uses == 0, !entry.isLent, !entry.isRetired { failed(.spawn(.ended(ending))) }
    }
    finishDraining()
    replenish()
  }
}
