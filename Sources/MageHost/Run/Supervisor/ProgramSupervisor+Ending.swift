internal import MagePipes
internal import MagePolicy
internal import MageSystem

extension ProgramSupervisor {
  /// Ends the program. The first cause wins; later ones are echoes.
  func end(_ cause: Ending.Cause) {
    guard self.cause == nil, ending == nil, !isReaped else { return }
    self.cause = cause
    noteUse()
    killProcess()
    schedule(.stuck, after: Self.reapDeadline) { $0.finish() }
  }

  /// Process 1 dies, and the kernel kills everything else in its namespace before it can be reaped.
  func killProcess() {
    try? process?.kill()
    group.killAll()
  }

  func waitForEnding() async -> Ending {
    // Looked at inside: other jobs of this actor may run before the body does, and one of them may be the end.
    await withCheckedContinuation { continuation in
      if let ending { continuation.resume(returning: ending) } else { waiting.append(continuation) }
    }
  }

  func processEnded() {
    // What process 1 had to say is here, though perhaps not read yet.
    readReport()
    // Its books are closed when it is reaped. Process 1 has waited for all others.
    if let pid = process?.pid { used.writtenBytes = MemoryUse.writtenBytes(of: pid) }
    do throws(SystemError) {
      guard let status = try process?.reap() else { return }
      reaped = status
    } catch {}
    unwatch(.process)
    isReaped = true
    lifetime = MonotonicTime.now.since(started)
    cancel(.wall)
    finishIfDone()
  }

  func relayEnded() {
    relays -= 1
    finishIfDone()
  }

  /// The ending comes after the last byte of output, unless somebody asked for an end: then nobody waits for a slow reader.
  func finishIfDone() {
    guard isReaped else { return }
    let isUrgent = cause == .killed || cause == .hostGone
    if relays == 0 || isUrgent { finish() }
  }

  func finish() {
    guard ending == nil else { return }
    // Nobody may have watched it: a dead one is not left to lie there.
    if reaped == nil { reaped = try? process?.reap() }
    if reaped == nil, let left = process.take() {
      unwatch(.process)
      LateReaper.watch(left, on: loop)
    }
    let ending = Ending(cause: finalCause, usage: finalUsage)
    self.ending = ending
    release()
    if let starting {
      self.starting = nil
      starting.resume(
        returning: .failure(launchFailure.map { .launchFailed($0) } ?? .ended(ending)))
    }
    let waiting = waiting
    self.waiting = []
    for continuation in waiting { continuation.resume(returning: ending) }
    onEnd(self)
  }

  var finalCause: Ending.Cause {
    // Read to the end only now: what the program had written before it died counts.
    if let cause { return cause }
    if let meter, meter.total > meter.limit { return .limit(.output(meter.limit)) }
    guard let reaped else { return .killed }
    let status = ownEnd.map { reaped.with($0) } ?? reaped
    return ProgramCause.from(
      status, limits: plan.policy.limits, watch: usage, ranOutOfMemory: group.ranOut,
      raised: raised)
  }

  var finalUsage: ResourceUsage {
    ResourceUsage(
      cpu: max(used.cpu, reaped.map { $0.userTime + $0.systemTime } ?? .zero),
      wall: lifetime ?? .zero, peakMemoryBytes: max(used.peakBytes, reaped?.peakResidentBytes ?? 0),
      outputBytes: meter.map { min($0.total, $0.limit) } ?? 0, writtenBytes: used.writtenBytes,
      deniedCalls: desk.denied)
  }

  func release() {
    stopWatching()
    desk.close()
    report = nil
    process = nil
    group.leave()
  }
}
