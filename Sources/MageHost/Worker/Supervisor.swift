internal import MagePipes
internal import MageSystem
internal import MageWire

/// One worker's life: launch, seal, prove, invite, watch, end.
///
/// Lives on the host's loop. States only move forward, and the end is reached exactly once: whatever is noticed first becomes
/// the cause, the process is killed by pidfd, and when it is reaped everybody who waits for something is told.
actor Supervisor: Supervising {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  nonisolated let plan: WorkerPlan
  nonisolated let role: Role
  nonisolated let contract: WorkerContract
  /// Unique within the host.
  nonisolated let number: UInt64
  let launcher: Launcher
  let launched = MonotonicTime.now
  let onEnd: @Sendable (Supervisor) -> Void
  let events: EventHub
  /// Once there is a process.
  var identity: WorkerIdentity?

  var process: ProcessHandle?
  var connection: Connection?
  var report: PacketSocket?
  var phase = ForbiddenCall.Phase.startup
  var usage: ResourceWatch
  var held: HeldMemory
  let desk: CallDesk
  let group: GroupMembership
  /// Calls that were allowed once, and have been made.
  var spent: Set<String> = []
  /// Memory that the worker shares, by its policy's name for it.
  var memory: [String: SharedDescriptor] = [:]
  var watches: [Watched: Loop.WatchToken] = [:]
  var timers: [Timer: TimerToken] = [:]

  var cause: Ending.Cause?
  var ending: Ending?
  var launchFailure: LaunchError?
  var steps: [LaunchStep] = []
  var starting: CheckedContinuation<Result<Int32, SpawnError>, Never>?
  var isInvited = false
  /// What had passed when it ended.
  var passed = ConnectionTraffic()
  /// From the launch to the proven seal.
  var readyAfter = Duration.zero
  var hasProvenNamespaces = false
  /// A template's fork that waits for its ids.
  var unmapped: Unmapped?
  var waiting: [CheckedContinuation<Ending, Never>] = []

  /// What it writes, when its kind keeps that.
  var output: WorkerOutput?

  enum Watched: Hashable {
    case report, process
    case output(Int32)
  }
  enum Timer { case seal, wall, resources, group, proof, stuck, output }

  /// How long a killed process may take to be reaped before the host stops waiting for it. Only a process that is stuck
  /// inside the kernel takes longer than milliseconds.
  static let reapDeadline = Duration.seconds(10)
  static let firstLook = Duration.milliseconds(20)
  /// How soon to look again at a worker that has not closed its copy of the listener yet.
  static let proofPause = Duration.microseconds(50)

  init(
    _ plan: WorkerPlan, role: Role, _ contract: WorkerContract, number: UInt64,
    addresses: PinnedAddresses, launcher: Launcher, groups: GroupKeeper, events: EventHub,
    onEnd: @escaping @Sendable (Supervisor) -> Void
  ) {
    self.plan = plan
    self.role = role
    self.contract = contract
    self.number = number
    self.events = events
    self.launcher = launcher
    loop = launcher.loop
    self.onEnd = onEnd
    usage = plan.resourceWatch
    held = HeldMemory(directories: plan.policy.fileSystem.temporary.map(\.path))
    group = GroupMembership(groups, loop: launcher.loop)
    desk = CallDesk(plan.policy, addresses: addresses, loop: launcher.loop)
  }
}

// MARK: - Launch

extension Supervisor {
  /// Launches the worker. Returns its pid once it is sealed and proven, a template's once it waits for requests.
  func start(
    identity: LaunchRequest.Identity, null: SharedDescriptor, control: SharedDescriptor? = nil
  ) async -> Result<Int32, SpawnError> {
    await withCheckedContinuation { continuation in
      starting = continuation
      do {
        let channel = try PacketSocket.pair()
        let request = try request(identity, channel.peer, null, control)
        steps = request.steps
        try connect(channel.takeSocket())
        let reports = try PacketSocket.pair()
        let far = reports.peer
        report = reports.takeSocket()
        // Before there is a process that nobody would hear of.
        try watchReport()
        try watchOutputs()
        try submit(request, far)
      } catch let error as SpawnError {
        fail(error)
        return
      } catch {
        fail(.launchFailed("\(error)"))
        return
      }
      schedule(.seal, after: plan.sealDeadline) {
        $0.end(.limit(.sealDeadline($0.plan.sealDeadline)))
      }
    }
  }

  /// What the policy's `memory` stands for, by descriptor.
  func makeMemory() throws(SystemError) -> [Int32: SharedDescriptor] {
    var regions: [Int32: SharedDescriptor] = [:]
    for case .memory(let number, let grant) in plan.policy.descriptors {
      let region = SharedDescriptor(
        try SharedMemory.create(name: "mage-\(grant.name)", size: Int(clamping: grant.size)))
      regions[number] = region
      memory[grant.name] = region
    }
    return regions
  }

  func connect(_ socket: consuming PacketSocket) throws(SystemError) {
    let connection = Connection(
      socket, channel: Channel(side: .host, limits: plan.channelLimits, isFork: role.isFork),
      loop: loop, options: plan.connectionOptions
    ) { [weak self] news in
      self?.assumeIsolated { $0.handle(news) }
    }
    self.connection = connection
    let started = connection.assumeIsolated { connection in
      Result { () throws(SystemError) in try connection.start() }
    }
    try started.get()
  }

  func watchReport() throws(SystemError) {
    guard let number = report?.descriptor.number else { return }
    watches[.report] = try loop.watch(number, .read) { [weak self] _ in
      self?.assumeIsolated { $0.readReport() }
    }
  }

  func readReport() {
    do throws(SystemError) {
      while report != nil {
        guard let next = try nextReport() else { return }
        take(next)
      }
    } catch  where error.isWouldBlock {
      return
    } catch {
      launchEnded(.launcherGone("\(error)"))
    }
  }

  func nextReport() throws(SystemError) -> LaunchReport? {
    guard report != nil else { return nil }
    return try report?.receiveLaunchReport()
  }

  func take(_ report: LaunchReport) {
    switch report {
    case .launched(let pid, let pidfd, let reporter):
      launched(pid, pidfd)
      if let reporter { mapIdentity(pid, reporter) }
    case .listener(let descriptor): startupListener(descriptor)
    case .failed(let failure):
      launcher.assumeIsolated { $0.note(failure) }
      launchEnded(LaunchError(failure, steps: steps))
    // The former is said on the launcher's own socket only, the latter of programs that are not workers.
    case .ready, .programEnded: break
    case .executed: reportClosed()
    }
  }

  func launched(_ pid: Int32, _ pidfd: SharedDescriptor) {
    // First: whatever fails from here on, the process is known, and is ended and reaped.
    process = ProcessHandle(pid: pid, pidfd: pidfd)
    do throws(SystemError) {
      watches[.process] = try loop.watch(pidfd.number, .read) { [weak self] _ in
        self?.assumeIsolated { $0.processEnded() }
      }
      identity = WorkerIdentity(
        number: number, pid: pid, kind: contract.kind, policy: plan.policy.name, role: role.kind)
    } catch {
      launchEnded(.launcherGone("\(error)"))
    }
    // What it uses before it is invited counts. Most are invited sooner, and are looked at from then on.
    // What a template prepares is for all of its forks, and its limits are theirs.
    if !role.isTemplate { schedule(.resources, after: Self.firstLook) { $0.watchResources() } }
    // Forks are born in their template's group, so it has none.
    if !role.isTemplate, let memory = plan.policy.limits.memory {
      schedule(.group, after: GroupMembership.delay) {
        if $0.cause == nil { $0.group.enter(memory: memory) { [pid] } }
      }
    }
    // Asked to end while the launcher was at work.
    if cause != nil { killProcess() }
  }

  func startupListener(_ descriptor: SharedDescriptor) {
    do throws(SystemError) {
      try listen(FilterListener(owning: try descriptor.duplicate()))
    } catch {
      end(.notSealed("\(error)"))
    }
  }

  /// A step failed. The child, if there is one, is dead or about to be; it is reaped like any other.
  func launchEnded(_ error: LaunchError) {
    launchFailure = launchFailure ?? error
    reportClosed()
    if process == nil { fail(.launchFailed("\(error)")) } else { end(.notSealed("\(error)")) }
  }

  func reportClosed() {
    unwatch(.report)
    report = nil
    // The socket closed without a word: neither a process nor a failure.
    if process == nil, cause == nil, launchFailure == nil {
      launchEnded(whyNothingCame())
    }
  }

  /// Ends a launch that never had a process.
  func fail(_ error: SpawnError) {
    guard let starting else { return }
    self.starting = nil
    close(CallError.workerEnded(Ending(cause: .notSealed("\(error)"), usage: ResourceUsage())))
    starting.resume(returning: .failure(error))
    onEnd(self)
  }
}
