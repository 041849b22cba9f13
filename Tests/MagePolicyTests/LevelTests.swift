import MagePolicy
import Testing

/// What a policy can say that may be carried out without namespaces.
@Suite struct LevelTests {
  private static func text(
    _ kinds: String, level: String = "landlock+seccomp", _ rest: String = "", serve: String = ""
  ) -> String {
    """
    policy w version 1
    require level \(level)
    namespaces { \(kinds) }
    identity { uid 1 gid 1 capabilities none no-new-privs }
    fds { 3 channel host }
    \(rest)
    syscalls serve { \(serve) }
    """
  }

  private static let all = "user pid mount ipc uts cgroup net own"

  @Test(arguments: [all, ""]) func itIsTheSameInSwiftAndInJSONAndPrinted(_ kinds: String) throws {
    let written = try Texts.parse(
      Self.text(kinds, "filesystem { ro \"/usr/share\" rw \"/srv\" dev null }", serve: "allow read")
    )
    let built = Policy("w", version: 1) {
      Require(.landlockAndSeccomp)
      Descriptors(.channel(3, "host"))
      kinds.isEmpty ? Namespaces(kinds: []) : Namespaces(network: .own)
      Identity(uid: 1, gid: 1)
      Files(.readOnly("/usr/share"), .readWrite("/srv"), .devices("null"))
      Serve { Allow(.read) }
    }
    #expect(written == built)
    #expect(try Texts.parse(written.description) == written)
    #expect(try PolicyParser.parseJSON(written.json.line, file: "w.json") == written)
    #expect(written.hasNamespaces == !kinds.isEmpty)
  }

  @Test(arguments: ["user pid mount", "user pid mount ipc uts cgroup", "net own"])
  func someNamespacesAreNoLevel(_ kinds: String) {
    let reason =
      "level landlock+seccomp has all seven namespaces, where the machine gives them, or none"
    #expect(Texts.complaint(Self.text(kinds)) == "w.sandbox:3:1: \(reason)")
    #expect(
      Texts.complaint(Self.text(kinds, level: "full")).hasPrefix(
        "w.sandbox:3:1: level full needs the namespace"))
  }

  @Test(arguments: [
    ("filesystem { tmp \"/tmp\" size 1MiB }", "no 'tmp \"/tmp\"'"),
    ("filesystem { proc minimal }", "no 'proc minimal'"),
    ("limits { processes 2 }", "'processes 1'"),
  ]) func whatTakesANamespaceIsRefused(_ section: String, _ reason: String) {
    for kinds in [Self.all, ""] {
      let complaint = Texts.complaint(Self.text(kinds, section))
      #expect(
        complaint.hasPrefix("w.sandbox:2:15: level landlock+seccomp has no")
          && complaint.contains(reason))
    }
    #expect(Texts.complaint(Self.text(Self.all, level: "full", section)) == "nothing")
  }

  /// All of them, written a second time: a call that is taken out there has to be taken out here, under a reviewer's eyes.
  private static let reachingOut = """
    socket socketpair connect bind listen accept accept4
    shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink
    tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal
    chmod fchmodat fchmodat2 chown lchown fchownat utime utimes utimensat futimesat
    setxattr lsetxattr removexattr lremovexattr setxattrat removexattrat
    inotify_add_watch fanotify_init name_to_handle_at setpriority ioprio_set sched_setattr
    migrate_pages move_pages
    """.split { $0.isWhitespace }.map(String.init)

  @Test(arguments: reachingOut) func whatOnlyANamespaceKeepsInIsRefused(_ call: String) {
    let isDangerous = Texts.complaint(Self.text(Self.all, level: "full", serve: "allow \(call)"))
      .contains("dangerous")
    let allow = isDangerous ? "allow dangerous \(call)" : "allow \(call)"
    let reason = isDangerous ? " because \"a test\"" : ""
    for rule in ["\(allow)\(reason)", "\(allow) once\(reason)"] {
      let complaint = Texts.complaint(Self.text(Self.all, serve: rule))
      #expect(
        complaint
          == "w.sandbox:7:18: at level landlock+seccomp '\(call)' would reach out of the worker: require level full"
      )
      #expect(Texts.complaint(Self.text(Self.all, level: "full", serve: rule)) == "nothing")
    }
    for rule in ["errno EPERM { \(call) }", "deny \(call)"] {
      #expect(Texts.complaint(Self.text(Self.all, serve: rule)) == "nothing", "\(rule)")
    }
  }

  @Test(arguments: [
    ("prlimit64", "", false), ("prlimit64", "when pid == 0", true),
    ("prlimit64", "when pid == 0 and resource == 7", true),
    ("prlimit64", "when pid == 0 or resource == 7", false),
    ("prlimit64", "when not pid == 0", false),
    ("prlimit64", "when pid & 1 == 0", false), ("prlimit64", "when pid == 5", false),
    ("setpgid", "when pid == 0", true),
    ("sched_setscheduler", "", false), ("sched_setparam", "", false), ("setpgid", "", false),
    ("sched_setaffinity", "", false), ("sched_setaffinity", "when pid == 0", true),
  ]) func otherProcessesAreOutOfReach(_ call: String, _ condition: String, _ isRight: Bool) {
    let complaint = Texts.complaint(Self.text("", serve: "allow \(call) \(condition)"))
    #expect((complaint == "nothing") == isRight, "\(complaint)")
    if !isRight {
      #expect(complaint.contains("'\(call)' would reach other processes: add 'when pid == 0'"))
    }
  }
}
