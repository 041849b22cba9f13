import MagePolicy
import Testing

@Suite struct BuilderTests {
  @Test func rulesInSwiftAreTheRulesInText() throws {
    let built = PhaseRules {
      Allow(.read, .write, .close)
      Allow(.mmap) { !$0.prot.has(.PROT_EXEC) }
      Allow(.clone) { $0.flags == .threadFlags }
      Allow(.fcntl) { $0.cmd & 0xFF == 3 || $0.cmd == .F_DUPFD_CLOEXEC }
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE) }
      Allow(.recvmsg) { $0.fd == 3 && $0.flags != -1 }
      Broker(.openat) { $0.flags == .O_RDONLY | .O_CLOEXEC }
      Deny(.execve)
      Fail(.socket, with: 1)
      Fake(.setpriority, returning: 0)
      AllowDangerous(.ptrace, because: "a debugger")
    }
    let written = try Texts.parse(
      Texts.serve(
        """
        fake setpriority = 0
        allow read write close
        allow mmap when not prot has PROT_EXEC
        allow clone when flags == THREAD_FLAGS
        allow fcntl when cmd & 0xFF == 3 or cmd == F_DUPFD_CLOEXEC
        allow madvise when advice in { MADV_DONTNEED, MADV_FREE }
        allow recvmsg when fd == fd.host and flags != -1
        broker openat when flags == O_RDONLY|O_CLOEXEC
        deny execve
        errno EPERM { socket }
        allow dangerous ptrace because "a debugger"
        """))
    #expect(built.rules.count == written.serve.rules.count)
    for rule in written.serve.rules { #expect(built.rules.contains(rule), "\(rule)") }
  }

  /// The names that are generated are those of the tables.
  @Test func everyConstantHasItsValue() {
    #expect(ConstantValue.PROT_EXEC == ConstantValue(named: "PROT_EXEC"))
    #expect(ConstantValue.AT_FDCWD == ConstantValue(named: "AT_FDCWD"))
    #expect(SystemCallNames.number(of: CallName.openat.name) != nil)
  }
}
