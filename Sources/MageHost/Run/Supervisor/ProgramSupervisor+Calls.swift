internal import MagePipes
internal import MagePolicy
internal import MageSystem

extension ProgramSupervisor {
  func callStopped(_ ready: Epoll.Interest) {
    guard ready.contains(.read) else { return unwatch(.listener) }
    do throws(SystemError) {
      guard let call = try listener?.next() else { return }
      try decide(call)
    } catch {
      // ENOENT: the caller died meanwhile. Anything else is no reason to trust it further.
      if error.errno != Errno.noEntry { end(.notSealed("\(error)")) }
    }
  }

  func decide(_ call: StoppedCall) throws(SystemError) {
    guard cause == nil else { return }
    guard program != nil else { return try decideLaunch(call) }
    let name = SystemCallNames.name(of: call.number) ?? ""
    if let notes {
      notes.add(name, call.arguments)
      return try proceed(call, name)
    }
    let verdict = plan.policy.verdict(on: name, arguments: call.arguments, in: .startup)
    switch verdict.action {
    case .allow: try proceed(call, name)
    case .broker: try serve(call, name)
    case .deny, .errno, .fake, nil:
      end(CallReport.cause(of: call, phase: .serve, policyLine: verdict.rule?.position))
    }
  }

  /// Before exec only the launch's own code runs, and its last call is the exec.
  func decideLaunch(_ call: StoppedCall) throws(SystemError) {
    guard SystemCallNames.name(of: call.number) == "execveat" else {
      try listener?.proceed(call.id)
      return
    }
    guard !plan.exceedsMemoryAtOnce else {
      program = Int32(clamping: call.pid)
      begin()
      return end(.limit(.memory(plan.policy.limits.memory ?? 0)))
    }
    try enterGroup(Int32(clamping: call.pid))
    program = Int32(clamping: call.pid)
    begin()
    try listener?.proceed(call.id)
  }

  /// The caller waits, so nothing of the program can run outside the group.
  func enterGroup(_ pid: Int32) throws(SystemError) {
    guard let kind = plan.cgroup, let memory = plan.policy.limits.memory else { return }
    let group = try ControlGroups(
      kind, number: UInt32(bitPattern: process?.pid ?? 0), memory: memory)
    self.group = group
    try group.add(pid)
  }

  func begin() {
    cancel(.launch)
    started = .now
    if let wall = plan.policy.limits.wall {
      schedule(.wall, after: wall) { $0.end(.limit(.wall(wall))) }
    }
    watchResources()
    guard let starting else { return }
    self.starting = nil
    starting.resume(returning: .success(ProgramProcess(self)))
  }

  /// Lets an allowed call go on that the host wanted to see.
  func proceed(_ call: StoppedCall, _ name: String) throws(SystemError) {
    switch name {
    case "clone", "fork", "vfork":
      if let passed = passedCount(isThread: Self.makesThread(call, name)) {
        return end(.limit(passed))
      }
    case "kill", "tkill": note(call.arguments[1])
    case "tgkill": note(call.arguments[2])
    default: break
    }
    try listener?.proceed(call.id)
  }

  func note(_ signal: UInt64) { raised.insert(Int32(truncatingIfNeeded: signal)) }

  static func makesThread(_ call: StoppedCall, _ name: String) -> Bool {
    let thread: UInt64 = 0x1_0000  // CLONE_THREAD
    return name == "clone" && (call.arguments.first ?? 0) & thread != 0
  }

  /// The limit that one process or thread more would pass.
  func passedCount(isThread: Bool) -> Limit? {
    guard let pid = process?.pid else { return nil }
    let limits = plan.policy.limits
    let tree = ProcessTree(root: pid)
    if isThread {
      return tree.threads >= Int(limits.threads) ? .threads(limits.threads) : nil
    }
    return tree.processes.count >= Int(limits.processes) ? .processes(limits.processes) : nil
  }

  func serve(_ call: StoppedCall, _ name: String) throws(SystemError) {
    guard let listener = listener.take() else { return }
    let served = Result { () throws(SystemError) in
      try broker.serve(call, name, by: listener)
    }
    self.listener = consume listener
    try served.get()
  }
}
