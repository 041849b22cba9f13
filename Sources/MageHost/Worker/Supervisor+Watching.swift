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
      let verdict = plan.policy.verdict(
        on: name, arguments: call.arguments, in: phase == .serve ? .serve : .startup)
      if verdict.action == .once, spent.insert(name).inserted { return try desk.proceed(call) }
      guard phase == .serve, verdict.action == .broker else {
        return end(CallReport.cause(of: call, phase: phase, policyLine: verdict.rule?.position))
      }
      if let passed = try desk.serve(call, name) { end(.limit(passed)) }
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
