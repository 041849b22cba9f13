internal import Glibc
internal import MageHost
internal import MagePipes
internal import MagePolicy

/// One `mage run`.
struct ProgramRun {
  let options: RunCommand

  /// What the command itself exits with when no program did.
  enum Status {
    static let limit: Int32 = 124
    static let notStarted: Int32 = 125
    static let forbiddenCall: Int32 = 126
  }

  /// Runs the program and returns the command's exit status.
  func run() async -> Int32 {
    let interrupts = Interrupts()
    do throws(RunFailure) {
      // Before anything runs of which it could not be said how it ended.
      let report = try reportFile()
      let host = try EarlyHost.host()
      let policy = try policy()
      try checkProgram()
      let streams = try streams()
      let result = await launch(host, policy, streams, interrupts)
      await host.shutDown()
      try write(result, to: report)
      return result.exitStatus
    } catch {
      Console.complain(error.text)
      if let report = try? reportFile() { try? write(.notStarted(error.text), to: report) }
      return Status.notStarted
    }
  }

  private func checkProgram() throws(RunFailure) {
    let path = Paths.program(options.command[0])
    guard path.contains("/") || access(path, F_OK) == 0 else {
      throw RunFailure("\(path): neither in PATH nor in this directory")
    }
  }

  private func policy() throws(RunFailure) -> Policy {
    do throws(PolicyError) {
      return limited(try options.place.policy(options.policy))
    } catch {
      throw RunFailure("\(error)")
    }
  }

  /// The policy with the limits of the command line in place of its own.
  private func limited(_ policy: Policy) -> Policy {
    var policy = policy
    if let cpu = options.cpu { policy.limits.cpu = cpu.duration }
    if let wall = options.wall { policy.limits.wall = wall.duration }
    if let memory = options.memory { policy.limits.memory = memory.bytes }
    if let output = options.output { policy.limits.output = output.bytes }
    if let processes = options.processes { policy.limits.processes = processes }
    if let threads = options.threads { policy.limits.threads = threads }
    if let openFiles = options.openFiles { policy.limits.openFiles = openFiles }
    return policy
  }

  private func streams() throws(RunFailure) -> Program.Streams {
    guard let path = options.input else { return Program.Streams() }
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw RunFailure("\(path): \(String(cString: strerror(errno)))") }
    return Program.Streams(input: number)
  }

  private func launch(
    _ host: Host, _ policy: Policy, _ streams: Program.Streams, _ interrupts: Interrupts
  ) async -> RunResult {
    let program = Program(
      Paths.program(options.command[0]), arguments: Array(options.command.dropFirst()),
      binds: options.binds.map { Program.Bind(source: $0.source, target: $0.target) },
      streams: streams)
    do throws(SpawnError) {
      let process = try await host.start(program, policy: policy)
      // There is no second program; it ends while the first one runs.
      host.stopEarly()
      interrupts.onFirst { Task { await process.kill() } }
      if policy.requirement != .full { await sayLevel(of: process, policy) }
      let ending = await process.ending()
      return RunResult(ending, await process.mechanisms(), interruptedBy: interrupts.signal)
    } catch {
      Console.complain("\(error)")
      return .notStarted("\(error)")
    }
  }

  /// Less than everything is never silent.
  private func sayLevel(of process: ProgramProcess, _ policy: Policy) async {
    let level = await process.mechanisms().level
    guard level != .full else { return }
    Console.complain("policy \(policy.name): level \(level.rawValue), without namespaces")
  }

  /// Where the report goes; 2 when to nobody but whoever asked for it there.
  private func reportFile() throws(RunFailure) -> Int32 {
    guard let path = options.report, path != "-" else { return STDERR_FILENO }
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw RunFailure("\(path): \(String(cString: strerror(errno)))") }
    return file
  }

  private func write(_ result: RunResult, to report: Int32) throws(RunFailure) {
    let text = result.json.description + "\n"
    if options.json || options.report == "-" {
      Console.write(text, to: STDERR_FILENO)
    } else if let complaint = result.complaint {
      Console.complain(complaint)
    }
    guard report != STDERR_FILENO else { return }
    defer { close(report) }
    guard Console.write(text, to: report) else {
      throw RunFailure("\(options.report ?? ""): cannot be written")
    }
  }
}

struct RunFailure: Error {
  let text: String
  init(_ text: String) { self.text = text }
}
