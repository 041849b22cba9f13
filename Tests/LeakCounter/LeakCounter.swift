internal import Glibc
internal import MageHost
internal import ProbeInterface

/// Spawns and kills workers, by a malformed message or on request in turn, and counts what the process and the machine hold before
/// and after.
@main
struct LeakCounter {
  static func main() async throws {
    let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100 : 100
    // Starts the language's own timers, which hold descriptors from then on.
    try await Task.sleep(for: .nanoseconds(1))
    let before = try Holdings.now()
    try await killWorkers(rounds)
    // The loop's thread, with what it holds, goes a moment after the shutdown has returned.
    while try Holdings.now().loops > 0 { await Task.yield() }
    try compare(before, after: "the host")
    print("nothing left of \(rounds) workers")
  }

  private static func killWorkers(_ rounds: Int) async throws {
    let host = try Host()
    let policy = try PolicyLibrary(directory: policies).policy(named: "renderer")
    // The launcher and the plan are made by the first worker and stay for the host's life.
    try await round(host, policy, 0)
    let warm = try Holdings.now()
    for index in 1...max(rounds, 1) { try await round(host, policy, index) }
    try compare(warm, after: "\(rounds) workers")
    await host.shutDown()
  }

  private static func round(_ host: Host, _ policy: Policy, _ index: Int) async throws {
    let worker = try await host.spawn(directory + "/hostile-worker", policy: policy)
    let probe = try worker.remote(Probe.self)
    _ = try await probe.call(Probe.echo, Text("hello"))
    if index.isMultiple(of: 2) {
      await worker.kill()
    } else {
      _ = try? await probe.call(Probe.commit, Text("malformed-transport"))
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

  private static func compare(_ before: Holdings, after what: String) throws {
    let now = try Holdings.now()
    guard before != now else { return }
    print("after \(what): \(now)\nbefore: \(before)")
    exit(1)
  }
}
