internal import MagePolicy
internal import MageSystem

/// How a process is confined that has no namespaces: its files by Landlock, at their places on this machine; its calls by the same filters; its
/// user, on a host that is root, by being one that owns nothing. `SECURITY.md` says what is lost.
extension LaunchPlan {
  /// Whether process 1 of its pid namespace is another, which waits for it.
  var hasInit: Bool { program != nil && policy.hasNamespaces }

  var level: IsolationLevel { policy.hasNamespaces ? .full : .landlockAndSeccomp }

  /// Landlock's third version is the first that keeps a process from truncating files.
  private static let leastLandlock: Int32 = 3

  /// - Throws: when the level asks for what this machine or this launch does not have.
  func checkLevel() throws(SpawnError) {
    if let reason = policy.namespaceRefusal ?? policy.levelRefusal?.reason {
      throw .notPossible("policy \(policy.name): \(reason)")
    }
    guard !policy.hasNamespaces else { return }
    guard let landlock, landlock >= Self.leastLandlock else {
      throw .notPossible(
        """
        policy \(policy.name): level landlock+seccomp needs Landlock version \(Self.leastLandlock), this kernel has \
        \(landlock.map { "version \($0)" } ?? "none"); Linux 6.2 or later with lsm=landlock,… has it
        """)
    }
    guard template == nil else {
      throw .notPossible("policy \(policy.name): templates need namespaces")
    }
  }

  /// A shared object, which lies where it was found and not in the view's directory for them.
  private func isLibrary(_ bind: Executable.Bind) -> Bool {
    bind.kind == .file && bind.target.hasPrefix(Self.libraries + "/")
  }

  private static let libraries = "/lib"

  /// Where the dynamic linker shall look.
  var libraryPath: String {
    guard !policy.hasNamespaces else { return Self.libraries }
    var seen: Set<String> = []
    let directories = executable.binds.filter(isLibrary).compactMap { bind in
      bind.source.lastIndex(of: "/").map { String(bind.source[..<$0]) }
    }
    return directories.filter { seen.insert($0).inserted }.joined(separator: ":")
  }

  /// A root host gives each process a user of its own; an ordinary one has no other to give.
  func appendUser(to request: inout LaunchRequest, _ identity: LaunchRequest.Identity) {
    guard !identity.deniesSetGroups else { return }
    let user = user(identity)
    request.append(.become(uid: user.uid, gid: user.gid))
  }

  /// - Parameter sources: positions of what the view holds.
  func appendConfinement(
    to request: inout LaunchRequest, _ program: Int, _ sources: [Int],
    _ identity: LaunchRequest.Identity
  ) {
    request.append(.noNewPrivileges)
    appendLandlock(to: &request, program, sources)
    // The kernel counts all processes of an ordinary user together; the host counts those of this one.
    for limit in limits where !(identity.deniesSetGroups && limit.countsUser) {
      request.append(limit)
    }
    request.append(.capabilities(isPrivileged: !identity.deniesSetGroups))
  }

  /// The objects that the host has opened, whatever their names lead to by now.
  private func appendLandlock(to request: inout LaunchRequest, _ program: Int, _ sources: [Int]) {
    guard let landlock else { return }
    let rights = LandlockRights(everythingOf: landlock)
    request.append(.landlock(rights))
    func allow(_ files: UInt64, _ descriptor: Int) {
      request.append(.landlockAllowDescriptor(files: files & rights.files, descriptor: descriptor))
    }
    let running = LandlockRights.readFile | LandlockRights.execute
    allow(running, program)
    for (bind, source) in zip(executable.binds, sources) {
      let wanted: UInt64 =
        switch bind.kind {
        case .device: LandlockRights.readFile | LandlockRights.writeFile
        case .directory where !bind.isWritable: running | LandlockRights.readDirectory
        case .file where !bind.isWritable: running
        case .directory: rights.data
        case .file: rights.data & LandlockRights.ofFiles
        }
      allow(wanted, source)
    }
    request.append(.landlockEnforce)
  }
}

extension LaunchStep {
  /// Whether the kernel counts against it what the whole user has.
  fileprivate var countsUser: Bool {
    if case .limit(.processes, _, _) = self { true } else { false }
  }
}
