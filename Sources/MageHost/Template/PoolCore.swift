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

  struct Entry {
    var uses = 0
    var isLent = false
    /// What it was lent for, and whether its end was held against that.
    var input: InputKey?
    var isCounted = false
    /// It was told to finish; its end is nobody's fault.
    var isRetired = false
    var idleTimer: TimerToken?
  }

  struct Waiter {
    let number: UInt64
    let input: InputKey?
    let timer: TimerToken
    let continuation: CheckedContinuation<Result<Member, PoolError>, Never>
  }

  let host: HostCore
  let settings: PoolSettings
  let bind: @Sendable (WorkerProcess) throws(CallError) -> Service
  let spawn: @Sendable () async throws(SpawnError) -> WorkerProcess
  var entries: [ObjectIdentifier: Entry] = [:]
  var members: [ObjectIdentifier: Member] = [:]
  var idle: [Member] = []
  var waiters = Deque<Waiter>()
  private var lastWaiter: UInt64 = 0
  var starting = 0
  var backOff: BackOff
  /// Why nothing can be started, once the pool has given up.
  var failure: SpawnError?
  var breaker: CircuitBreaker
  var isClosed = false
  /// Who waits for everything that is lent to come back.
  var draining: [CheckedContinuation<Void, Never>] = []

  var limits: PoolLimits { settings.limits }

  init(
    _ host: HostCore, _ settings: PoolSettings,
    _ bind: @escaping @Sendable (WorkerProcess) throws(CallError) -> Service,
    _ spawn: @escaping @Sendable () async throws(SpawnError) -> WorkerProcess
  ) {
    self.host = host
    loop = host.loop
    self.settings = settings
    self.bind = bind
    self.spawn = spawn
    backOff = BackOff(settings.restart)
    breaker = CircuitBreaker(settings.inputs)
  }

  var count: Int { members.count }
  var waiting: Int { waiters.count }

  // MARK: Lending

  func take(_ deadline: Duration?, for input: InputKey?) async -> Result<Member, PoolError> {
    guard !isClosed else { return .failure(.closed) }
    if let input, let refusal = breaker.refusal(of: input, at: .now) {
      return .failure(.inputRefused(deaths: refusal.deaths, for: refusal.time))
    }
    // Nobody overtakes those who wait already.
    if waiters.isEmpty, let member = popIdle() {
      lend(member, for: input)
      return .success(member)
    }
    if let failure, members.isEmpty {
      tryAgain()
      forget(input)
      return .failure(.spawn(failure))
    }
    lastWaiter += 1
    let number = lastWaiter
    return await withTaskCancellationHandler {
      await wait(number, deadline ?? limits.waitDeadline, for: input)
    } onCancel: {
      Task(executorPreference: loop) { await self.giveUp(number, .cancelled) }
    }
  }

  private func wait(
    _ number: UInt64, _ time: Duration, for input: InputKey?
  ) async -> Result<Member, PoolError> {
    await withCheckedContinuation { continuation in
      let timer = loop.schedule(at: MonotonicTime.now.advanced(by: time)) { [weak self] in
        self?.assumeIsolated { $0.giveUp(number, .allBusy(waited: time)) }
      }
      waiters.append(
        Waiter(number: number, input: input, timer: timer, continuation: continuation))
      serveWaiters()
      replenish()
    }
  }

  private func giveUp(_ number: UInt64, _ error: PoolError) {
    guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
    refuse(waiters.remove(at: index), error)
  }

  func refuse(_ waiter: Waiter, _ error: PoolError) {
    loop.cancel(waiter.timer)
    forget(waiter.input)
    waiter.continuation.resume(returning: .failure(error))
  }

  /// One that is about to end is of use to nobody; what follows from its end comes with that.
  private func popIdle() -> Member? {
    while let member = idle.popLast() {
      if member.worker.state.cause == nil { return member }
    }
    return nil
  }

  private func lend(_ member: Member, for input: InputKey?) {
    let id = ObjectIdentifier(member)
    if let timer = entries[id]?.idleTimer { loop.cancel(timer) }
    entries[id]?.idleTimer = nil
    entries[id]?.isLent = true
    entries[id]?.input = input
  }

  func serveWaiters() {
    while !waiters.isEmpty, let member = popIdle() {
      guard let waiter = waiters.popFirst() else { return }
      loop.cancel(waiter.timer)
      lend(member, for: waiter.input)
      waiter.continuation.resume(returning: .success(member))
    }
  }

  /// - Parameter hasAnswered: whether the worker did what it was lent for; one whose caller gave up says nothing of the input.
  func giveBack(_ member: Member, hasAnswered: Bool) {
    let id = ObjectIdentifier(member)
    let state = member.worker.state
    if let cause = state.cause { count(id, cause) }
    guard var entry = entries[id], !entry.isRetired else { return }
    if state.cause == nil, let input = entry.input {
      if hasAnswered { breaker.survived(input) } else { breaker.notTried(input) }
    }
    entry.isLent = false
    entry.uses += 1
    entries[id] = entry
    backOff.succeeded()
    finishDraining()
    guard state.cause == nil else { return }
    let isWornOut = limits.usesPerWorker.map { entry.uses >= $0 } ?? false
    // One that still works for a caller who has given up would keep the next one waiting, and may end over what it was given before.
    if isWornOut || state.owesAnswers || isClosed { return retire(member) }
    entries[id]?.input = nil
    rest(member)
  }

  /// Nobody uses it now.
  func rest(_ member: Member) {
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

  func retire(_ member: Member) {
    idle.removeAll { $0 === member }
    entries[ObjectIdentifier(member)]?.isRetired = true
    Task(executorPreference: loop) { await member.worker.finish() }
  }
}
