internal import DequeModule
internal import Mage
internal import MagePipes
internal import MagePolicy
internal import MageSeccomp
internal import MageSystem

/// The host's state, on its loop.
actor HostCore {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  let launcher: Launcher
  /// For what has no namespaces.
  let plainLauncher: Launcher
  let groups: GroupKeeper
  private let sealDeadline: Duration
  private let policies: PolicyLibrary?
  nonisolated let events = EventHub()
  let null: SharedDescriptor
  let identities: IdentityMap
  private(set) var supervisors: [ObjectIdentifier: Supervisor] = [:]
  /// Workers and templates that live or are being started.
  var supervisorCount: Int { supervisors.count }
  private var plans: [PlanKey: WorkerPlan] = [:]
  private var workerFilters = PolicyCache<CompiledFilters>()
  var programFilters = PolicyCache<[UInt8]>()
  var slots = IdentitySlots(seed: UInt32(bitPattern: ProcessIdentity.own))
  var isShutDown = false
  private let observer: (any CallObserver)?
  private(set) var history = HostHistory()
  private var launches = 0
  private var lastWorker: UInt64 = 0
  private var waitingLaunches = Deque<CheckedContinuation<Void, Never>>()
  /// Those made of a kind.
  var pools: [ObjectIdentifier: WeakPool] = [:]
  /// Programs that are no workers.
  var programs: [ObjectIdentifier: ProgramSupervisor] = [:]

  /// One program under one policy, with its arguments.
  private struct PlanKey: Hashable {
    let executable: String
    let arguments: [String]
    let policyName: String
    let isTemplate: Bool
  }

  init(
    launcher path: String, policies: PolicyLibrary?, sealDeadline: Duration,
    observer: (any CallObserver)?
  ) throws(HostError) {
    self.observer = observer
    self.sealDeadline = sealDeadline
    self.policies = policies
    do throws(SystemError) {
      loop = try Loop()
      null = SharedDescriptor(try OwnedDescriptor.open("/dev/null", flags: 2))
      identities = try IdentityMap.ofThisProcess()
      launcher = Launcher(path: path, loop: loop)
      plainLauncher = Launcher(path: path, loop: loop, makesNamespaces: false)
      groups = GroupKeeper(launcher: path)
      try LoopThread.start(loop)
    } catch {
      throw .system(SystemFailure(description: "\(error)"))
    }
  }

  /// The last reference to the host went without a shutdown.
  nonisolated func abandon() {
    Task(executorPreference: loop) { await self.shutDown(grace: .zero) }
  }

  // MARK: Spawning

  func spawn(
    _ executable: String, _ policy: Policy, _ arguments: [String],
    implements interfaces: [any Interface.Type]
  ) async -> Result<WorkerProcess, SpawnError> {
    await atPossibleLevel(of: policy) { policy in
      await spawnHere(executable, policy, arguments, implements: interfaces)
    }
  }

  private func spawnHere(
    _ executable: String, _ policy: Policy, _ arguments: [String],
    implements interfaces: [any Interface.Type]
  ) async -> Result<WorkerProcess, SpawnError> {
    do throws(SpawnError) {
      let plan = try plan(executable, policy, arguments, isTemplate: false)
      try plan.interfaces.check(implemented: interfaces)
      let contract = WorkerContract(kind: WorkerIdentity.kind(of: executable))
      return try await launch(plan, .worker, contract).get().invite()
    } catch {
      return .failure(error)
    }
  }

  func spawn(_ kind: WorkerKind) async -> Result<WorkerProcess, SpawnError> {
    do throws(SpawnError) {
      return try await launch(
        try plan(kind, isTemplate: false), .worker, WorkerContract(kind)
      ).get().invite()
    } catch {
      return .failure(error)
    }
  }

  /// The plan of a kind whose interfaces agree with its policy.
  func plan(_ kind: WorkerKind, isTemplate: Bool) throws(SpawnError) -> WorkerPlan {
    if isTemplate { try Self.checkTemplates(kind.policy) }
    var plan = try plan(kind.executable, kind.policy, kind.arguments, isTemplate: isTemplate)
    try plan.interfaces.check(implemented: kind.offers)
    try plan.interfaces.check(called: kind.accepts)
    plan.sealDeadline = kind.sealDeadline ?? sealDeadline
    return plan
  }

  static func checkTemplates(_ policy: Policy) throws(SpawnError) {
    guard policy.allowsTemplates else {
      throw .notPossible("policy \(policy.name) refuses templates")
    }
  }

  /// Starts a process that is a worker or is to be one; it is ready and not invited.
  ///
  /// - Parameters:
  ///   - control: a template's end of its socket.
  ///   - onEnd: called on the loop when it has ended, however far it came.
  func launch(
    _ plan: WorkerPlan, _ role: Supervisor.Role, _ contract: WorkerContract,
    control: SharedDescriptor? = nil,
    onEnd: @escaping @Sendable (Supervisor) -> Void = { _ in }
  ) async -> Result<Supervisor, SpawnError> {
    await beginLaunch()
    defer { endLaunch() }
    let started = await start(plan, role, contract, control: control, onEnd: onEnd)
    switch started {
    case .success: history.started()
    case .failure(let error):
      history.startFailed()
      events.say(.startFailed(kind: contract.kind, policy: plan.policy.name, error))
    }
    return started
  }

  private func start(
    _ plan: WorkerPlan, _ role: Supervisor.Role, _ contract: WorkerContract,
    control: SharedDescriptor?, onEnd: @escaping @Sendable (Supervisor) -> Void
  ) async -> Result<Supervisor, SpawnError> {
    let names = await NameResolver.addresses(of: plan.policy, on: loop)
    guard !isShutDown else { return .failure(.hostGone) }
    let slot = slots.next
    do throws(SpawnError) {
      let addresses = try names.get()
      let identity = try identities.identity(inside: plan.policy.identity, slot: slot)
      slots.take()
      lastWorker += 1
      let supervisor = Supervisor(
        plan, role: role, contract, number: lastWorker, addresses: addresses,
        launcher: launcher(for: plan.policy), groups: groups, events: events
      ) { [weak self] supervisor in
        self?.assumeIsolated { $0.ended(supervisor, slot) }
        onEnd(supervisor)
      }
      supervisors[ObjectIdentifier(supervisor)] = supervisor
      return await supervisor.start(identity: identity, null: null, control: control)
        .map { _ in supervisor }
    } catch {
      return .failure(error)
    }
  }

  private func ended(_ supervisor: Supervisor, _ slot: UInt32) {
    supervisors[ObjectIdentifier(supervisor)] = nil
    if let (identity, ending, passed) = supervisor.assumeIsolated({ $0.life }) {
      history.ended(identity, ending, passed, at: events.uptime)
    }
    slots.giveBack(slot)
  }

  /// Launches that run at once. More would not be done sooner, and each has descriptors on their way, of which the kernel
  /// lets a user have as many as one of its workers may have open.
  private static let mostLaunches = 8

  private func beginLaunch() async {
    await withCheckedContinuation { continuation in
      if launches < Self.mostLaunches {
        launches += 1
        continuation.resume()
      } else {
        waitingLaunches.append(continuation)
      }
    }
  }

  private func endLaunch() {
    if let next = waitingLaunches.popFirst() { next.resume() } else { launches -= 1 }
  }

  /// Plans are kept. The executable is looked at again each time: a new
  /// build under the same name is a new program.
  func plan(
    _ executable: String, _ policy: Policy, _ arguments: [String], isTemplate: Bool
  ) throws(SpawnError) -> WorkerPlan {
    let key = PlanKey(
      executable: executable, arguments: arguments, policyName: policy.name,
      isTemplate: isTemplate)
    if let plan = plans[key], plan.policy == policy, plan.launch.executable.isCurrent {
      return plan
    }
    let filters: CompiledFilters
    do throws(FilterError) {
      let compiled = isTemplate ? TemplateRules.policy(policy) : policy
      filters = try workerFilters.value(of: compiled) { () throws(FilterError) in
        try FilterCompiler.compile(compiled)
      }
    } catch {
      throw .notPossible("policy \(policy.name): \(error)")
    }
    let plan = try WorkerPlan(
      executable, arguments: arguments, policy, filters, policies: policies,
      template: isTemplate ? TemplateShape(policy) : nil, sealDeadline: sealDeadline,
      observer: observer)
    if plans.count >= Self.mostPlans { plans.removeAll() }
    plans[key] = plan
    return plan
  }

  private static let mostPlans = 64

  // MARK: Shutting down

  func shutDown(grace: Duration) async {
    guard !isShutDown else { return }
    let end = MonotonicTime.now.advanced(by: grace)
    if grace > .zero { await drainPools(within: grace) }
    let grace = end.since(.now)
    guard !isShutDown else { return }
    isShutDown = true
    for supervisor in supervisors.values {
      if grace > .zero {
        await supervisor.requestFinish(grace: grace)
      } else {
        await supervisor.end(.hostGone)
      }
    }
    for program in programs.values { await program.end(.hostGone) }
    for supervisor in supervisors.values { _ = await supervisor.waitForEnding() }
    for program in programs.values { _ = await program.waitForEnding() }
    await groups.shutDown()
    await launcher.shutDown()
    await plainLauncher.shutDown()
    plans.removeAll()
    events.finish()
    loop.stop()
  }
}

extension HostCore {
  /// Calls that have begun may finish, and none begins.
  private func drainPools(within grace: Duration) async {
    let pools = pools.values.compactMap(\.pool)
    await withTaskGroup(of: Void.self) { group in
      for pool in pools { group.addTask { await pool.drain(within: grace) } }
    }
  }
}

/// Numbers for workers that live at the same time.
struct IdentitySlots {
  private var free: [UInt32] = []
  private var fresh: UInt32

  /// - Parameter seed: different for hosts that run at once, so that their workers are not one user: the kernel counts what a user
  ///   holds, and what one has used up another has not.
  init(seed: UInt32) { fresh = seed &* 64 }

  /// The one that ``take()`` takes.
  var next: UInt32 { free.last ?? fresh }

  mutating func take() {
    if free.popLast() == nil { fresh &+= 1 }
  }

  mutating func giveBack(_ slot: UInt32) { free.append(slot) }
}
