internal import CFloor
internal import Glibc
internal import MageHost
internal import MageSystem
internal import ProbeInterface

/// What every benchmark needs: a host, the renderer's policy, the tests' worker.
struct Setting: Sendable {
  let host: Host
  var policy: Policy
  let worker: String

  init() throws {
    host = try Host()
    policy = try PolicyLibrary(directory: Self.root + "/SandboxPolicies").policy(named: "renderer")
    worker = Self.products + "/hostile-worker"
  }

  func probe() async throws -> (WorkerProcess, Probe.Proxy) {
    let worker = try await host.spawn(worker, policy: policy)
    return (worker, Probe.Proxy(try worker.remote(Probe.self)))
  }

  /// Takes pipes, and breaks off when it is told; without a dynamic linker.
  static var benchWorker: String { products + "/bench-worker" }

  static var floorProcess: String { products + "/floor-process" }

  /// Where the executables of this build are.
  static var products: String {
    let path = (try? FileReading.link("/proc/self/exe")) ?? ""
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  /// Where rows put their files. Always the same, so that nothing gathers when a run is broken off.
  static func scratch(_ name: String) throws -> String {
    let path = products + "/bench-scratch-\(name)"
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw SystemError("mkdir(\(path))", errno: errno)
    }
    return path
  }

  /// The repository.
  static var root: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
  }
}

/// Runs `body` with the calling thread on one processor, or on any when it is -1, and what `body` starts with it.
func pinned<Value>(
  to processor: Int32, _ body: () async throws -> Value
) async throws -> Value {
  guard floor_pin(processor) == 0 else { throw SystemError("sched_setaffinity", errno: errno) }
  defer { _ = floor_pin(-1) }
  return try await body()
}
