internal import CFloor
internal import Glibc
internal import MageHost
internal import MagePolicy
internal import MageSeccomp
internal import MageSystem

extension Benchmark {
  static let policies = [
    Benchmark(
      name: "run.true", what: "mage run /bin/true, policy judge",
      peer: "bwrap --unshare-all --ro-bind / / with a filter of that size", unit: .microseconds,
      goal: .atMost(0.6), round: runTrue),
    Benchmark(
      name: "filter.allowed-call", what: "close(-1) under both filters of renderer",
      peer: "under a filter of one instruction, and 10 ns", unit: .microseconds, goal: .atMost(1),
      round: allowedCall),
    Benchmark(
      name: "broker.open", what: "a file opened by the broker",
      peer: "notification, open and ADDFD in C", unit: .microseconds, goal: .atMost(1.2),
      round: brokeredOpen),
    Benchmark(
      name: "policy.compile", what: "300 rules parsed, compiled and proved", peer: "10 ms",
      unit: .microseconds, goal: .atMost(1), round: compile),
  ]

  private static func library() -> PolicyLibrary {
    PolicyLibrary(directory: Setting.root + "/SandboxPolicies")
  }

  // MARK: run.true

  private static func runTrue(_ setting: Setting) async throws -> Round {
    let judge = try library().policy(named: "judge")
    let filters = try PolicyFilters(judge).bytes.first?.program ?? []
    let filter = try file(allowingAll(filters))
    defer { close(filter) }
    let own = [
      Setting.products + "/mage", "run", "--library", library().directory, "--", "/bin/true",
    ]
    let bubblewrap = [
      "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--seccomp", "\(filter)", "/bin/true",
    ]
    return Round(
      own: try time(own, rewinding: filter), floor: try time(bubblewrap, rewinding: filter))
  }

  private static func time(_ words: [String], rewinding file: Int32) throws -> UInt64 {
    try Floors.with(words) { arguments in
      var values: [UInt64] = []
      for _ in 0..<20 {
        lseek(file, 0, SEEK_SET)
        var nanoseconds: UInt64 = 0
        guard floor_run(arguments, &nanoseconds) == 0 else { throw MissingPeer(name: "bubblewrap") }
        values.append(nanoseconds)
      }
      return Samples(values).median
    }
  }

  /// The same instructions, and whatever they return is "allow": nobody listens to what they would report.
  private static func allowingAll(_ program: [UInt8]) -> [UInt8] {
    var program = program
    let allow: [UInt8] = [0, 0, 0xFF, 0x7F]  // SECCOMP_RET_ALLOW
    for start in stride(from: 0, to: program.count, by: 8) where program[start] == 6 {  // BPF_RET
      program.replaceSubrange(start + 4..<start + 8, with: allow)
    }
    return program
  }

  /// A file without a name, which programs that are started inherit.
  private static func file() throws -> Int32 {
    var name = Array("/tmp/mage-bench-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else { throw SystemError("mkstemp", errno: errno) }
    unlink(name)
    return file
  }

  private static func file(_ bytes: [UInt8]) throws -> Int32 {
    let file = try file()
    let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard written == bytes.count else { throw SystemError("write", errno: errno) }
    return file
  }

  // MARK: filter.allowed-call

  private static func allowedCall(_ setting: Setting) async throws -> Round {
    let filters = try FilterCompiler.compile(setting.policy)
    // BPF_RET | BPF_K with SECCOMP_RET_ALLOW.
    let least: [UInt8] = [6, 0, 0, 0, 0, 0, 0xFF, 0x7F]
    let own = try filteredCall(filters.startup, filters.serve)
    let floor = try filteredCall(least, []) + 10
    return Round(own: own / 1000, floor: floor / 1000)
  }

  private static func filteredCall(_ first: [UInt8], _ second: [UInt8]) throws -> Double {
    var nanoseconds = 0.0
    let status = floor_filtered_call(first, first.count, second, second.count, &nanoseconds)
    guard status == 0 else { throw SystemError("seccomp", errno: -status) }
    return nanoseconds
  }

  // MARK: broker.open

  private static let opens: UInt32 = 5000

  private static func brokeredOpen(_ setting: Setting) async throws -> Round {
    let directory = try Setting.scratch("broker")
    let path = directory + "/file"
    close(open(path, O_CREAT | O_WRONLY, 0o644))
    defer {
      unlink(path)
      rmdir(directory)
    }
    var policy = try library().policy(named: "judge")
    policy.fileSystem.brokered = [
      FileSystem.Brokered(.read, directory: directory, pattern: "*", maxOpen: opens)
    ]
    policy.limits.brokerRate = .max
    // The dynamic linker's own opens have other flags, and stay the kernel's.
    let flags = ConstantValue(UInt64(O_CLOEXEC | O_NOCTTY))
    let isOwn = Condition.comparison(Comparison("flags", .equal(flags)))
    policy.startup = PhaseRules(
      policy.startup.rules + [Rule(.broker, "openat", when: isOwn)])
    let own = try await openThroughBroker(path, policy, setting)
    var floor: UInt64 = 0
    let status = floor_notified_open(path, opens, &floor)
    guard status == 0 else { throw SystemError("seccomp", errno: -status) }
    return Round(own: own, floor: floor)
  }

  private static func openThroughBroker(
    _ path: String, _ policy: Policy, _ setting: Setting
  ) async throws -> UInt64 {
    let output = try file()
    defer { close(output) }
    let program = Program(
      Setting.products + "/broker-opener", arguments: [path, "\(opens)"],
      streams: Program.Streams(output: output))
    let ending = try await setting.host.run(program, policy: policy)
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = bytes.withUnsafeMutableBytes { pread(output, $0.baseAddress, $0.count, 0) }
    let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    guard let nanoseconds = UInt64(text.filter(\.isNumber)) else {
      throw SystemError("broker-opener: \(ending)", errno: EIO)
    }
    return nanoseconds
  }

  // MARK: policy.compile

  private static func compile(_ setting: Setting) async throws -> Round {
    let text = Self.rules(300)
    let samples = try await Samples.measure(20) {
      let policy = try PolicyParser.parse(text, file: "large")
      _ = try FilterCompiler.compile(policy)
    }
    return Round(own: samples.median, floor: 10_000_000)
  }

  private static func rules(_ count: Int) -> String {
    let calls = SystemCallNames.all.filter { Rule(.allow, $0).refusal(isSealed: true) == nil }
    let lines = calls.prefix(count).map { call in
      let hasDescriptor = SystemCallSignatures.arguments(of: call)?.first?.name == "fd"
      return "allow \(call)" + (hasDescriptor ? " when fd == 3" : "")
    }
    return """
      policy large version 1
      fds { 0..2 null 3 channel host }
      namespaces { user pid mount ipc uts cgroup net shared-empty }
      identity { uid 1000 gid 1000 capabilities none no-new-privs }
      syscalls serve {
      \(lines.joined(separator: "\n"))
      }
      """
  }
}
