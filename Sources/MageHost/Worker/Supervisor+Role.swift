internal import MagePipes
internal import MagePolicy
internal import MageSystem

extension Supervisor {
  /// Where a process comes from and what becomes of it.
  enum Role: Sendable {
    /// Cloned by the launcher, sealed by its runtime.
    case worker
    /// Cloned by the launcher; waits for requests for forks.
    case template
    /// Forked from a template, and sealed before its runtime goes on.
    case fork(TemplateControl)

    var isTemplate: Bool { if case .template = self { true } else { false } }

    var kind: WorkerIdentity.Role {
      switch self {
      case .worker: .worker
      case .template: .template
      case .fork: .fork
      }
    }

    var isFork: Bool { if case .fork = self { true } else { false } }
  }

  /// What the request that maps a fork's ids needs.
  struct Unmapped {
    let identity: LaunchRequest.Identity
    let release: SharedDescriptor
  }

  func request(
    _ identity: LaunchRequest.Identity, _ channel: SharedDescriptor, _ null: SharedDescriptor,
    _ control: SharedDescriptor?
  ) throws -> LaunchRequest {
    let outputs = try makeOutputs()
    guard role.isFork else {
      let streams = try makeMemory().merging(outputs) { memory, _ in memory }
      return try plan.launch.request(
        identity: identity, channel: channel, null: null, streams: streams, control: control)
    }
    try checkFork()
    let pipe = try Pipe.make()
    unmapped = Unmapped(identity: identity, release: pipe.writeEnd)
    return try plan.launch.forkRequest(
      identity: identity, release: SharedDescriptor(pipe.takeReadEnd()), channel: channel,
      null: null, streams: outputs, sealing: plan.serveProgram, packet: plan.sealedPacket)
  }

  /// What a template was given is its own: a procfs shows the template's processes, and memory would be everybody's.
  private func checkFork() throws(SpawnError) {
    let policy = plan.policy
    let hasMemory = policy.descriptors.contains { if case .memory = $0 { true } else { false } }
    guard policy.fileSystem.processes == .none, !hasMemory else {
      throw .notPossible(
        "policy \(policy.name): a template's workers have neither 'proc minimal' nor memory of their own"
      )
    }
  }

  func submit(_ request: LaunchRequest, _ far: SharedDescriptor) throws {
    if case .fork(let template) = role {
      return try template.submit(request, report: far)
    }
    try launcher.assumeIsolated { launcher in
      Result { () throws(LaunchError) in try launcher.submit(request, report: far) }
    }.get()
  }

  /// A fork waits: the launcher, which may, maps its ids and lets it go on.
  func mapIdentity(_ pid: Int32, _ reporter: SharedDescriptor) {
    guard let unmapped, cause == nil else { return }
    self.unmapped = nil
    var request = LaunchRequest(namespaces: .user, identity: unmapped.identity)
    request.forkedPID = pid
    _ = request.add(unmapped.release)
    let done = launcher.assumeIsolated { [request] launcher in
      Result { () throws(LaunchError) in try launcher.submit(request, report: reporter) }
    }
    if case .failure(let error) = done { launchEnded(error) }
    // Its template's filter is in force, and it has something to do now.
    proveNamespaces()
  }

  /// The report closed without a word: neither a process nor a failure.
  func whyNothingCame() -> LaunchError {
    guard case .fork(let template) = role else { return launcher.assumeIsolated { $0.whyGone() } }
    template.close()
    return .launcherGone("the template has ended")
  }

  /// The template has started and said so. Its listener makes room for those of its forks.
  func templateStarted() {
    readReport()
    desk.close()
    prove()
  }

  /// What /proc must say of it.
  var proof: SealProof {
    let own = launcher.assumeIsolated { $0.namespaces }
    return switch role {
    case .worker: plan.proof(own: own)
    case .template: plan.templateProof(own: own)
    case .fork(let template): plan.proof(own: own, distinctFrom: template.namespaces)
    }
  }
}
