internal import MagePipes
internal import MagePolicy
internal import MageSeccomp
internal import MageSystem
internal import MageWire

/// Everything about one kind of worker that can be worked out once: its program, its filters, its limits.
struct WorkerPlan: Sendable {
  var launch: LaunchPlan
  let serveProgram: [UInt8]
  /// What a fork sends with the listener of its serve filter.
  let sealedPacket: [UInt8]
  /// What the workers may be bound to.
  let interfaces: InterfaceRules

  /// From the launch to the proven seal: far above what a start takes, and an end to one that hangs.
  var sealDeadline: Duration
  private let observer: (any CallObserver)?

  init(
    _ executable: String, arguments: [String], _ policy: Policy, _ filters: CompiledFilters,
    policies: PolicyLibrary?, template: TemplateShape? = nil, sealDeadline: Duration,
    observer: (any CallObserver)? = nil
  ) throws(SpawnError) {
    guard policy.channel(named: Self.channelName) == Self.channelNumber else {
      throw .notPossible(
        "policy \(policy.name): a worker's channel is 'fds { \(Self.channelNumber) channel \(Self.channelName) }'"
      )
    }
    guard policy.ipc.maxDescriptors <= Outbox.maxPacketDescriptors else {
      throw .notPossible(
        "policy \(policy.name): max-fds-per-message is \(policy.ipc.maxDescriptors), at most \(Outbox.maxPacketDescriptors) fit into a packet"
      )
    }
    launch = LaunchPlan(
      policy: policy, executable: try Executable.open(executable, for: policy),
      arguments: arguments, startupProgram: filters.startup, landlock: Landlock.version,
      template: template)
    serveProgram = filters.serve
    sealedPacket = Channel.sealedPacket
    interfaces = InterfaceRules(policy, library: policies)
    self.sealDeadline = sealDeadline
    self.observer = observer
    try launch.checkLevel()
  }

  /// Where the worker runtime expects the channel.
  private static let channelNumber: Int32 = 3
  static let channelName = "host"

  var policy: Policy { launch.policy }

  var channelLimits: ChannelLimits {
    let quota = policy.ipc
    return ChannelLimits(
      maxMessageBytes: quota.maxMessage, maxAttachments: quota.maxDescriptors,
      windowMessages: max(quota.inflight, 1) * 4,
      windowBytes: UInt32(clamping: max(quota.queueBytes / 2, UInt64(quota.maxMessage))),
      windowAttachments: max(quota.maxDescriptors, 1) * 4, maxOutstanding: quota.inflight,
      maxEndpoints: quota.handles, maxPayloadBytes: quota.maxPayload, poolBytes: quota.poolBytes)
  }

  var connectionOptions: ConnectionOptions {
    let quota = policy.ipc
    var options = ConnectionOptions(
      maxQueuedBytes: Int(clamping: quota.queueBytes), messagesPerSecond: quota.rate,
      burst: quota.burst ?? quota.rate ?? 0, missedDeadlineEndsPeer: true)
    options.observer = observer
    return options
  }

  var resourceWatch: ResourceWatch {
    ResourceWatch(
      cpuLimit: policy.limits.cpu, memoryLimit: policy.limits.memory,
      parallelism: Int(policy.limits.threads))
  }

  var wallLimit: Duration? { policy.limits.wall }

  /// How long a call may take when the caller does not say.
  var callDeadline: Duration { policy.limits.deadline ?? .seconds(30) }

  /// - Parameter own: the host's namespaces.
  func proof(own: [NamespaceKind: String]) -> SealProof {
    var proof = SealProof(
      namespaces: namespaces, filters: 2, own: own, inherited: SealProof.inheritedFilters)
    guard !policy.hasNamespaces else { return proof }
    let isRoot = ProcessIdentity.effectiveUser == 0
    proof.emptiesBoundingSet = isRoot
    proof.changesUser = isRoot
    return proof
  }

  private var namespaces: [NamespaceKind] {
    policy.namespaces.kinds.compactMap { kind in
      kind == .mount ? .mnt : NamespaceKind(rawValue: kind.rawValue)
    }
  }

  /// A template has its start-up filter only, and leaves two kinds of namespace to its forks.
  func templateProof(own: [NamespaceKind: String]) -> SealProof {
    SealProof(
      namespaces: namespaces.filter { $0 != .user && $0 != .pid }, filters: 1, own: own,
      inherited: SealProof.inheritedFilters)
  }

  /// The namespaces that each fork of a template makes for itself.
  var kindsOfForks: [NamespaceKind] { namespaces.filter { $0 != .net } }

  func proof(
    own: [NamespaceKind: String], distinctFrom template: [NamespaceKind: String]
  ) -> SealProof {
    SealProof(
      namespaces: namespaces, filters: 2, own: own, others: template,
      inherited: SealProof.inheritedFilters)
  }
}
