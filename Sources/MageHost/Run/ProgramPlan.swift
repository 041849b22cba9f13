internal import MagePolicy
internal import MageSeccomp
internal import MageSystem

/// Everything about one run of a program that can be worked out before it is launched.
struct ProgramPlan: Sendable {
  let launch: LaunchPlan
  let streams: Program.Streams
  let addresses: PinnedAddresses

  /// Memory that is asked for beyond the policy's limit without being used: enough for any sane reservation.
  private static let reservation: UInt64 = 64 << 30
  /// glibc loads it when a thread ends by pthread_exit(3) or is cancelled.
  private static let impliedObjects = ["libgcc_s.so.1"]
  /// The launcher passes descriptors below its own limit on them.
  private static let mostOpenFiles: UInt32 = 1000

  init(
    _ program: Program, _ policy: Policy, addresses: PinnedAddresses,
    filters: inout PolicyCache<[UInt8]>
  ) throws(SpawnError) {
    guard policy.isSingleStage else {
      throw .notPossible(
        """
        policy \(policy.name) is for workers: it has a channel, and this program has no runtime that would use it; \
        take a single-stage policy such as 'judge'
        """)
    }
    let openFiles = policy.limits.openFiles
    guard openFiles <= Self.mostOpenFiles else {
      throw .notPossible("policy \(policy.name): open-files is at most \(Self.mostOpenFiles) here")
    }
    try Self.refuseScript(program.path)
    let executable = try Executable.open(
      program.path, for: policy, extra: program.binds.map { ($0.source, $0.target) },
      implied: Self.impliedObjects)
    let memory = policy.limits.memory ?? 0
    let shape = ProgramShape(
      reportNumber: openFiles, environment: program.environment,
      memoryBackstop: memory.addingReportingOverflow(Self.reservation).partialValue)
    launch = LaunchPlan(
      policy: policy, executable: executable, arguments: program.arguments,
      startupProgram: try filters.value(of: policy) { () throws(SpawnError) in
        try Self.filter(policy, reportAt: openFiles)
      },
      landlock: Landlock.version, program: shape)
    streams = program.streams
    self.addresses = addresses
    try launch.checkLevel()
    let moved = program.binds.first { $0.source != $0.target }
    if let moved, !policy.hasNamespaces {
      throw .notPossible(
        "\(moved.source) cannot be seen at \(moved.target) without a mount namespace")
    }
  }

  /// The kernel would look for the interpreter in the view, and for the script by a path that leads nowhere there.
  private static func refuseScript(_ path: String) throws(SpawnError) {
    guard let file = try? OwnedDescriptor.open(path, flags: nonBlocking),
      let start = try? FileReading.read(file, at: 0, count: 2), start == Array("#!".utf8)
    else { return }
    throw .notPossible(
      "\(path): a script, whose interpreter is not in the view; run the interpreter and bind the script"
    )
  }

  /// O_NONBLOCK: not to wait at a FIFO.
  private static let nonBlocking: Int32 = 0o4000

  private static func filter(
    _ policy: Policy, reportAt number: UInt32
  ) throws(SpawnError) -> [UInt8] {
    do throws(FilterError) {
      return try FilterCompiler.compileProgram(
        policy, reportDescriptor: Int32(truncatingIfNeeded: number))
    } catch {
      throw .notPossible("policy \(policy.name): \(error)")
    }
  }

  var policy: Policy { launch.policy }

  /// A program whose data alone passes the limit has no life to watch.
  var exceedsMemoryAtOnce: Bool {
    policy.limits.memory.map { launch.executable.staticBytes > $0 } ?? false
  }

  var resourceWatch: ResourceWatch {
    ResourceWatch(
      cpuLimit: policy.limits.cpu, memoryLimit: policy.limits.memory,
      parallelism: Int(max(policy.limits.threads, policy.limits.processes)))
  }
}
