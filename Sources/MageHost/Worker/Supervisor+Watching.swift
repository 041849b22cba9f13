internal import MagePipes
internal import MagePolicy
internal import MageSystem
internal import MageWire

extension Supervisor {
  func listen(_ listener: consuming FilterListener) throws(SystemError) {
    watches[.listener] = try loop.watch(listener.descriptor.number, .read) { [weak self] ready in
      self?.assumeIsolated { $0.callStopped(ready) }
    }
    self.listener = consume listener
  }

  /// The host makes the call in the worker's place, if it is granted by name.
  private func serve(_ call: StoppedCall) throws(SystemError) {
    guard let listener = listener.take() else { return }
    let served = Result { () throws(SystemError) in
      try broker.serve(call, SystemCallNames.name(of: call.number) ?? "", by: listener)
    }
    self.listener = consume listener
    try served.get()
  }

  func callStopped(_ ready: Epoll.Interest) {
    guard ready.contains(.read) else {
      // Hang-up: every thread under the filter is gone. The pidfd tells the rest.
      unwatch(.listener)
      return
    }
    do throws(SystemError) {
      guard let call = try listener?.next() else { return }
      let verdict = plan.policy.verdict(
        on: SystemCallNames.name(of: call.number) ?? "", arguments: call.arguments,
        in: phase == .serve ? .serve : .startup)
      guard phase == .serve, verdict.action == .broker else {
        return end(CallReport.cause(of: call, phase: phase, policyLine: verdict.rule?.position))
      }
      try serve(call)
    } catch {
      // ENOENT: the caller died meanwhile. Anything else is no reason to trust it further.
      if error.errno != Errno.noEntry { end(.notSealed("\(error)")) }
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
    guard let handle = process.take() else { return (nil, .seconds(1)) }
    let look = usage.look(at: handle)
    process = consume handle
    return look
  }

  /// The worker closed its end of the channel. It ends by itself at once, or it is up to something.
  func channelClosed() {
    guard cause == nil, timers[.stuck] == nil else { return }
    schedule(.stuck, after: .seconds(1)) { $0.end(.exited(status: 0)) }
  }
}
