import MagePolicy
import Testing

@Suite struct ModelTests {
  static let full = """
    policy full version 7
    describe "All of it: \\"quoted\\", \\\\ and\\nlines."
    require level full
    fds { 0..2 null  3 channel host  9 null }
    namespaces { user pid mount ipc uts cgroup net shared-empty }
    identity { uid 1000 gid 1001 capabilities none no-new-privs }
    filesystem { root empty ro "/usr/lib" ro "/opt" tmp "/tmp" size 8MiB noexec tmp "/x" size 1000 proc none dev null zero }
    limits {
      memory 256MiB cpu 1500ms wall 2min wall 60s per request output 1KiB processes 2 threads 16
      open-files 64 core none locked-memory 64KiB
    }
    ipc {
      max-message 1MiB max-fds-per-message 2 rate 2000/s burst 4000 inflight 64 handles 127
      queue-bytes 8MiB on malformed kill on quota kill
    }
    syscalls startup { allow read allow dangerous seccomp because "a \\"test\\"" }
    syscalls serve {
      allow mmap when not prot has PROT_EXEC|PROT_WRITE and (flags == 1 or not (fd == 3 or fd != -1))
      allow madvise when advice in { MADV_DONTNEED, MADV_FREE } or advice & 0xF0 == 0x10
      allow recvmsg when fd == fd.host
      allow openat when (dirfd == 1 or dirfd == 2) or (flags == 0 or flags == 1)
      allow openat when dirfd == 1 and (flags == 0 and flags == 1)
      deny kill unless pid == 0
      errno EPERM { socket connect }
      fake { setpriority getpriority } = -3
    }
    templates refused
    """

  @Test func textGivesTheValuesThatItSays() throws {
    let policy = try Texts.parse(Self.full)
    #expect(policy.name == "full" && policy.version == 7)
    #expect(policy.summary == "All of it: \"quoted\", \\ and\nlines.")
    #expect(policy.descriptors == [.null(0...2), .channel(3, "host"), .null(9...9)])
    #expect(!policy.allowsTemplates)
    #expect(policy.namespaces == Namespaces(kinds: Set(Namespace.allCases), network: .sharedEmpty))
    #expect(policy.identity == Identity(uid: 1000, gid: 1001))
    #expect(
      policy.fileSystem
        == FileSystem(
          readOnly: ["/usr/lib", "/opt"],
          temporary: [
            FileSystem.Temporary(path: "/tmp", size: 8 << 20, noexec: true),
            FileSystem.Temporary(path: "/x", size: 1000, noexec: false),
          ], devices: ["null", "zero"]))
    #expect(
      policy.limits
        == Limits(
          memory: 256 << 20, cpu: .milliseconds(1500), wall: .seconds(120), deadline: .seconds(60),
          output: 1024, processes: 2, threads: 16, openFiles: 64, lockedMemory: 64 << 10))
    #expect(
      policy.ipc
        == IPCQuota(
          maxMessage: 1 << 20, maxDescriptors: 2, rate: 2000, burst: 4000, inflight: 64,
          handles: 127, queueBytes: 8 << 20))
    #expect(policy.startup.dangerous.map(\.dangerousReason) == ["a \"test\""])
    #expect(policy.serve.rules(for: "setpriority") == [Rule(.fake(-3), "setpriority")])
    #expect(policy.serve.rules(for: "connect") == [Rule(.errno(1), "connect")])
  }

  @Test func printedAndParsedAgainItIsTheSame() throws {
    let policy = try Texts.parse(Self.full)
    let text = policy.description
    let again = try Texts.parse(text)
    #expect(again == policy)
    #expect(again.description == text)
  }

  @Test func conditionsGroupAsTheGrammarSays() throws {
    func condition(_ text: String) throws -> Condition? {
      try Texts.parse(Texts.serve("allow read when \(text)")).serve.rules.first?.condition
    }
    func fd(_ value: UInt64) -> Condition {
      .comparison(Comparison("fd", .equal(ConstantValue(value))))
    }
    #expect(try condition("fd == 1 or fd == 2 and fd == 3") == .or(fd(1), .and(fd(2), fd(3))))
    #expect(try condition("not fd == 1 and fd == 2") == .and(.not(fd(1)), fd(2)))
    #expect(try condition("(fd == 1 or fd == 2) and fd == 3") == .and(.or(fd(1), fd(2)), fd(3)))
    #expect(try condition("fd == 1 or fd == 2 or fd == 3") == .or(.or(fd(1), fd(2)), fd(3)))
  }

  @Test func theOrderOfRulesMeansNothing() throws {
    let one = try Texts.parse(Texts.serve("allow read write deny kill"))
    let other = try Texts.parse(Texts.serve("deny kill allow write allow read read"))
    #expect(one == other)
    #expect(one != (try Texts.parse(Texts.serve("allow read write"))))
  }

  @Test func aPolicyBuiltInSwiftIsTheSameValue() throws {
    let built = Policy(
      name: "worker", descriptors: [.channel(3, "host")],
      namespaces: Namespaces(network: .own), identity: Identity(uid: 1, gid: 1),
      serve: PhaseRules([
        Rule(
          .allow, "mmap",
          when: .not(
            .comparison(
              Comparison("prot", .has(try #require(ConstantValue(named: "PROT_EXEC"))))))),
        Rule(.allow, "read"),
      ]))
    #expect(
      built == (try Texts.parse(Texts.serve("allow read allow mmap unless prot has PROT_EXEC"))))
    #expect(try Texts.parse(built.description) == built)
  }

  @Test func constantsFitTheirArguments() {
    #expect(ConstantValue(UInt64.max).bits(in: .int) == 0xFFFF_FFFF)
    #expect(ConstantValue(1 << 32).bits(in: .int) == nil)
    #expect(ConstantValue(0xFFFF_FFFF).bits(in: .int) == 0xFFFF_FFFF)
    #expect(ConstantValue(1 << 32).bits(in: .long) == 1 << 32)
    #expect(ConstantValue(1 << 16).bits(in: .short) == nil)
    #expect(ConstantValue(0).bits(in: .pointer) == nil)
  }

  @Test func tablesKnowWhatTheKernelCallsThings() {
    #expect(SystemCallNames.number(of: "read") == 0)
    #expect(SystemCallNames.name(of: 435) == "clone3")
    #expect(SystemCallNames.name(of: 9999) == nil)
    #expect(SystemCallNames.number(of: "clone4") == nil)
    #expect(PolicyConstants.value(of: "THREAD_FLAGS") == 0x3D0F00)
    #expect(PolicyConstants.value(of: "AT_FDCWD") == UInt64(bitPattern: -100))
    #expect(PolicyConstants.errno(named: "ENOSYS") == 38)
    #expect(PolicyConstants.name(ofErrno: 11) == "EAGAIN")
  }

  @Test func everySignatureIsOfAKnownCallAndWellFormed() {
    var count = 0
    for call in SystemCallNames.all {
      guard let arguments = SystemCallSignatures.arguments(of: call) else { continue }
      count += 1
      #expect(arguments.count <= 6)
      #expect(Set(arguments.map(\.name)).count == arguments.count)
    }
    #expect(count == SystemCallSignatures.count)
  }
}
