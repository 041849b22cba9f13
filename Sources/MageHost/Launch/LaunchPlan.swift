internal import MagePolicy
internal import MageSystem

/// The steps that put one worker into its sandbox, in the one order in which each can still be done.
///
/// Everything that can be known before is: what a launch adds is the channel and the user.
struct LaunchPlan: Sendable {
  var policy: Policy
  let executable: Executable
  let arguments: [String]
  let startupProgram: [UInt8]
  /// `nil` where the kernel has none: the root is empty and the filter strict without it.
  let landlock: Int32?
  /// For a program that is no worker.
  var program: ProgramShape? = nil
  /// For a template: where it gets its requests.
  var template: TemplateShape? = nil

  /// A root that holds nothing but mount points needs little.
  private static let rootBytes: UInt64 = 1 << 20
  private static let rootInodes: UInt64 = 256
  /// An existing directory to build the new root on; which one does not matter, it is gone after the pivot.
  private static let workshop = "/tmp"

  func request(
    identity: LaunchRequest.Identity, channel: SharedDescriptor,
    null: SharedDescriptor, streams: [Int32: SharedDescriptor] = [:],
    control: SharedDescriptor? = nil
  ) throws(SpawnError) -> LaunchRequest {
    var request = LaunchRequest(namespaces: namespaces, identity: identity)
    let channel = request.add(channel)
    let null = request.add(null)
    let program = request.add(executable.descriptor)
    let control = control.map { request.add($0) }
    let sources = executable.binds.map { request.add($0.descriptor) }
    if policy.hasNamespaces {
      appendFileSystem(to: &request, sources, user(identity))
    } else {
      appendUser(to: &request, identity)
    }
    appendIdentity(to: &request)
    let streams = streams.mapValues { request.add($0) }
    request.append(
      .descriptors(
        placements(channel: channel, null: null, streams: streams)
          + controlPlacements(control)))
    if let shape = self.program { request.append(.reportAt(shape.reportNumber)) }
    if policy.hasNamespaces {
      appendConfinement(to: &request, program)
    } else {
      appendConfinement(to: &request, program, sources, identity)
    }
    appendProgram(to: &request, program)
    try Self.check(request)
    return request
  }

  static func check(_ request: LaunchRequest) throws(SpawnError) {
    guard request.descriptors.count <= LaunchRequest.maxDescriptors,
      request.encoded.count <= LaunchRequest.maxBytes
    else {
      throw .notPossible(
        "the worker's view is too large: \(request.descriptors.count) files, \(request.encoded.count) bytes"
      )
    }
  }

  /// Those that the launcher makes.
  private var namespaces: CloneNamespaces {
    template == nil ? workerNamespaces : workerNamespaces.subtracting(Self.namespacesOfForks)
  }

  var workerNamespaces: CloneNamespaces { Self.namespaces(of: policy) }

  static func namespaces(of policy: Policy) -> CloneNamespaces {
    var flags: CloneNamespaces = []
    for kind in policy.namespaces.kinds {
      switch kind {
      case .user: flags.insert(.user)
      case .pid: flags.insert(.pid)
      case .mount: flags.insert(.mount)
      case .ipc: flags.insert(.ipc)
      case .uts: flags.insert(.uts)
      case .cgroup: flags.insert(.cgroup)
      // The launcher is in the shared empty network already; its children are born there.
      case .net: if policy.namespaces.network == .own { flags.insert(.network) }
      }
    }
    return flags
  }

  // MARK: Files

  private func appendFileSystem(
    to request: inout LaunchRequest, _ sources: [Int], _ user: (uid: UInt32, gid: UInt32)
  ) {
    request.append(.privateMounts)
    // Sources are taken first: as the host's user, who may walk to them, and before the new root hides any.
    for (slot, bind) in executable.binds.enumerated() {
      request.append(.openTree(path: bind.source, descriptor: sources[slot], slot: slot))
    }
    // A file system that is mounted now belongs to the mapped user, and it can only be made by one that is mapped.
    request.append(.become(uid: user.uid, gid: user.gid))
    request.append(
      .root(directory: Self.workshop, bytes: Self.rootBytes, inodes: Self.rootInodes))
    for directory in directories { request.append(.directory(directory, mode: 0o755)) }
    for (slot, bind) in executable.binds.enumerated() {
      let target = Self.relative(bind.target)
      request.append(bind.kind == .directory ? .directory(target, mode: 0o755) : .file(target))
      let attributes: MountAttributes =
        switch bind.kind {
        case .device: [.noSetUID, .noExecute]
        case _ where bind.isWritable: [.noSetUID, .noDevices, .noExecute]
        default: [.readOnly, .noSetUID, .noDevices]
        }
      request.append(.attach(slot: slot, path: target, attributes))
    }
    // Each fork of a template has its own.
    if template == nil { appendTemporary(to: &request) }
    if policy.fileSystem.processes == .minimal { request.append(.processes(Self.processes)) }
    // Instead of procfs, which would tell much more: the runtime in a static executable asks for its own name and aborts without an answer.
    if hasOwnName {
      request.append(.link(path: Self.ownName, target: absolutePath))
    }
    request.append(.pivot)
    request.append(.sealRoot)
  }

  func appendTemporary(to request: inout LaunchRequest) {
    for temporary in policy.fileSystem.temporary {
      request.append(
        .temporary(
          Self.relative(temporary.path), bytes: temporary.size, noExec: temporary.noexec))
    }
  }

  /// Whether the view tells a worker its program's name.
  private var hasOwnName: Bool {
    !executable.isDynamic && program == nil && policy.fileSystem.processes == .none
  }

  private static let processes = "proc"
  private static let ownName = "proc/self/exe"

  /// What the kernel would say is absolute, and the runtime aborts when it is not.
  private var absolutePath: String {
    executable.path.hasPrefix("/") ? executable.path : "/" + executable.path
  }

  /// Every directory that has to exist for a target, parents first.
  private var directories: [String] {
    var seen: Set<String> = []
    var ordered: [String] = []
    let parents = executable.binds.map { Self.parents(of: $0.target) }
    let temporary = policy.fileSystem.temporary.map {
      Self.parents(of: $0.path) + [Self.relative($0.path)]
    }
    let link = hasOwnName ? [Self.parents(of: Self.ownName)] : []
    let processes = policy.fileSystem.processes == .minimal ? [[Self.processes]] : []
    for directory in (parents + temporary + link + processes).joined()
    where seen.insert(directory).inserted {
      ordered.append(directory)
    }
    return ordered
  }

  /// `usr`, `usr/lib` for `/usr/lib/x.so`.
  static func parents(of path: String) -> [String] {
    let parts = path.split(separator: "/").dropLast()
    return parts.indices.map { parts[...$0].joined(separator: "/") }
  }

  /// Steps before the pivot stand in the new root.
  static func relative(_ path: String) -> String { String(path.drop { $0 == "/" }) }

  // MARK: Identity and descriptors

  private func appendIdentity(to request: inout LaunchRequest) {
    if policy.namespaces.kinds.contains(.uts) { request.append(.hostname("mage")) }
    // After the change of user, which would clear it again (prctl(2)).
    request.append(.parentDeath)
    request.append(.session)
  }

  func placements(
    channel: Int, null: Int, streams: [Int32: Int]
  ) -> [LaunchStep.Placement] {
    policy.descriptors.flatMap { grant -> [LaunchStep.Placement] in
      switch grant {
      case .null(let numbers):
        numbers.map { LaunchStep.Placement(descriptor: null, number: UInt32(clamping: $0)) }
      case .channel(let number, _):
        [LaunchStep.Placement(descriptor: channel, number: UInt32(clamping: number))]
      // Of a worker whose kind keeps no output nobody reads what it writes.
      case .input, .output, .memory:
        grant.numbers.map {
          LaunchStep.Placement(descriptor: streams[$0] ?? null, number: UInt32(clamping: $0))
        }
      }
    }
  }

  // MARK: Confinement

  private func appendConfinement(to request: inout LaunchRequest, _ program: Int) {
    // Needed by Landlock and by the filter, and harmless to everything that comes between.
    request.append(.noNewPrivileges)
    // Under Landlock nothing can be mounted, which forks have to.
    if template == nil { appendLandlock(to: &request, program) }
    // After the last descriptor was made: a limit below a number in use would refuse it.
    for limit in template == nil ? limits : limits.filter({ !$0.isOfForks }) {
      request.append(limit)
    }
    request.append(.capabilities(isPrivileged: true))
  }

  /// - Parameter program: what may be executed; a template's fork executes nothing.
  func appendLandlock(to request: inout LaunchRequest, _ program: Int?) {
    guard let landlock else { return }
    let rights = LandlockRights(everythingOf: landlock)
    let reading = LandlockRights.readFile | LandlockRights.readDirectory | LandlockRights.execute
    request.append(.landlock(rights))
    request.append(.landlockAllow(files: reading, path: "/"))
    if let program {
      request.append(
        .landlockAllowDescriptor(
          files: LandlockRights.readFile | LandlockRights.execute, descriptor: program))
    }
    for temporary in policy.fileSystem.temporary {
      request.append(.landlockAllow(files: rights.data, path: temporary.path))
    }
    for bind in executable.binds where bind.isWritable {
      request.append(.landlockAllow(files: rights.data, path: bind.target))
    }
    for bind in executable.binds where bind.kind == .device {
      request.append(
        .landlockAllow(
          files: LandlockRights.readFile | LandlockRights.writeFile, path: bind.target))
    }
    request.append(.landlockEnforce)
  }

  /// Limits of the kernel's, behind the ones that the host watches: they hold when the host is slow to look.
  var limits: [LaunchStep] {
    let limits = policy.limits
    func limit(_ resource: ResourceLimit, _ value: UInt64) -> LaunchStep {
      .limit(resource, soft: value, hard: value)
    }
    var steps = [
      limit(.core, 0), limit(.fileSize, largestFileBytes),
      limit(.lockedMemory, limits.lockedMemory),
      limit(.openFiles, UInt64(limits.openFiles)),
      // Process 1 of a program counts too.
      limit(
        .processes, UInt64(max(limits.processes, limits.threads)) + (hasInit ? 1 : 0)),
      limit(.messageQueues, 0), limit(.pendingSignals, 64), limit(.stack, 8 << 20),
    ]
    if let memory = program?.memoryBackstop {
      steps.append(limit(.data, memory))
    } else if let memory = limits.memory {
      // Writable private memory; what is mapped and never touched counts too, hence the slack.
      steps.append(limit(.data, memory.addingReportingOverflow(Self.dataSlack).partialValue))
    }
    if let cpu = limits.cpu {
      let seconds = UInt64(clamping: cpu.components.seconds)
      steps.append(.limit(.cpu, soft: seconds + 1, hard: seconds + 2))
    }
    return steps
  }

  private static let dataSlack: UInt64 = 32 << 20

  /// The kernel counts a region's size as a file's (memfd_create(2)), so a worker that may make regions must be allowed files of
  /// that size; which files it can open is another matter.
  private var largestFileBytes: UInt64 {
    guard makesRegions else { return policy.limits.output }
    return max(policy.limits.output, policy.limits.memory ?? ResourceLimit.unlimited)
  }

  /// What a worker has passed whose file grows too large.
  var largestFile: Limit {
    let limits = policy.limits
    guard makesRegions, let memory = limits.memory, memory > limits.output else {
      return .output(limits.output)
    }
    return .memory(memory)
  }

  private var makesRegions: Bool {
    policy.serve.rules.contains { $0.call == "memfd_create" && $0.action == .allow }
  }

  private func appendProgram(to request: inout LaunchRequest, _ program: Int) {
    // Before the filter, which is for the program and would stop a fork.
    if hasInit { request.append(.initProcess) }
    request.append(.filter(startupProgram))
    // A crash must end the worker, not start a second program that would look at it.
    var environment = self.program?.environment ?? ["SWIFT_BACKTRACE=enable=no"]
    if let template { environment.append(template.variable) }
    if executable.isDynamic { environment.append("LD_LIBRARY_PATH=\(libraryPath)") }
    request.append(
      .execute(
        descriptor: program, arguments: [executable.path] + arguments, environment: environment))
  }
}

/// How the launch of a program differs from a worker's.
struct ProgramShape: Sendable {
  /// Where the launch reports: above every number that the program can have.
  let reportNumber: UInt32
  let environment: [String]
  /// Writable private memory, far above the policy's limit, which the host watches: a program that is refused memory crashes
  /// somewhere else, and then nobody can tell why.
  let memoryBackstop: UInt64
}
