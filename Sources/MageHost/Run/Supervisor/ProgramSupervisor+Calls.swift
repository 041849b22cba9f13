internal import MagePipes
internal import MagePolicy
internal import MageSystem

extension ProgramSupervisor {
  func callStopped(_ ready: Epoll.Interest) {
    guard ready.contains(.read) else { return desk.unwatch() }
    do throws(SystemError) {
      guard let call = try desk.next() else { return }
      try decide(call)
    } catch {
      // ENOENT: the caller died meanwhile. Anything else is no reason to trust it further.
      if error.errno != Errno.noEntry { end(.notSealed("\(error)")) }
    }
  }

  func decide(_ call: StoppedCall) throws(SystemError) {
    guard cause == nil else { return }
    guard let program else { return try decideLaunch(call) }
    let name = SystemCallNames.name(of: call.number) ?? ""
    if let notes {
      notes.add(name, call.arguments)
      return try proceed(ShownCall(call: call, name: name, process: program))
    }
    let shown = ShownCall(call: call, name: name, process: program)
    let verdict =
      shown.arguments(under: plan.policy).map {
        plan.policy.verdict(on: name, arguments: $0, in: .startup)
      } ?? .unknown
    switch verdict.action {
    case .allow: try proceed(shown)
    case .once where spent.insert(name).inserted: try proceed(shown)
    case .broker:
      if let passed = try desk.serve(call, name) { end(.limit(passed)) }
    case .deny, .errno, .fake, .once, nil:
      end(CallReport.cause(of: call, phase: .serve, policyLine: verdict.rule?.position))
    }
  }

  /// Before exec only the launch's own code runs, and its last call is the exec.
  func decideLaunch(_ call: StoppedCall) throws(SystemError) {
    guard SystemCallNames.name(of: call.number) == "execveat" else {
      try desk.proceed(call)
      return
    }
    guard !plan.exceedsMemoryAtOnce else {
      program = Int32(clamping: call.pid)
      begin()
      return end(.limit(.memory(plan.policy.limits.memory ?? 0)))
    }
    program = Int32(clamping: call.pid)
    begin()
    try desk.proceed(call)
  }

  func begin() {
    cancel(.launch)
    started = .now
    if let wall = plan.policy.limits.wall {
      schedule(.wall, after: wall) { $0.end(.limit(.wall(wall))) }
    }
    watchResources()
    if let memory = plan.policy.limits.memory {
      schedule(.group, after: GroupMembership.delay) { $0.enterGroup(memory) }
    }
    guard let starting else { return }
    self.starting = nil
    starting.resume(returning: .success(ProgramProcess(self)))
  }

  func enterGroup(_ memory: UInt64) {
    guard cause == nil, let program, let root = process?.pid else { return }
    let isAlone = plan.policy.limits.processes <= 1
    let tree = ProcessTree(root: root, hasInit: plan.launch.hasInit)
    group.enter(memory: memory) { isAlone ? [program] : tree.processes }
  }

  /// Lets an allowed call go on that the host wanted to see.
  func proceed(_ shown: ShownCall) throws(SystemError) {
    let call = shown.call
    switch shown.name {
    case "kill", "tkill": note(call.arguments[1])
    case "tgkill": note(call.arguments[2])
    default:
      if let passed = passedLimit(shown) { return end(.limit(passed)) }
    }
    try desk.proceed(call)
  }

  private func passedLimit(_ shown: ShownCall) -> Limit? {
    guard let root = process?.pid else { return nil }
    return shown.passedLimit(
      plan.policy.limits, in: ProcessTree(root: root, hasInit: plan.launch.hasInit))
  }

  /// SIGXCPU, SIGXFSZ and SIGSYS: when one ends the program, it must be known whose it was.
  func note(_ signal: UInt64) {
    let number = Int32(truncatingIfNeeded: signal)
    if [24, 25, 31].contains(number) { raised.insert(number) }
  }
}
