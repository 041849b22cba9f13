import MagePolicy
import Testing

/// A policy that is made of what was seen.
@Suite struct LearnTests {
  private static let base = """
    policy base version 1
    fds { 0 input 1..2 output }
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1 gid 1 capabilities none no-new-privs }
    """

  private static func learned(_ calls: [(String, [UInt64])]) throws -> (
    text: String, policy: Policy
  ) {
    var learned = LearnedPolicy()
    for (call, arguments) in calls { learned.add(call, arguments: arguments) }
    let text = learned.text(name: "w", base: try Texts.parse(base))
    return (text, try Texts.parse(text))
  }

  struct Seen: Sendable {
    let call: String
    let arguments: [UInt64]
    let condition: String

    init(_ call: String, _ arguments: [UInt64], _ condition: String) {
      self.call = call
      self.arguments = arguments
      self.condition = condition
    }
  }

  static let seen: [Seen] = [
    Seen(
      "mmap", [0, 4096, 3, 0x22],
      "prot == PROT_READ|PROT_WRITE and flags == MAP_PRIVATE|MAP_ANONYMOUS"),
    Seen("mmap", [0, 4096, 0, 2], "prot == PROT_NONE and flags == MAP_PRIVATE"),
    Seen("mprotect", [0, 0, 1], "prot == PROT_READ"),
    Seen("openat", [0, 0, 0], "flags == O_RDONLY"),
    Seen("openat", [0, 0, 0x8_0241], "flags == O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC"),
    Seen("openat", [0, 0, 0x1_0000_0002], "flags == O_RDWR"),
    Seen("openat", [0, 0, 0x8000_0000], "flags == 2147483648"),
    Seen("clone", [0x3D_0F00], "flags == THREAD_FLAGS"),
    Seen("arch_prctl", [0x1002], "code == ARCH_SET_FS"),
    Seen("kill", [2, 10], "pid == self and sig == 10"),
    Seen("tgkill", [2, 5, 6], "tgid == self and sig == 6"),
    Seen("kill", [1, 9], "pid == 1 and sig == 9"),
  ]

  @Test(arguments: seen) func valuesAreWrittenAsTheirAuthorWould(_ seen: Seen) throws {
    let (call, arguments, condition) = (seen.call, seen.arguments, seen.condition)
    let (text, policy) = try Self.learned([(call, arguments)])
    #expect(
      text.contains("allow \(call) when \(condition)")
        || text.contains("allow \(call) when (\(condition))"), "\(text)")
    #expect(policy.verdict(on: call, arguments: arguments, in: .startup).action == .allow)
    // One bit more, and it is another call.
    for index in arguments.indices
    where !["mmap", "mprotect", "openat"].contains(call) || index > 1 {
      guard !(call == "tgkill" && index == 1) else { continue }
      var other = arguments
      other[index] ^= 1 << 20
      #expect(policy.verdict(on: call, arguments: other, in: .startup).action == nil, "\(other)")
    }
  }

  /// Values without end are no pattern, and are not written down one by one.
  @Test func whatDiffersEachTimeIsNoCondition() throws {
    let few = try Self.learned((0..<24).map { ("fcntl", [3, UInt64($0)]) })
    #expect(few.policy.verdict(on: "fcntl", arguments: [3, 24], in: .startup).action == nil)
    #expect(few.policy.verdict(on: "fcntl", arguments: [9, 23], in: .startup).action == .allow)
    let many = try Self.learned((0..<25).map { ("fcntl", [3, UInt64($0)]) })
    #expect(many.text.contains("    allow fcntl  # seen 25 times\n"), "\(many.text)")
    // Of a call that would be dangerous without a condition it is said.
    let clones = try Self.learned((0..<25).map { ("clone", [UInt64($0)]) })
    #expect(clones.text.contains("allow dangerous clone because \"LEARNED: seen 25 times\""))
  }

  @Test func aDangerousCallIsMarkedAndEverythingIsCounted() throws {
    let (text, policy) = try Self.learned([
      ("read", [0]), ("read", [3]), ("ptrace", [0]), ("clone3", [0]), ("getpid", []),
    ])
    #expect(
      text.contains("allow read  # seen 2 times") && text.contains("allow getpid  # seen once"))
    #expect(text.contains("allow dangerous ptrace because \"LEARNED: seen once\""))
    #expect(policy.verdict(on: "write", arguments: [], in: .startup).action == nil)
    #expect(policy.verdict(on: "clone3", arguments: [], in: .startup).action == .errno(38))
  }
}
