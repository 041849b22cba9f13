internal import DequeModule
internal import MagePipes
internal import MageSystem

/// A pool's state, on the host's loop.
actor PoolCore<Service: Sendable> {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// A worker of the pool.
  final class Member: Sendable {
    let worker: WorkerProcess
    let service: Service
    init(_ worker: WorkerProcess, _ service: Service) {
      self.worker = worker
      self.service = service
    }
  }

  private struct Entry {
    var uses = 0
    var isLent = false
    /// It was told to finish; its end is nobody's fault.
    var isRetired = false
    var idleTimer: TimerToken?
  }

  private struct Waiter {
    let number: UInt64
    let timer: TimerToken
    let continuation: CheckedContinuation<Result<Member, PoolError>, Never>
  }

  private let limits: PoolLimits
  private let bind: @Sendable (WorkerProcess) throws(CallError) -> Service
  private let spawn: @Sendable () async throws(SpawnError) -> WorkerProcess
  private var entries: [ObjectIdentifier: Entry] = [:]
  private var members: [ObjectIdentifier: Member] = [:]
  private var idle: [Member] = []
  private var waiters = Deque<Waiter>()
  private var lastWaiter: UInt64 = 0
  private var starting = 0
  private var backOff = BackOff()
  private var isClosed = false

  init(
    _ loop: Loop, _ limits: PoolLimits,
    _ bind: @escaping @Sendable (WorkerProcess) throws(CallError) -> Service,
    _ spawn: @escaping @Sendable () async throws(SpawnError) -> WorkerProcess
  ) {
    self.loop = loop
    self.limits = limits
    self.bind = bind
    self.spawn = spawn
  }

  var count: Int { members.count }
  var waiting: Int { waiters.count }

  // MARK: Lending

  func take(_ deadline: Duration?) async -> Result<Member, PoolError> {
    guard !isClosed else { return .failure(.closed) }
    // Nobody overtakes those who wait already.
    if waiters.isEmpty, let member = takeIdle() {
      lend(member)
      return .success(member)
    }
    lastWaiter += 1
    let number = lastWaiter
    return await withTaskCancellationHandler {
      await wait(number, for: deadline ?? limits.waitDeadline)
    } onCancel: {
      Task(executorPreference: loop) { await self.giveUp(number, .cancelled) }
    }
  }

  private func wait(_ number: UInt64, for wait: Duration) async -> Result<Member, PoolError> {
    await withCheckedContinuation { continuation in
      let timer = loop.schedule(at: MonotonicTime.now.advanced(by: wait)) { [weak self] in
        self?.assumeIsolated { $0.giveUp(number, .allBusy(waited: wait)) }
      }
      waiters.append(Waiter(number: number, timer: timer, continuation: continuation))
      serveWaiters()
      replenish()
    }
  }

  private func giveUp(_ number: UInt64, _ error: PoolError) {
    guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
    let waiter = waiters.remove(at: index)
    loop.cancel(waiter.timer)
    waiter.continuation.resume(returning: .failure(error))
  }

  /// One that lives: who called it last knows of its end before this pool does, and may have given it back.
  private func takeIdle() -> Member? {
    while let member = idle.popLast() {
      if !member.worker.isEnding { return member }
    }
    return nil
  }

  private func lend(_ member: Member) {
    let id = ObjectIdentifier(member)
    if let timer = entries[id]?.idleTimer { loop.cancel(timer) }
    entries[id]?.idleTimer = nil
    entries[id]?.isLent = true
  }

  private func serveWaiters() {
    while !waiters.isEmpty, let member = takeIdle() {
      guard let waiter = waiters.popFirst() else { return }
      loop.cancel(waiter.timer)
      lend(member)
      waiter.continuation.resume(returning: .success(member))
    }
  }

  func giveBack(_ member: Member) {
    let id = ObjectIdentifier(member)
    guard var entry = entries[id], !entry.isRetired else { return }
    entry.isLent = false
    entry.uses += 1
    entries[id] = entry
    if let most = limits.usesPerWorker, entry.uses >= most { return retire(member) }
    rest(member)
  }

  /// Nobody uses it now.
  private func rest(_ member: Member) {
    idle.append(member)
    serveWaiters()
    guard idle.last === member else { return }
    let time = MonotonicTime.now.advanced(by: limits.idleTime)
    entries[ObjectIdentifier(member)]?.idleTimer = loop.schedule(at: time) { [weak self] in
      self?.assumeIsolated { $0.idled(member) }
    }
  }

  private func idled(_ member: Member) {
    // Those that are finishing already do not count.
    let staying = entries.values.count { !$0.isRetired }
    guard staying > limits.minimum, idle.contains(where: { $0 === member }) else { return }
    retire(member)
  }

  private func retire(_ member: Member) {
    idle.removeAll { $0 === member }
    entries[ObjectIdentifier(member)]?.isRetired = true
    Task(executorPreference: loop) { await member.worker.finish() }
  }

  // MARK: Starting

  /// Starts as many as the minimum and those who wait need, within the maximum.
  func replenish() {
    guard !isClosed else { return }
    while members.count + starting < limits.maximum,
      members.count + starting < limits.minimum || starting < waiters.count
    {
      starting += 1
      Task(executorPreference: loop) { await self.startOne() }
    }
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
    let id = ObjectIdentifier(member)
    entries[id] = Entry()
    members[id] = member
    Task(executorPreference: loop) {
      _ = await member.worker.ending()
      await self.ended(member)
    }
    rest(member)
  }

  /// The one who has waited longest is told: trying on for ever would keep everybody waiting.
  private func refused(_ error: PoolError) {
    backOff.ended(.now)
    if let waiter = waiters.popFirst() {
      loop.cancel(waiter.timer)
      waiter.continuation.resume(returning: .failure(error))
    }
    replenish()
  }

  private func ended(_ member: Member) {
    let id = ObjectIdentifier(member)
    members[id] = nil
    idle.removeAll { $0 === member }
    if let entry = entries.removeValue(forKey: id) {
      if let timer = entry.idleTimer { loop.cancel(timer) }
      // One that ended in use was ended by what it was given: that is what workers are for, and says nothing of the next.
      if entry.uses == 0, !entry.isLent, !entry.isRetired { backOff.ended(.now) }
    }
    replenish()
  }

  func close() async {
    guard !isClosed else { return }
    isClosed = true
    for waiter in waiters {
      loop.cancel(waiter.timer)
      waiter.continuation.resume(returning: .failure(.closed))
    }
    waiters = []
    let all = members.values
    for member in all { await member.worker.kill() }
  }
}

extension Loop {
  /// Waits for `time` without keeping anybody else from working.
  func pause(until time: MonotonicTime) async {
    guard time > .now else { return }
    await withCheckedContinuation { continuation in
      schedule(at: time) { continuation.resume() }
    }
  }
}
