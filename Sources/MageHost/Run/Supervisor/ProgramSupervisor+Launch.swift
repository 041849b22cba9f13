internal import MagePipes
internal import MagePolicy
internal import MageSystem

extension ProgramSupervisor {
  func start(
    identity: LaunchRequest.Identity, null: SharedDescriptor
  ) async -> Result<ProgramProcess, SpawnError> {
    await withCheckedContinuation { continuation in
      starting = continuation
      do {
        let streams = try streams(null: null)
        let request = try plan.launch.request(
          identity: identity, channel: null, null: null, streams: streams)
        steps = request.steps
        let reports = try PacketSocket.pair()
        let far = reports.peer
        report = reports.takeSocket()
        // Before there is a process that nobody would hear of.
        try watchReport()
        try launcher.assumeIsolated { launcher in
          Result { () throws(LaunchError) in try launcher.submit(request, report: far) }
        }.get()
      } catch {
        failLaunch("\(error)")
        return
      }
      schedule(.launch, after: Self.launchDeadline) {
        $0.launchFailed("the launch took longer than \(Self.launchDeadline)")
      }
    }
  }

  /// The descriptors that the policy's `input` and `output` stand for.
  func streams(null: SharedDescriptor) throws -> [Int32: SharedDescriptor] {
    let meter = OutputMeter(limit: plan.policy.limits.output) { [weak self, loop] in
      Task(executorPreference: loop) { await self?.outputPassed() }
    }
    self.meter = meter
    var streams: [Int32: SharedDescriptor] = [:]
    var ends: [Int32: SharedDescriptor] = [:]
    for grant in plan.policy.descriptors {
      switch grant {
      case .input(let number): streams[number] = try InputGrant.make(plan.streams.input, null: null)
      case .output(let range):
        for number in range {
          let target = OutputTarget.number(of: number, streams: plan.streams)
          if ends[target] == nil { ends[target] = try relay(to: target, meter) }
          streams[number] = ends[target]
        }
      case .null, .channel, .memory: break
      }
    }
    return streams
  }

  func relay(
    to target: Int32, _ meter: OutputMeter
  ) throws(SystemError) -> SharedDescriptor? {
    guard (try? DescriptorFacts(of: target)) != nil else { return nil }
    let (relay, end) = try OutputRelay.make(to: target, meter)
    relays += 1
    try relay.start { [weak self, loop] in
      Task(executorPreference: loop) { await self?.relayEnded() }
    }
    return end
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
        guard let next = try report?.receiveLaunchReport() else { return }
        take(next)
      }
    } catch  where error.isWouldBlock {
      return
    } catch {
      launchFailed("the launcher broke off: \(error)")
    }
  }

  func take(_ news: LaunchReport) {
    switch news {
    case .launched(let pid, let pidfd, _): launched(pid, pidfd)
    case .listener(let descriptor): listen(descriptor)
    case .programEnded(let cause): ownEnd = cause
    case .failed(let failure):
      launcher.assumeIsolated { $0.note(failure) }
      launchFailed("\(LaunchError(failure, steps: steps))")
    case .ready: break  // said on the launcher's own socket only
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
    } catch {
      launchFailed("\(error)")
    }
    if cause != nil { killProcess() }
  }

  func listen(_ descriptor: SharedDescriptor) {
    do throws(SystemError) {
      try desk.listen(on: FilterListener(owning: try descriptor.duplicate())) {
        [weak self] ready in self?.assumeIsolated { $0.callStopped(ready) }
      }
    } catch {
      launchFailed("\(error)")
    }
  }

  func reportClosed() {
    unwatch(.report)
    report = nil
    guard process == nil, cause == nil else { return }
    launchFailed("\(launcher.assumeIsolated { $0.whyGone() })")
  }

  func launchFailed(_ reason: String) {
    guard program == nil || starting != nil else { return }
    launchFailure = launchFailure ?? reason
    if process == nil { failLaunch(reason) } else { end(.notSealed(reason)) }
  }

  /// Ends a launch that never had a process.
  func failLaunch(_ reason: String) {
    guard let starting else { return }
    self.starting = nil
    release()
    starting.resume(returning: .failure(.launchFailed(reason)))
    onEnd(self)
  }
}
