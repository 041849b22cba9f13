internal import CrimeSimulation
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

/// Spawns and kills workers, by a malformed message or on request in turn, and counts what the process and the machine hold before
/// and after.
@main
struct LeakCounter {
  static func main() async throws {
    let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100 : 100
    let mode = CommandLine.arguments.dropFirst(2).first
    if mode == "die" { try await die() }
    if mode == "stop" { try await stop() }
    if mode == "run" { return try await run(rounds, CommandLine.arguments.dropFirst(3).map { $0 }) }
    if mode == "exhaust" { return try await exhaust(rounds) }
    // Starts the language's own timers, which hold descriptors from then on.
    try await Task.sleep(for: .nanoseconds(1))
    let before = try await settled()
    try await killWorkers(
      rounds, isForked: mode == "template", level: mode == "plain" ? .landlockAndSeccomp : .full)
    // The loop's thread, with what it holds, goes a moment after the shutdown has returned.
    while try Holdings.now().loops > 0 { await Task.yield() }
    try await compare(before, after: "the host")
    print("nothing left of \(rounds) workers")
  }

  private static func killWorkers(
    _ rounds: Int, isForked: Bool, level: IsolationLevel
  ) async throws {
    let host = try Host()
    var policy = try PolicyLibrary(directory: policies).policy(named: "renderer")
    policy.requirement = level
    // The launcher and the plan are made by the first worker and stay for the host's life.
    let template =
      isForked
      ? try await host.prepare(directory + "/static-worker", policy: policy, ready: 0) : nil
    let spawn = { () async throws(SpawnError) in
      if let template { return try await template.spawn() }
      return try await host.spawn(directory + "/hostile-worker", policy: policy)
    }
    try await round(spawn, 0, level)
    let warm = try await settled()
    let memory = try Holdings.residentMemory()
    for index in 1...max(rounds, 1) { try await round(spawn, index, level) }
    try await compare(warm, after: "\(rounds) workers")
    let growth = try Holdings.residentMemory() - memory
    print("memory grew by \(growth) KiB")
    guard growth < mostGrowth else { exit(1) }
    await template?.close()
    await host.shutDown()
  }

  /// What an allocator may keep, in KiB. A leak of two pages for each of 10,000 workers is more.
  private static let mostGrowth = 64 << 10

  /// Ends by a kill, with a template and two workers alive, whose numbers it prints.
  private static func die() async throws {
    let host = try Host()
    let policy = try PolicyLibrary(directory: policies).policy(named: "renderer")
    let template = try await host.prepare(directory + "/static-worker", policy: policy, ready: 0)
    let workers = [try await template.spawn(), try await template.spawn()]
    print(await template.pid ?? 0, workers[0].pid, workers[1].pid)
    fflush(nil)
    kill(getpid(), SIGKILL)
  }

  /// Runs a program again and again.
  ///
  /// - Parameter words: a policy's file, the program, and its arguments.
  private static func run(_ rounds: Int, _ words: [String]) async throws {
    let host = try Host()
    let policy = try PolicyLibrary(directory: policies).policy(atPath: words[0])
    let program = Program(words[1], arguments: Array(words.dropFirst(2)))
    // What the host makes with the first program and then keeps.
    _ = try await host.run(program, policy: policy)
    let warm = try await settled()
    for _ in 0..<rounds {
      let ending = try await host.run(program, policy: policy)
      guard ending.cause == .finished else {
        print(ending)
        exit(1)
      }
    }
    try await compare(warm, after: "\(rounds) programs")
    await host.shutDown()
    print("nothing left of \(rounds) programs")
  }

  /// Starts workers with ever more descriptors to spare, from none at all on: however far a launch comes, what it had taken is given back.
  private static func exhaust(_ most: Int) async throws {
    let host = try Host()
    let policy = try PolicyLibrary(directory: policies).policy(named: "renderer")
    let spawn = { () async throws(SpawnError) in
      try await host.spawn(directory + "/hostile-worker", policy: policy)
    }
    try await round(spawn, 0, .full)
    let warm = try await settled()
    var failures = 0
    for spare in 0..<most {
      let (before, taken) = try limitDescriptors(spare: spare)
      do throws(SpawnError) {
        let worker = try await spawn()
        await worker.kill()
      } catch {
        failures += 1
      }
      var limit = before
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      for descriptor in taken { close(descriptor) }
      try await compare(warm, after: "a launch with \(spare) descriptors to spare")
    }
    try await round(spawn, 1, .full)
    await host.shutDown()
    print("\(failures) of \(most) launches failed, and nothing is left")
  }

  /// Returns the limits that there were, and what now takes every number but those to spare.
  private static func limitDescriptors(spare: Int) throws -> (before: rlimit, taken: [Int32]) {
    let used = try DirectoryListing.names(in: "/proc/self/fd").compactMap { UInt($0) }.max() ?? 2
    var before = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
    var limit = rlimit(rlim_cur: used + 1, rlim_max: before.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var taken: [Int32] = []
    while case let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC), descriptor >= 0 {
      taken.append(descriptor)
    }
    limit.rlim_cur += UInt(spare)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return (before, taken)
  }

  /// Stops itself while a worker is about to do what its host must answer.
  private static func stop() async throws {
    let host = try Host()
    let policy = try PolicyLibrary(directory: policies).policy(named: "renderer")
    let worker = try await host.spawn(
      directory + "/hostile-worker", policy: policy, arguments: ["late-crime"])
    kill(getpid(), SIGSTOP)
    _ = await worker.ending()
  }

  private static func round(
    _ spawn: () async throws -> WorkerProcess, _ index: Int, _ level: IsolationLevel
  ) async throws {
    let worker = try await spawn()
    guard await worker.mechanisms().level == level else {
      print("a worker is not at level \(level.rawValue)")
      exit(1)
    }
    let probe = Probe.Proxy(try worker.remote(Probe.self))
    _ = try await probe.echo(text: "hello")
    if index.isMultiple(of: 2) {
      await worker.kill()
    } else {
      try? await probe.commit(.malformedTransport)
    }
  }

  private static var directory: String {
    CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  private static var policies: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/SandboxPolicies"
  }

  /// What is held once that has not changed for a while: a host still does something on threads of its own for a worker that
  /// is gone, such as removing its control group.
  private static func settled() async throws -> Holdings {
    let end = ContinuousClock.now + .seconds(10)
    var (last, since) = (try Holdings.now(), ContinuousClock.now)
    // A process that is on its way into its group keeps the thread that moves it for as long as the kernel likes, on a busy machine for longer than that.
    while since.duration(to: .now) < .milliseconds(100) || last.isMovingProcesses,
      ContinuousClock.now < end
    {
      await Task.yield()
      let now = try Holdings.now()
      if now != last { (last, since) = (now, .now) }
    }
    return last
  }

  private static func compare(_ before: Holdings, after what: String) async throws {
    let now = try await settled()
    guard before != now else { return }
    print("after \(what): \(now)\nbefore: \(before)")
    exit(1)
  }
}
