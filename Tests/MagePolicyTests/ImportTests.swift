import Foundation
import MagePolicy
import Testing

/// Policies of other languages, carried over.
@Suite struct ImportTests {
  static func base() throws -> Policy {
    try PolicyParser.parse(
      """
      policy base version 1
      fds { 0 input 1..2 output }
      namespaces { user pid mount ipc uts cgroup net own }
      identity { uid 1 gid 1 capabilities none no-new-privs }
      """, file: "base.sandbox")
  }

  /// The rules, one to a line, without comments; and the notes.
  private func rules(_ text: String) throws -> (rules: [String], notes: [String]) {
    let imported = try PolicyImport.read(text, file: "f")
    let policy = try PolicyParser.parse(
      imported.text(name: "x", base: try Self.base()), file: "x.sandbox")
    return (policy.startup.rules.map { "\($0)" }, imported.notes)
  }

  private func complaint(_ text: String, _ format: PolicyImport.Format? = nil) -> String {
    do {
      _ = try PolicyImport.read(text, format: format, file: "f")
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  private func profile(_ entries: String, standard: String = "SCMP_ACT_KILL_PROCESS") -> String {
    "{\"defaultAction\": \"\(standard)\", \"syscalls\": [\(entries)]}"
  }

  private func entry(_ name: String, _ action: String = "ALLOW", _ args: String = "") -> String {
    "{\"names\": [\"\(name)\"], \"action\": \"SCMP_ACT_\(action)\", \"args\": [\(args)]}"
  }

  private func arg(_ index: Int, _ op: String, _ value: UInt64, _ second: UInt64 = 0) -> String {
    "{\"index\": \(index), \"value\": \(value), \"valueTwo\": \(second), \"op\": \"SCMP_CMP_\(op)\"}"
  }

  @Test func aContainersProfileIsCarriedOver() throws {
    let text = profile(
      [
        entry("read"), entry("close", "ERRNO"), entry("ptrace", "KILL"),
        entry("lseek", "ALLOW", arg(2, "LE", 2)), entry("dup", "ALLOW", arg(0, "GE", 4)),
        entry("socket", "ALLOW", arg(0, "NE", 40)),
        entry("clone", "ALLOW", arg(0, "MASKED_EQ", 0x7E02_0000, 0)),
      ].joined(separator: ","))
    let (rules, notes) = try rules(text)
    #expect(
      rules == [
        "allow clone when flags & 2114060288 == 0", "errno EPERM { close }",
        "allow dup when not oldfd & 4294967292 == 0",
        "allow lseek when whence == 2 or whence & 4294967294 == 0", "deny ptrace", "allow read",
        "allow socket when domain != 40",
      ])
    #expect(notes.contains("f: syscalls[2]: ptrace: ends only the thread there"))
    #expect(
      notes.contains(
        "f: syscalls[5]: socket: compares 64 bits there, and here those that the kernel reads"))
  }

  @Test(arguments: [
    ("nosuchcall", "no call of x86_64; left out"), ("clone3", "always gets ENOSYS here; left out"),
    ("mount", "dangerous; say why it is allowed, or take it out"),
  ])
  func whatIsLeftOutOrDangerousIsSaid(_ name: String, _ reason: String) throws {
    #expect(try rules(profile(entry(name))).notes == ["f: syscalls[0]: \(name): \(reason)"])
  }

  /// What an action means there and not here is said.
  @Test(arguments: [
    ("LOG", "allow", "logged there"), ("TRAP", "deny", "raises SIGSYS there"),
    ("TRACE", "deny", "asks another process there"),
    ("NOTIFY", "deny", "asks another process there"),
    ("KILL_THREAD", "deny", "ends only the thread there"),
  ]) func whatActionsMeanThereIsSaid(_ action: String, _ rule: String, _ note: String) throws {
    let (rules, notes) = try rules(profile(entry("read", action)))
    #expect(rules == ["\(rule) read"] && notes == ["f: syscalls[0]: read: \(note)"])
  }

  @Test func whatUnlistedCallsGetIsSaid() throws {
    #expect(
      try rules(profile(entry("read"), standard: "SCMP_ACT_ERRNO")).notes == [
        "f: calls that are not listed get SCMP_ACT_ERRNO there; here they end the program"
      ])
    #expect(
      try rules("@default kill-thread\n@frequency x\nread: 1\nread: 1").notes == [
        "f:1: @default kill-thread: here what is not listed ends the process"
      ])
  }

  @Test func minijailsAlternativesHaveAnEnd() throws {
    let tests = (0..<65).map { "arg1 == \($0)" }
    #expect(
      complaint("fcntl: " + tests.dropLast().joined(separator: " || "), .minijail) == "nothing")
    #expect(
      complaint("fcntl: " + tests.joined(separator: " || "), .minijail)
        == "f:1:1: too many alternatives")
  }

  @Test func aRuleThatIsWrittenTwiceIsCarriedOverOnce() throws {
    let imported = try PolicyImport.read("write: 1\nread: 1\nread: 1", file: "f")
    let text = imported.text(name: "x", base: try Self.base())
    #expect(text.components(separatedBy: "allow read").count == 2, "\(text)")
  }

  /// An allow that cannot be said is left out; a refusal holds always.
  @Test func whatCannotBeSaidIsNeverWeaker() throws {
    let pointer = arg(1, "EQ", 5)
    #expect(try rules(profile(entry("read", "ALLOW", pointer))).rules == [])
    #expect(try rules(profile(entry("read", "ERRNO", pointer))).rules == ["errno EPERM { read }"])
    let wide = arg(0, "EQ", 1 << 40)
    #expect(try rules(profile(entry("read", "ALLOW", wide))).rules == [])
    #expect(try rules(profile(entry("read", "KILL_PROCESS", wide))).rules == ["deny read"])
  }

  @Test func anErrnoThatLinuxDoesNotHaveIsLeftOut() throws {
    let read = "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 58}"
    let foreign = try rules(profile(read))
    #expect(foreign.rules == [])
    #expect(foreign.notes.contains("f: syscalls[0]: no errno has the number 58; left out"))
    let minijail = try rules("read: return 220\nwrite: 1\n")
    #expect(minijail.rules == ["allow write"])
    #expect(minijail.notes.contains { $0.contains("no errno has the number 220") })
  }

  @Test func aConditionOfMoreComparisonsThanAPolicyMayHaveIsLeftOut() throws {
    let tests = arg(0, "LT", 3) + "," + "{\"index\": 2, \"value\": -2, \"op\": \"SCMP_CMP_GE\"}"
    let (rules, notes) = try rules(profile(entry("write", "ALLOW", tests)))
    #expect(rules == [])
    #expect(
      notes.contains(
        "f: syscalls[0]: write: that takes more than 64 comparisons here; left out"))
  }

  @Test func anArgumentThatIsTestedTwiceMeansOr() throws {
    let twice = arg(1, "EQ", 3) + "," + arg(1, "EQ", 1)
    let (rules, notes) = try rules(profile(entry("fcntl", "ALLOW", twice)))
    #expect(rules == ["allow fcntl when cmd == 3 or cmd == 1"])
    #expect(
      notes.first
        == "f: syscalls[0]: fcntl: an argument is tested twice, which there means one or the other")
  }

  @Test func conditionsOnTheMachineAreMet() throws {
    func conditional(_ key: String, _ kind: String, _ value: String) -> String {
      let condition = "\"\(key)\": {\"\(kind)\": [\"\(value)\"]}"
      return profile("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \(condition)}")
    }
    #expect(try rules(conditional("includes", "caps", "CAP_SYS_ADMIN")).rules == [])
    #expect(try rules(conditional("excludes", "caps", "CAP_SYS_ADMIN")).rules == ["allow read"])
    #expect(try rules(conditional("includes", "arches", "s390x")).rules == [])
    #expect(try rules(conditional("includes", "arches", "amd64")).rules == ["allow read"])
    #expect(try rules(conditional("excludes", "arches", "amd64")).rules == [])
  }

  @Test func minijailsLanguageIsCarriedOver() throws {
    let (rules, notes) = try rules(
      """
      # comment
      read: 1
      { write, close }: allow
      mprotect: arg2 in ~PROT_EXEC; return EPERM
      ioctl: arg1 == TIOCSTI || \\
        arg1 == 0x5401 && arg0 < 3
      openat: return ENOENT
      open[arch=arm]: 1
      fcntl: arg1 & (F_SETFL|1)
      ptrace: kill
      @include /etc/passwd
      """)
    #expect(
      rules == [
        "allow close", "allow fcntl when not cmd & 5 == 0",
        "allow ioctl when request == 21522 or request == 21505 and (fd == 2 or fd & 4294967294 == 0)",
        "errno EPERM { mprotect } when not prot & 4 == 0", "allow mprotect when prot & 4 == 0",
        "errno ENOENT { openat }", "deny ptrace", "allow read", "allow write",
      ])
    #expect(notes.contains("f:8: open[arch=arm]: for other processors; left out"))
    #expect(notes.contains("f:11: @include /etc/passwd: not followed; import that file too"))
  }

  @Test(arguments: [
    ("", "nothing"), ("read", "f:1:1: expected 'CALL: RULE'"),
    ("read: 1\nwrite: arg9 == 1", "f:2:1: expected arg0 to arg5, found 'arg9'"),
    ("read: arg0 == NO_SUCH", "f:1:1: unknown constant 'NO_SUCH'"),
    ("read: arg0 ~= 1", "f:1:1: unknown comparison '~'"),
    ("read: return EWHAT", "f:1:1: unknown errno 'EWHAT'"),
    ("read: 1 write", "f:1:1: something follows the rule"),
    (": 1", "f:1:1: expected the name of a call"),
    ("read: arg0 == " + String(repeating: "(", count: 100), "f:1:1: nested too deep"),
  ])
  func minijailsMistakesHaveAPlace(_ text: String, _ expected: String) {
    #expect(complaint(text, .minijail) == expected)
  }

  @Test func hostileProfilesAreRefused() {
    #expect(complaint(String(repeating: "[", count: 100_000), .oci) == "f:1:1: nested too deep")
    #expect(complaint(String(repeating: " ", count: 10 << 20)) == "f: larger than 1 MiB")
    #expect(
      complaint("{\"defaultAction\": 1}") == "f: no seccomp profile: it has no 'defaultAction'")
    #expect(
      complaint(profile("", standard: "SCMP_ACT_ALLOW")).hasPrefix(
        "f: it allows what it does not name"))
    let many = (0..<5000).map { _ in entry("read") }.joined(separator: ",")
    #expect(complaint(profile(many)) == "f: more than 4096 rules")
    for text in ["{\"", "{\"a\":\u{0}}", "{\"defaultAction\":\"SCMP_ACT_KILL\",\"syscalls\":[{}]}"]
    {
      #expect(complaint(text) != "nothing")
    }
  }

  @Test func everyTruncationAnswers() throws {
    let text = profile(
      [entry("read"), entry("lseek", "ALLOW", arg(2, "LT", 77))].joined(separator: ","))
    for count in 1..<text.utf8.count - 1 {
      #expect(complaint(String(text.prefix(count)), .oci) != "nothing")
    }
  }
}
