internal import CrimeSimulation
internal import Glibc
internal import MageHost
internal import ProbeInterface

/// Spawns and kills workers, by a malformed message or on request in turn, and counts what the process and the machine hold before
/// and after.
@main
struct LeakCounter {
  static func main() async throws {
    let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100 : 100
    let mode = CommandLine.arguments.dropFirst(2).first
    if mode == "die" { try await die() }
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
    for index in 1...max(rounds, 1) { try await round(spawn, index, level) }
    try await compare(warm, after: "\(rounds) workers")
    await template?.close()
    await host.shutDown()
  }

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
    while since.duration(to: .now) < .milliseconds(100), ContinuousClock.now < end {
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
