internal import MagePipes
internal import MageSystem
internal import MageWire

/// One worker's life: launch, seal, prove, invite, watch, end.
///
/// Lives on the host's loop. States only move forward, and the end is reached exactly once: whatever is noticed first becomes
/// the cause, the process is killed by pidfd, and when it is reaped everybody who waits for something is told.
actor Supervisor {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  nonisolated let plan: WorkerPlan
  private let launcher: Launcher
  private let launched = MonotonicTime.now
  private let onEnd: @Sendable (Supervisor) -> Void

  private var process: ProcessHandle?
  private var connection: Connection?
  private var report: PacketSocket?
  private var listener: FilterListener?
  private var phase = ForbiddenCall.Phase.startup
  private var usage: ResourceWatch
  private var watches: [Watched: Loop.WatchToken] = [:]
  private var timers: [Timer: TimerToken] = [:]

  private var cause: Ending.Cause?
  private var ending: Ending?
  private var launchFailure: LaunchError?
  private var steps: [LaunchStep] = []
  private var starting: CheckedContinuation<Result<WorkerProcess, SpawnError>, Never>?
  private var waiting: [CheckedContinuation<Ending, Never>] = []

  private enum Watched { case report, process, listener }
  private enum Timer { case seal, wall, resources, proof, stuck }

  /// How long a killed process may take to be reaped before the host stops waiting for it. Only a process that is stuck
  /// inside the kernel takes longer than milliseconds.
  private static let reapDeadline = Duration.seconds(10)
  /// How soon to look again at a worker that has not closed its copy of the listener yet.
  private static let proofPause = Duration.microseconds(200)

  init(
    _ plan: WorkerPlan, launcher: Launcher, onEnd: @escaping @Sendable (Supervisor) -> Void
  ) {
    self.plan = plan
    self.launcher = launcher
    loop = launcher.loop
    self.onEnd = onEnd
    usage = plan.resourceWatch
  }
}

// MARK: - Launch

extension Supervisor {
  /// Launches the worker. Returns it once it is sealed, proven and invited.
  func start(
    identity: LaunchRequest.Identity, null: SharedDescriptor
  ) async -> Result<WorkerProcess, SpawnError> {
    await withCheckedContinuation { continuation in
      starting = continuation
      do {
        let channel = try PacketSocket.pair()
        let request = try plan.launch.request(
          identity: identity, channel: channel.peer, null: null)
        steps = request.steps
        try connect(channel.takeSocket())
        let reports = try PacketSocket.pair()
        let far = reports.peer
        report = reports.takeSocket()
        try launcher.assumeIsolated { launcher in
          Result { () throws(LaunchError) in try launcher.submit(request, report: far) }
        }.get()
        try watchReport()
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

  private func connect(_ socket: consuming PacketSocket) throws(SystemError) {
    let connection = Connection(
      socket, channel: Channel(side: .host, limits: plan.channelLimits), loop: loop,
      options: plan.connectionOptions
    ) { [weak self] news in
      self?.assumeIsolated { $0.handle(news) }
    }
    self.connection = connection
    let started = connection.assumeIsolated { connection in
      Result { () throws(SystemError) in try connection.start() }
    }
    try started.get()
  }

  private func watchReport() throws(SystemError) {
    guard let number = report?.descriptor.number else { return }
    watches[.report] = try loop.watch(number, .read) { [weak self] _ in
      self?.assumeIsolated { $0.readReport() }
    }
  }

  private func readReport() {
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

  private func nextReport() throws(SystemError) -> LaunchReport? {
    guard report != nil else { return nil }
    return try report?.receiveLaunchReport()
  }

  private func take(_ report: LaunchReport) {
    switch report {
    case .launched(let pid, let pidfd): launched(pid, pidfd)
    case .listener(let descriptor): startupListener(descriptor)
    case .failed(let failure): launchEnded(LaunchError(failure, steps: steps))
    // The former is said on the launcher's own socket only, the latter of programs that are not workers.
    case .ready, .programEnded: break
    case .executed: reportClosed()
    }
  }

  private func launched(_ pid: Int32, _ pidfd: SharedDescriptor) {
    do throws(SystemError) {
      let handle = ProcessHandle(pid: pid, pidfd: try pidfd.duplicate())
      watches[.process] = try loop.watch(handle.pidfd.number, .read) { [weak self] _ in
        self?.assumeIsolated { $0.processEnded() }
      }
      process = consume handle
    } catch {
      launchEnded(.launcherGone("\(error)"))
    }
    // Asked to end while the launcher was at work.
    if cause != nil { killProcess() }
  }

  private func startupListener(_ descriptor: SharedDescriptor) {
    do throws(SystemError) {
      try listen(FilterListener(owning: try descriptor.duplicate()))
    } catch {
      end(.notSealed("\(error)"))
    }
  }

  /// A step failed. The child, if there is one, is dead or about to be; it is reaped like any other.
  private func launchEnded(_ error: LaunchError) {
    launchFailure = launchFailure ?? error
    reportClosed()
    if process == nil { fail(.launchFailed("\(error)")) } else { end(.notSealed("\(error)")) }
  }

  private func reportClosed() {
    unwatch(.report)
    report = nil
    // The socket closed without a word: neither a process nor a failure.
    if process == nil, cause == nil, launchFailure == nil {
      launchEnded(launcher.assumeIsolated { $0.whyGone() })
    }
  }

  /// Ends a launch that never had a process.
  private func fail(_ error: SpawnError) {
    guard let starting else { return }
    self.starting = nil
    close(CallError.workerEnded(Ending(cause: .notSealed("\(error)"), usage: ResourceUsage())))
    starting.resume(returning: .failure(error))
    onEnd(self)
  }
}

// MARK: - Seal, proof, invitation

extension Supervisor {
  private func handle(_ news: ConnectionNews) {
    switch news {
    case .hello: seal()
    case .sealed(let listener): sealed(listener)
    case .refused(let reason): end(.notSealed("the worker says: \(reason)"))
    case .malformed(let malformed): end(.malformed(malformed))
    case .exceeded(let limit): end(.limit(limit))
    case .failed(let error): end(.notSealed("\(error)"))
    case .peerClosed: channelClosed()
    case .seal, .invited, .finish: break  // never sent to a host: FrameRules has no row for them
    }
  }

  /// The runtime has started: its start-up filter's listener makes room for the next one, and the filter goes out.
  private func seal() {
    // The listener was sent before the runtime's first byte, on another socket: it is here, though perhaps not taken yet.
    readReport()
    unwatch(.listener)
    listener = nil
    handshake { [program = plan.serveProgram] in $0.sendSeal(program: program) }
  }

  private func sealed(_ descriptor: SharedDescriptor) {
    do throws(SystemError) {
      phase = .serve
      try listen(FilterListener(owning: try descriptor.duplicate()))
      prove()
    } catch {
      end(.notSealed("\(error)"))
    }
  }

  private func prove() {
    guard cause == nil, let pid = process?.pid else { return }
    switch plan.proof.verdict(on: pid) {
    case .holds:
      invite()
    case .notYet:
      schedule(.proof, after: Self.proofPause) { $0.prove() }
    case .broken(let defect):
      end(.notSealed(defect))
    }
  }

  private func invite() {
    guard let connection, let starting, let pid = process?.pid else { return }
    handshake { (channel) throws(Malformed) in try channel.sendInvitation() }
    guard cause == nil else { return }
    cancel(.seal)
    if let wall = plan.wallLimit {
      schedule(.wall, after: wall) { $0.end(.limit(.wall(wall))) }
    }
    watchResources()
    self.starting = nil
    starting.resume(returning: .success(WorkerProcess(self, connection, pid: pid)))
  }

  private func handshake(_ make: @Sendable (inout Channel) throws(Malformed) -> Void) {
    guard cause == nil, let connection else { return }
    let done = connection.assumeIsolated { connection in
      Result { () throws(Malformed) in try connection.handshake(make) }
    }
    if case .failure(let malformed) = done { end(.malformed(malformed)) }
  }
}

// MARK: - Watching

extension Supervisor {
  private func listen(_ listener: consuming FilterListener) throws(SystemError) {
    watches[.listener] = try loop.watch(listener.descriptor.number, .read) { [weak self] ready in
      self?.assumeIsolated { $0.callStopped(ready) }
    }
    self.listener = consume listener
  }

  private func callStopped(_ ready: Epoll.Interest) {
    guard ready.contains(.read) else {
      // Hang-up: every thread under the filter is gone. The pidfd tells the rest.
      unwatch(.listener)
      return
    }
    do throws(SystemError) {
      guard let call = try listener?.next() else { return }
      end(CallReport.cause(of: call, phase: phase))
    } catch {
      // ENOENT: the caller died meanwhile. Anything else is no reason to trust it further.
      if error.errno != Errno.noEntry { end(.notSealed("\(error)")) }
    }
  }

  private func watchResources() {
    guard cause == nil, ending == nil, process != nil else { return }
    let look = lookAtProcess()
    if let passed = look.passed {
      end(.limit(passed))
    } else {
      schedule(.resources, after: look.again) { $0.watchResources() }
    }
  }

  private func lookAtProcess() -> (passed: Limit?, again: Duration) {
    guard let handle = process.take() else { return (nil, .seconds(1)) }
    let look = usage.look(at: handle)
    process = consume handle
    return look
  }

  /// The worker closed its end of the channel. It ends by itself at once, or it is up to something.
  private func channelClosed() {
    guard cause == nil, timers[.stuck] == nil else { return }
    schedule(.stuck, after: .seconds(1)) { $0.end(.exited(status: 0)) }
  }
}

// MARK: - The end

extension Supervisor {
  /// Ends the worker. The first cause wins; later ones are echoes.
  func end(_ cause: Ending.Cause) {
    guard self.cause == nil, ending == nil else { return }
    self.cause = cause
    connection?.assumeIsolated { $0.stopReading() }
    killProcess()
    schedule(.stuck, after: Self.reapDeadline) { $0.finish(nil) }
  }

  private func killProcess() {
    // Fails only when there is no such process any more, and then the pidfd is readable.
    try? process?.kill()
  }

  /// Asks the worker to exit by itself, and ends it when it has not within `grace`.
  func requestFinish(grace: Duration) {
    guard cause == nil, ending == nil else { return }
    guard starting == nil else { return end(.killed) }
    handshake { $0.sendFinish() }
    schedule(.stuck, after: grace) { $0.end(.killed) }
  }

  /// How the worker ended, once it has.
  func waitForEnding() async -> Ending {
    if let ending { return ending }
    return await withCheckedContinuation { waiting.append($0) }
  }

  var endingIfEnded: Ending? { ending }

  private func processEnded() {
    do throws(SystemError) {
      guard let status = try process?.reap() else { return }
      finish(status)
    } catch {
      finish(nil)
    }
  }

  /// The process is reaped, or will never be: everything is released and everybody told.
  private func finish(_ status: ExitStatus?) {
    guard ending == nil else { return }
    // What it had sent before it died may be the reason: a malformed message outranks the crash that came with it.
    if cause == nil { connection?.assumeIsolated { $0.readWhatIsLeft() } }
    let cause = cause ?? status.map { EndingCause.from($0, limits: usage) } ?? .killed
    let ending = Ending(cause: cause, usage: finalUsage(status))
    self.ending = ending
    close(.workerEnded(ending))
    if let starting {
      self.starting = nil
      let error = launchFailure.map { SpawnError.launchFailed("\($0)") } ?? .ended(ending)
      starting.resume(returning: .failure(error))
    }
    let waiting = waiting
    self.waiting = []
    for continuation in waiting { continuation.resume(returning: ending) }
    onEnd(self)
  }

  var currentUsage: ResourceUsage {
    if let ending { return ending.usage }
    return ResourceUsage(
      cpu: process?.cpuTime() ?? usage.cpu, wall: MonotonicTime.now.since(launched),
      peakMemoryBytes: ResourceWatch.residentBytes(of: process?.pid ?? 0))
  }

  private func finalUsage(_ status: ExitStatus?) -> ResourceUsage {
    ResourceUsage(
      cpu: status.map { $0.userTime + $0.systemTime } ?? usage.cpu,
      wall: MonotonicTime.now.since(launched), peakMemoryBytes: status?.peakResidentBytes ?? 0)
  }

  private func close(_ error: CallError) {
    for watched in [Watched.report, .process, .listener] { unwatch(watched) }
    for timer in timers.values { loop.cancel(timer) }
    timers = [:]
    report = nil
    listener = nil
    process = nil
    connection?.assumeIsolated { $0.end(error) }
    connection = nil
  }

  private func unwatch(_ watched: Watched) {
    guard let token = watches.removeValue(forKey: watched) else { return }
    loop.unwatch(token)
  }

  private func schedule(
    _ timer: Timer, after delay: Duration,
    _ action: @escaping @Sendable (isolated Supervisor) -> Void
  ) {
    cancel(timer)
    timers[timer] = loop.schedule(at: MonotonicTime.now.advanced(by: delay)) { [weak self] in
      self?.assumeIsolated {
        $0.timers[timer] = nil
        action($0)
      }
    }
  }

  private func cancel(_ timer: Timer) {
    guard let token = timers.removeValue(forKey: timer) else { return }
    loop.cancel(token)
  }
}
