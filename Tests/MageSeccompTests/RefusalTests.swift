import MagePolicy
import MageSeccomp
import Testing

/// What the compiler refuses, by name, instead of making a filter that means something else.
@Suite struct RefusalTests {
  @Test func whatAFilterCannotDo() throws {
    #expect(
      try Programs.error(serve: "fake setpriority = 1")
        == .fakedValue(call: "setpriority", 1))
    #expect(
      try Programs.error(serve: "errno EPERM { socket } errno ENOSYS { socket }")
        == .contradiction(call: "socket"))
    #expect(
      try Programs.error(
        serve: "errno EPERM { socket } when domain == 1 errno ENOSYS { socket } when domain == 2")
        == nil)
    #expect(
      try Programs.error(
        serve: "errno EPERM { socket } when domain == 1 errno ENOSYS { socket } when type == 2")
        == .contradiction(call: "socket"))
  }

  @Test func whatStartupWouldKeepRefusing() throws {
    for refusal in ["deny read", "errno EPERM { read }", "fake read = 0", "deny read when fd == 3"]
    {
      #expect(
        try Programs.error(startup: refusal, serve: "allow read")
          == .refusedAtStartup(call: "read"))
    }
    #expect(
      try Programs.error(startup: "deny read when fd == 3", serve: "allow read when fd == 4")
        == nil)
    #expect(
      try Programs.error(startup: "deny seccomp") == .refusedAtStartup(call: "seccomp"))
  }

  @Test func whatIsTooComplex() throws {
    let tests = (0..<3).map { "count != \(1 << $0)" }
    #expect(
      try Programs.error(serve: "allow read when " + tests.joined(separator: " and ")) == nil)
    #expect(
      try Programs.error(
        serve: "allow pread64 when count != 77 and offset != 99 and fd != 3 and fd != 4")
        == .tooComplex(call: "pread64"))
  }

  /// A policy that was built in Swift passed no parser.
  @Test(arguments: [
    (Rule(.allow, "ptrace"), "'ptrace' is dangerous"),
    (Rule(.allow, "clone"), "'clone' is dangerous"),
    (Rule(.allow, "clone3"), "clone3 always gets ENOSYS"),
    (Rule(.errno(38), "exit_group"), "'exit_group' cannot fail"),
    (Rule(.allow, "seccomp", dangerousReason: "x"), "'seccomp' cannot be allowed"),
    (Rule(.allow, "nosuchcall"), "unknown system call 'nosuchcall'"),
    (
      Rule(.allow, "read", when: .comparison(Comparison("buf", .equal(ConstantValue(0))))),
      "'buf' of read cannot be compared"
    ),
    (
      Rule(.allow, "read", when: .comparison(Comparison("fd", .equal(ConstantValue(1 << 40))))),
      "a value does not fit 'fd' of read"
    ),
  ])
  func whatNoPolicyMaySay(_ rule: Rule, _ complaint: String) {
    let policy = Policy(
      name: "built", identity: Identity(uid: 1, gid: 1), serve: PhaseRules([rule]))
    do {
      _ = try FilterCompiler.compile(policy)
      Issue.record("compiled")
    } catch {
      #expect(error.description.hasPrefix(complaint), "\(error)")
    }
  }
}
