internal import MagePipes
internal import MageSystem
internal import MageWire

extension Supervisor {
  /// Ends the worker. The first cause wins; later ones are echoes.
  func end(_ cause: Ending.Cause) {
    guard self.cause == nil, ending == nil else { return }
    self.cause = cause
    connection?.assumeIsolated { $0.stopReading() }
    killProcess()
    schedule(.stuck, after: Self.reapDeadline) { $0.finish(nil) }
  }

  func killProcess() {
    // Fails only when there is no such process any more, and then the pidfd is readable.
    try? process?.kill()
  }

  /// Asks the worker to exit by itself, and ends it when it has not within `grace`.
  func requestFinish(grace: Duration) {
    guard cause == nil, ending == nil else { return }
    guard isInvited else { return end(.killed) }
    handshake { $0.sendFinish() }
    schedule(.stuck, after: grace) { $0.end(.killed) }
  }

  /// How the worker ended, once it has.
  func waitForEnding() async -> Ending {
    // Looked at inside: other jobs of this actor may run before the body does, and one of them may be the end.
    await withCheckedContinuation { continuation in
      if let ending { continuation.resume(returning: ending) } else { waiting.append(continuation) }
    }
  }

  var endingIfEnded: Ending? { ending }

  /// What is remembered of a worker that served.
  var life: (WorkerIdentity, Ending, ConnectionTraffic)? {
    guard isInvited || role.isTemplate, let identity, let ending else { return nil }
    return (identity, ending, passed)
  }

  func processEnded() {
    do throws(SystemError) {
      guard let status = try process?.reap() else { return }
      finish(status)
    } catch {
      finish(nil)
    }
  }

  /// The process is reaped, or will never be: everything is released and everybody told.
  func finish(_ status: ExitStatus?) {
    guard ending == nil else { return }
    // Nobody may have watched it: a dead one is not left to lie there.
    let status = status ?? (try? process?.reap())
    if status == nil, let left = process.take() {
      unwatch(.process)
      LateReaper.watch(left, on: loop)
    }
    // What it had sent before it died may be the reason: a malformed message outranks the crash that came with it.
    if cause == nil { connection?.assumeIsolated { $0.readWhatIsLeft() } }
    let cause =
      cause ?? status.map {
        EndingCause.from(
          $0, limits: usage, ranOutOfMemory: group.ranOut, largestFile: plan.launch.largestFile)
      } ?? .killed
    let ending = Ending(cause: cause, usage: finalUsage(status))
    self.ending = ending
    passed = connection?.assumeIsolated { $0.traffic } ?? ConnectionTraffic()
    finishOutput()
    close(.workerEnded(ending))
    if let starting {
      self.starting = nil
      let error = launchFailure.map { SpawnError.launchFailed("\($0)") } ?? .ended(ending)
      starting.resume(returning: .failure(error))
    }
    let waiting = waiting
    self.waiting = []
    for continuation in waiting { continuation.resume(returning: ending) }
    // What never came to be invited is reported as a start that failed.
    if isInvited || role.isTemplate, let identity { events.say(.ended(identity, ending)) }
    onEnd(self)
  }

  var currentUsage: ResourceUsage {
    if let ending { return ending.usage }
    return ResourceUsage(
      cpu: process?.cpuTime() ?? usage.cpu, wall: MonotonicTime.now.since(launched),
      peakMemoryBytes: MemoryUse.bytes(of: process?.pid ?? 0))
  }

  var mechanisms: Mechanisms {
    Mechanisms(
      level: plan.launch.level, memory: group.mechanism, landlock: plan.launch.landlock)
  }

  func finalUsage(_ status: ExitStatus?) -> ResourceUsage {
    ResourceUsage(
      cpu: status.map { $0.userTime + $0.systemTime } ?? usage.cpu,
      wall: MonotonicTime.now.since(launched), peakMemoryBytes: status?.peakResidentBytes ?? 0,
      deniedCalls: desk.denied)
  }

  func close(_ error: CallError) {
    stopWatching()
    desk.close()
    output = nil
    group.leave()
    report = nil
    unmapped = nil
    process = nil
    connection?.assumeIsolated { $0.end(error) }
    connection = nil
  }
}
