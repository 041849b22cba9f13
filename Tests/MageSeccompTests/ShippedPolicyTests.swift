import MagePolicy
import MageSeccomp
import Testing

@Suite struct ShippedPolicyTests {
  /// The directory beside the tests' sources.
  static let directory: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/SandboxPolicies"
  }()

  private let policy: Policy
  private let startup: FilterEmulator
  private let serve: FilterEmulator

  init() throws {
    policy = try PolicyLibrary(directory: Self.directory).policy(named: "renderer")
    let filters = try FilterCompiler.compile(policy)
    startup = try #require(FilterEmulator(filters.startup))
    serve = try #require(FilterEmulator(filters.serve))
  }

  @Test func printedAndParsedAgainItIsTheSame() throws {
    #expect(try PolicyParser.parse(policy.description, file: "printed") == policy)
  }

  /// A frozen list: a call that is added to the policy has to be added here, under a reviewer's eyes.
  @Test func serveAnswersTheseCallsAndNoOther() {
    let allowed = [
      "brk", "clock_gettime", "close", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait",
      "eventfd2", "exit", "exit_group", "fstat", "ftruncate", "futex", "getpid", "getrandom",
      "gettid", "lseek", "memfd_create", "mremap", "munmap", "read", "restart_syscall",
      "rt_sigprocmask", "rt_sigreturn", "sched_yield", "timerfd_create",
      "timerfd_settime", "write",
    ]
    for number in Int32(0)...600 {
      let name = SystemCallNames.name(of: number) ?? ""
      let verdict = serve.verdict(
        number: number, arguments: Array(repeating: 0xDEAD_BEEF_DEAD_BEEF, count: 6))
      switch name {
      case "clone3": #expect(verdict == .errno(38))
      case "ioctl": #expect(verdict == .errno(25))
      case _ where allowed.contains(name): #expect(verdict == .allow, "\(name)")
      default: #expect(verdict == .notify, "\(number) \(name)")
      }
    }
  }

  @Test(arguments: [
    "openat", "open", "execve", "execveat", "clone", "fork", "vfork", "socket", "connect",
    "seccomp",
    "ptrace", "kill", "tgkill", "mprotect", "unshare", "setns", "mount", "io_uring_setup", "bpf",
    "pidfd_getfd", "process_vm_readv", "prctl", "dup2", "sendto", "pkey_mprotect", "userfaultfd",
  ])
  func serveNeverAllows(_ call: String) throws {
    let number = try #require(SystemCallNames.number(of: call))
    for argument in [0, 1, 3, 0x1000, UInt64.max] {
      let arguments = Array(repeating: argument, count: 6)
      #expect(serve.verdict(number: number, arguments: arguments) == .notify)
    }
  }

  @Test func messagesGoByTheChannelOnly() throws {
    for call in ["recvmsg", "sendmsg"] {
      let number = try #require(SystemCallNames.number(of: call))
      #expect(serve.verdict(number: number, arguments: [3]) == .allow)
      #expect(serve.verdict(number: number, arguments: [4]) == .notify)
      // The kernel reads 32 bits of a descriptor, so this is descriptor 3.
      #expect(serve.verdict(number: number, arguments: [1 << 32 | 3]) == .allow)
    }
  }

  @Test func serveMapsNoCode() throws {
    let mmap = try #require(SystemCallNames.number(of: "mmap"))
    #expect(serve.verdict(number: mmap, arguments: [0, 4096, 3]) == .allow)
    for prot: UInt64 in [4, 5, 7, 1 << 32 | 4, 0xFFFF_FFFF] {
      #expect(serve.verdict(number: mmap, arguments: [0, 4096, prot]) == .notify)
      #expect(startup.verdict(number: mmap, arguments: [0, 4096, prot]) == .allow)
    }
  }

  @Test func startupAllowsWhatServeAllows() {
    for number in Int32(0)...600 {
      for argument in [0, 1, 2, 3, 4, 8, 0x1000, 1030, 1 << 32, UInt64.max] {
        let arguments = Array(repeating: argument, count: 6)
        guard serve.verdict(number: number, arguments: arguments) == .allow else { continue }
        #expect(startup.verdict(number: number, arguments: arguments) == .allow, "\(number)")
      }
    }
  }

  @Test func startupExecutesOpenFilesOnly() throws {
    let execveat = try #require(SystemCallNames.number(of: "execveat"))
    #expect(startup.verdict(number: execveat, arguments: [4, 1, 1, 1, 0x1000]) == .allow)
    #expect(startup.verdict(number: execveat, arguments: [4, 1, 1, 1, 0]) == .notify)
    #expect(startup.verdict(number: 59) == .notify)
  }

  @Test func startupLetsTheRuntimeSealAndNothingElse() throws {
    let seccomp = try #require(SystemCallNames.number(of: "seccomp"))
    #expect(startup.verdict(number: seccomp, arguments: [1, 8, 4096]) == .allow)
    #expect(startup.verdict(number: seccomp, arguments: [1, 0, 4096]) == .notify)
    #expect(startup.verdict(number: seccomp, arguments: [1, 9, 4096]) == .notify)
    #expect(startup.verdict(number: seccomp, arguments: [0, 8, 4096]) == .notify)
    #expect(serve.verdict(number: seccomp, arguments: [1, 8, 4096]) == .notify)
  }
}
