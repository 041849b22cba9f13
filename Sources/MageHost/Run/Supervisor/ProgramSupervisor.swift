internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// One program's life: launch, watch, end. The counterpart of ``Supervisor`` for what is not a worker.
///
/// Lives on the host's loop. The filter's listener is the host's for the program's whole life, so every call that the filter
/// does not decide arrives here.
actor ProgramSupervisor: Supervising {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  let plan: ProgramPlan
  let launcher: Launcher
  let notes: CallNotes?
  let onEnd: @Sendable (ProgramSupervisor) -> Void

  var report: PacketSocket?
  var process: ProcessHandle?
  var watches: [Watched: Loop.WatchToken] = [:]
  var timers: [Timer: TimerToken] = [:]
  var usage: ResourceWatch
  var held: HeldMemory
  var meter: OutputMeter?
  var relays = 0
  let group: GroupMembership
  let desk: CallDesk

  /// The program's own number on the host, once it executes.
  var program: Int32?
  var started = MonotonicTime.now
  /// From exec to the reaping; the output may take longer.
  var lifetime: Duration?
  var steps: [LaunchStep] = []
  /// Signals of the kernel's that the program sent by itself.
  var raised: Set<Int32> = []
  /// Calls that were allowed once, and have been made.
  var spent: Set<String> = []
  var used = Used()
  var ownEnd: ExitStatus.Cause?
  var reaped: ExitStatus?
  var isReaped = false
  var cause: Ending.Cause?
  var launchFailure: String?
  var ending: Ending?
  var starting: CheckedContinuation<Result<ProgramProcess, SpawnError>, Never>?
  var waiting: [CheckedContinuation<Ending, Never>] = []

  enum Watched { case report, process }
  enum Timer { case launch, wall, resources, group, stuck }

  /// From the launch to exec; what takes longer hangs.
  static let launchDeadline = Duration.seconds(10)
  static let reapDeadline = Duration.seconds(10)

  init(
    _ plan: ProgramPlan, launcher: Launcher, groups: GroupKeeper, notes: CallNotes?,
    onEnd: @escaping @Sendable (ProgramSupervisor) -> Void
  ) {
    self.plan = plan
    self.launcher = launcher
    self.notes = notes
    loop = launcher.loop
    self.onEnd = onEnd
    usage = plan.resourceWatch
    held = HeldMemory(directories: plan.policy.fileSystem.temporary.map(\.path))
    group = GroupMembership(groups, loop: launcher.loop)
    desk = CallDesk(plan.policy, addresses: plan.addresses, loop: launcher.loop)
  }

  var mechanisms: Mechanisms {
    Mechanisms(
      level: plan.launch.level, memory: group.mechanism, landlock: plan.launch.landlock)
  }
}
