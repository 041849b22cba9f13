extension Policy {
  /// Whether workers get namespaces. Those of a policy without any are confined by Landlock, by filters and by their user alone.
  public var hasNamespaces: Bool { !namespaces.kinds.isEmpty }

  /// What `self` means in its rules: a worker is the first process in its pid namespace, a program the child of the first.
  package var ownNumber: UInt64 { isSingleStage ? Self.programNumber : 1 }
  static let programNumber: UInt64 = 2

  /// The policy as it is carried out where the machine refuses namespaces.
  package var withoutNamespaces: Policy {
    var policy = self
    policy.namespaces.kinds = []
    return policy
  }

  /// Why these namespaces cannot be had at the policy's level; `nil` when they can.
  package var namespaceRefusal: String? {
    let kinds = namespaces.kinds
    if requirement == .full {
      return Namespace.allCases.first { !kinds.contains($0) }
        .map { "level full needs the namespace '\($0.rawValue)'" }
    }
    // Some of them would be a third level, whose losses nobody has written down.
    guard kinds.isEmpty || kinds.count == Namespace.allCases.count else {
      return
        "level landlock+seccomp has all seven namespaces, where the machine gives them, or none"
    }
    return nil
  }

  /// What else the policy grants that only namespaces can give or contain, and the rule that does, if it is one; `nil` when there is
  /// nothing.
  package var levelRefusal: (reason: String, rule: Rule?)? {
    guard requirement == .landlockAndSeccomp else { return nil }
    if let reason = mountRefusal ?? processRefusal { return (reason, nil) }
    for rule in startup.rules + serve.rules {
      if let reason = rule.reachRefusal { return (reason, rule) }
    }
    return nil
  }

  private var mountRefusal: String? {
    let lost = "level landlock+seccomp has no mounts of its own"
    if let temporary = fileSystem.temporary.first {
      return
        "\(lost), so no 'tmp \"\(temporary.path)\"': grant a directory with 'rw', or require level full"
    }
    return fileSystem.processes == .none ? nil : "\(lost), so no 'proc minimal': require level full"
  }

  private var processRefusal: String? {
    guard limits.processes > 1 else { return nil }
    return """
      level landlock+seccomp has no pid namespace, with which every process would end: write 'processes 1', or require \
      level full
      """
  }
}

extension Rule {
  /// Calls that only a namespace keeps within the worker: the network, IPC by name, other processes, and what Landlock does not look
  /// at in files.
  private static let reachesOut: Set<String> = [
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
    "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl", "semget", "semop",
    "semtimedop", "semctl",
    "mq_open", "mq_unlink",
    "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal",
    "chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "utime", "utimes", "utimensat",
    "futimesat",
    "setxattr", "lsetxattr", "removexattr", "lremovexattr", "setxattrat", "removexattrat",
    "inotify_add_watch", "fanotify_init", "name_to_handle_at", "setpriority", "ioprio_set",
    "sched_setattr", "migrate_pages",
    "move_pages",
  ]

  /// Calls that change the process that their argument names; 0 is the caller.
  private static let byProcess: [String: String] = [
    "prlimit64": "pid", "sched_setaffinity": "pid", "sched_setscheduler": "pid",
    "sched_setparam": "pid",
    "setpgid": "pid",
  ]

  /// Why the rule reaches out of a worker without namespaces; `nil` when it does not.
  fileprivate var reachRefusal: String? {
    guard action == .allow || action == .once else { return nil }
    if Self.reachesOut.contains(call) {
      return "at level landlock+seccomp '\(call)' would reach out of the worker: require level full"
    }
    guard let argument = Self.byProcess[call], condition?.pins(argument) != true else { return nil }
    return
      "at level landlock+seccomp '\(call)' would reach other processes: add 'when \(argument) == 0', or require level full"
  }
}

extension Condition {
  /// Whether it holds only where `argument` is 0.
  fileprivate func pins(_ argument: String) -> Bool {
    switch self {
    case .comparison(let comparison):
      comparison.argument == argument && comparison.mask == nil
        && comparison.relation == .equal(ConstantValue(0))
    case .and(let left, let right): left.pins(argument) || right.pins(argument)
    case .or(let left, let right): left.pins(argument) && right.pins(argument)
    case .not: false
    }
  }
}
