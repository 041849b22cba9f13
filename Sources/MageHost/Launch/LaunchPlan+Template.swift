internal import MagePolicy
internal import MageSystem

/// How the launch of a template differs from a worker's.
struct TemplateShape: Sendable {
  /// Where it gets requests for forks.
  let number: UInt32

  init(_ policy: Policy) {
    // The first number above the policy's.
    number = UInt32(clamping: (policy.descriptors.map(\.numbers.upperBound).max() ?? 2)) + 1
  }

  /// Tells the runtime.
  var variable: String { "MAGE_TEMPLATE=\(number)" }
}

/// A template has read no outside byte, and lives in a part of a worker's sandbox: its root, network, ipc, uts and control groups, no
/// capability, its start-up filter. Each fork makes the rest for itself.
///
/// A template is process 1 of no namespace and in no user namespace of its own, because the kernel lets neither make a sibling
/// (CLONE_PARENT, clone(2)), and lets only the owner of the namespace around map a user (user_namespaces(7)).
extension LaunchPlan {
  static let namespacesOfForks: CloneNamespaces = [.user, .pid]

  /// The user that goes through the launch: inside a namespace of its own the mapped one, else the one outside.
  func user(_ identity: LaunchRequest.Identity) -> (uid: UInt32, gid: UInt32) {
    template == nil && policy.hasNamespaces
      ? (policy.identity.uid, policy.identity.gid)
      : (identity.outsideUser, identity.outsideGroup)
  }

  func controlPlacements(_ control: Int?) -> [LaunchStep.Placement] {
    guard let template, let control else { return [] }
    return [LaunchStep.Placement(descriptor: control, number: template.number)]
  }

  /// What a fork of the template does before it goes on as a worker. Its position 1 is the pipe on which it waits for its ids, position 2
  /// its channel.
  ///
  /// - Parameters:
  ///   - program: the serve filter.
  ///   - packet: what goes to the host with its listener.
  func forkRequest(
    identity: LaunchRequest.Identity, release: SharedDescriptor, channel: SharedDescriptor,
    null: SharedDescriptor, streams: [Int32: SharedDescriptor], sealing program: [UInt8],
    packet: [UInt8]
  ) throws(SpawnError) -> LaunchRequest {
    var request = LaunchRequest(namespaces: workerNamespaces, identity: identity)
    _ = request.add(release)
    let channel = request.add(channel)
    let null = request.add(null)
    request.append(.become(uid: policy.identity.uid, gid: policy.identity.gid))
    appendTemporary(to: &request)
    request.append(.parentDeath)
    request.append(.session)
    let streams = streams.mapValues { request.add($0) }
    request.append(.descriptors(placements(channel: channel, null: null, streams: streams)))
    appendLandlock(to: &request, nil)
    for limit in limits where limit.isOfForks { request.append(limit) }
    request.append(.capabilities(isPrivileged: true))
    let number = UInt32(clamping: policy.channel(named: WorkerPlan.channelName) ?? 3)
    request.append(.seal(program: program, packet: packet, channel: number))
    request.append(.resume)
    try Self.check(request)
    return request
  }
}

extension LaunchStep {
  /// Whether a template must not have this limit: it would count its forks, or end it for the time that making them takes.
  var isOfForks: Bool {
    switch self {
    case .limit(.processes, _, _), .limit(.cpu, _, _): true
    default: false
    }
  }
}

/// What a template's start-up filter allows beside the policy's, for the steps of its forks. A fork's serve filter takes it all back before
/// the fork goes on.
enum TemplateRules {
  private static let parent: UInt64 = 0x8000  // CLONE_PARENT
  private static let pidfd: UInt64 = 0x1000  // CLONE_PIDFD
  private static let thread: UInt64 = 0x10000  // CLONE_THREAD

  static func policy(_ policy: Policy) -> Policy {
    let namespaces = LaunchPlan.namespaces(of: policy)
    var added = [
      Rule(.allow, "clone", when: equal("flags", namespaces.rawValue | parent | pidfd)),
      Rule(.allow, "unshare", when: equal("flags", thread), dangerousReason: reason),
      Rule(.allow, "fcntl", when: equal("cmd", 1030)),  // F_DUPFD_CLOEXEC
      Rule(.allow, "prlimit64", when: equal("pid", 0)),
      Rule(.allow, "prctl", when: .comparison(Comparison("option", .oneOf(options)))),
    ]
    added += names.map { Rule(.allow, $0) }
    if !policy.fileSystem.temporary.isEmpty {
      added.append(Rule(.allow, "mount", dangerousReason: reason))
    }
    var extended = policy
    extended.startup = PhaseRules(policy.startup.rules + added)
    return extended
  }

  private static let names = [
    "poll", "recvmsg", "sendmsg", "read", "close", "setresuid", "setresgid", "capset", "setsid",
    "umask", "rt_sigprocmask", "dup3", "close_range", "openat", "landlock_create_ruleset",
    "landlock_add_rule", "landlock_restrict_self", "futex", "exit_group",
  ]
  /// PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_CAP_AMBIENT.
  private static let options: [ConstantValue] = [1, 24, 28, 47].map { ConstantValue($0) }
  private static let reason = "the steps of a template's forks, before they are sealed"

  private static func equal(_ argument: String, _ value: UInt64) -> Condition {
    .comparison(Comparison(argument, .equal(ConstantValue(value))))
  }
}
