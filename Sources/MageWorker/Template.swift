internal import Glibc
internal import Mage
internal import MagePipes
internal import MageSystem
internal import Synchronization

/// A worker's process as a template: it starts, prepares, says hello, and forks.
enum Template {
  /// Where requests come, when the host started this process as a template.
  static var socket: Int32? {
    guard let value = getenv("MAGE_TEMPLATE") else { return nil }
    return Int32(String(cString: value))
  }

  /// What the template had in use. A fork must never let go of it: its descriptors' numbers mean something else there.
  private static let kept = Mutex<[Runtime]>([])

  /// Prepares, then serves requests. Returns in forks only.
  static func serve(_ socket: Int32, _ runtime: Runtime, _ prepare: () throws -> Void) throws {
    kept.withLock { $0.append(runtime) }
    runtime.start(prepare, isTemplate: true)
    try runtime.loop.run()
    guard runtime.exitStatus == 0 else { exit(runtime.exitStatus) }
    guard TemplateService.serve(socket) else { exit(0) }
  }

  /// Goes on as a worker that is sealed.
  static func runFork(_ accept: @escaping @Sendable (consuming Endpoint) -> Void) throws -> Never {
    let loop = try Loop()
    WorkerExecutors.install(loop)
    let runtime = Runtime(loop: loop, accept: accept)
    runtime.startSealed()
    try loop.run()
    exit(runtime.exitStatus)
  }
}
