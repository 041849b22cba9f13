internal import MagePipes
internal import MagePolicy
internal import MageSystem
internal import MageWire

extension Supervisor {
  func listen(_ listener: consuming FilterListener) throws(SystemError) {
    try desk.listen(on: listener) { [weak self] ready in
      self?.assumeIsolated { $0.callStopped(ready) }
    }
  }

  func callStopped(_ ready: Epoll.Interest) {
    guard ready.contains(.read) else {
      // Hang-up: every thread under the filter is gone. The pidfd tells the rest.
      return desk.unwatch()
    }
    do throws(SystemError) {
      guard let call = try desk.next() else { return }
      let name = SystemCallNames.name(of: call.number) ?? ""
      try decide(ShownCall(call: call, name: name, process: process?.pid ?? 0))
    } catch {
      // ENOENT: the caller died meanwhile. Anything else is no reason to trust it further.
      if error.errno != Errno.noEntry { end(.notSealed("\(error)")) }
    }
  }

  private func decide(_ shown: ShownCall) throws(SystemError) {
    let (call, name, policy) = (shown.call, shown.name, plan.policy)
    let verdict =
      shown.arguments(under: policy).map {
        policy.verdict(on: name, arguments: $0, in: phase == .serve ? .serve : .startup)
      } ?? .unknown
    switch verdict.action {
    case .once where spent.insert(name).inserted: try desk.proceed(call)
    case .allow where phase == .serve:
      let tree = ProcessTree(root: shown.process, hasInit: false)
      if let passed = shown.passedLimit(policy.limits, in: tree) { return end(.limit(passed)) }
      try desk.proceed(call)
    case .broker where phase == .serve:
      if let passed = try desk.serve(call, name) { end(.limit(passed)) }
    default:
      end(CallReport.cause(of: call, phase: phase, policyLine: verdict.rule?.position))
    }
  }

  func watchResources() {
    guard cause == nil, ending == nil, process != nil else { return }
    let look = lookAtProcess()
    if let passed = look.passed {
      end(.limit(passed))
    } else {
      schedule(.resources, after: look.again) { $0.watchResources() }
    }
  }

  func lookAtProcess() -> (passed: Limit?, again: Duration) {
    guard let pid = process?.pid, let cpu = process?.cpuTime() else { return (nil, .seconds(1)) }
    // Who has filled a file since the last whole look and sleeps now is not taken for as small as it was then.
    let known = held.isStale ? nil : usage.memory(ofIdleAt: cpu)
    let memory = known ?? MemoryUse(of: [pid]).bytes(beside: held.bytes(of: [pid]))
    return usage.look(cpu: cpu, memory: memory, isAlone: !group.holdsAll)
  }

  /// The worker closed its end of the channel. It ends by itself at once, or it is up to something.
  func channelClosed() {
    guard cause == nil, timers[.stuck] == nil else { return }
    schedule(.stuck, after: .seconds(1)) { $0.end(.exited(status: 0)) }
  }
}
