import Glibc
import MageHost
import MagePolicy
import ProbeInterface
import TestSupport

/// A host, the renderer policy and the tests' worker.
struct TestHost {
  let host: Host
  let policy: Policy

  init(
    sealDeadline: Duration = .seconds(10), _ change: (inout Policy) -> Void = { _ in }
  ) throws {
    host = try Host(sealDeadline: sealDeadline)
    var policy = try PolicyLibrary(directory: Places.policies).policy(named: "renderer")
    change(&policy)
    self.policy = policy
  }

  func spawn(_ arguments: String...) async throws(SpawnError) -> WorkerProcess {
    try await host.spawn(Self.worker, policy: policy, arguments: arguments)
  }

  /// A worker and its probe.
  func probe() async throws -> (worker: WorkerProcess, probe: Probe.Proxy) {
    let worker = try await spawn()
    return (worker, Probe.Proxy(try worker.remote(Probe.self)))
  }

  static var worker: String { Places.product("hostile-worker") }

  /// Runs `body` with a host that is shut down afterwards, whatever happens.
  static func with<Value>(
    sealDeadline: Duration = .seconds(10), _ change: (inout Policy) -> Void = { _ in },
    _ body: (TestHost) async throws -> Value
  ) async throws -> Value {
    let test = try TestHost(sealDeadline: sealDeadline, change)
    do {
      let value = try await body(test)
      await test.host.shutDown()
      return value
    } catch {
      await test.host.shutDown()
      throw error
    }
  }
}

/// Whether a process of that number exists.
func exists(_ pid: Int32) -> Bool { kill(pid, 0) == 0 || errno == EPERM }
