import Glibc
import MagePipes
import MageSystem
import TestSupport
import Testing

@testable import MageHost

/// A launcher of a test's own, to see what a launch does to it.
struct RunningLauncher {
  private let loop: Loop
  private let launcher: Launcher
  private let null: SharedDescriptor
  private let identities: IdentityMap

  init() throws {
    loop = try Loop()
    try LoopThread.start(loop)
    launcher = Launcher(path: Places.product("mage-launcher"), loop: loop)
    null = SharedDescriptor(try OwnedDescriptor.open("/dev/null", flags: O_RDWR))
    identities = try IdentityMap.ofThisProcess()
  }

  func stop() async {
    await launcher.shutDown()
    await StoppedLoop(loop).stop()
  }

  /// The launcher's process, once it has been asked for something.
  var pid: Int32? {
    get async { await launcher.pid }
  }

  /// How many descriptors a process has once it has closed what it is about to close: the report of a failure can be here before.
  ///
  /// - Parameter expected: what is waited for, and not longer than a few seconds.
  static func settledDescriptors(of pid: Int32, to expected: Int? = nil) async throws -> Int {
    let end = ContinuousClock.now + .seconds(expected == nil ? 0.2 : 5)
    var count = 0
    repeat {
      count = try DirectoryListing.names(in: "/proc/\(pid)/fd").count
      if count == expected { return count }
      await Task.yield()
    } while ContinuousClock.now < end
    return count
  }

  private func identity(_ plan: LaunchPlan) throws -> LaunchRequest.Identity {
    try identities.identity(inside: plan.policy.identity, slot: 9)
  }

  /// - Parameter channel: the worker's end; it is told of the end of a channel that has none.
  func request(
    of plan: LaunchPlan, channel: SharedDescriptor? = nil
  ) throws -> LaunchRequest {
    let other = try PacketSocket.pair()
    return try plan.request(
      identity: try identity(plan), channel: channel ?? other.peer, null: null)
  }

  /// A request for a template, and the pipe on which its fork waits for its ids.
  func forkRequest(
    of plan: WorkerPlan
  ) throws -> (request: LaunchRequest, release: SharedDescriptor) {
    let pipe = try Pipe.make()
    let release = pipe.writeEnd
    let other = try PacketSocket.pair()
    let request = try plan.launch.forkRequest(
      identity: try identity(plan.launch), release: SharedDescriptor(pipe.takeReadEnd()),
      channel: other.peer, null: null, streams: [:], sealing: plan.serveProgram,
      packet: plan.sealedPacket)
    return (request, release)
  }

  struct Started {
    let pid: Int32
    let pidfd: SharedDescriptor

    /// Kills the process, and returns when it is reaped.
    func end() async throws {
      try ProcessHandle(pid: pid, pidfd: pidfd).kill()
      while try !isReaped() { await Task.yield() }
    }

    func isReaped() throws -> Bool {
      try ProcessHandle(pid: pid, pidfd: pidfd).reap() != nil
    }
  }

  /// Launches, and waits until the program executes.
  func start(_ request: LaunchRequest) async throws -> Started {
    let reports = try PacketSocket.pair()
    try await launcher.submit(request, report: reports.peer)
    let socket = ReportSocket(reports.takeSocket())
    var started: Started?
    while true {
      switch try socket.next() {
      case .launched(let pid, let pidfd, _): started = Started(pid: pid, pidfd: pidfd)
      case .executed: return try #require(started)
      case .failed(let failure): throw failure.error
      default: await Task.yield()
      }
    }
  }

  /// Where a request fails for which no process is made.
  func report(of request: LaunchRequest) async throws -> LaunchReport.Place {
    let reports = try PacketSocket.pair()
    try await launcher.submit(request, report: reports.peer)
    let socket = ReportSocket(reports.takeSocket())
    while true {
      switch try socket.next() {
      case .failed(let failure): return failure.place
      case .executed: return .launcher
      default: await Task.yield()
      }
    }
  }

  /// Launches, and waits for the report of the failure; the process, which ends by itself, is reaped.
  func failure(
    of request: LaunchRequest, forkedBy template: TemplateControl? = nil,
    releasedBy release: SharedDescriptor? = nil
  ) async throws -> LaunchReport.Failure {
    let reports = try PacketSocket.pair()
    if let template {
      try template.submit(request, report: reports.peer)
    } else {
      try await launcher.submit(request, report: reports.peer)
    }
    let socket = ReportSocket(reports.takeSocket())
    var failure: LaunchReport.Failure?
    var started: Started?
    while true {
      switch try socket.next() {
      case .launched(let pid, let pidfd, let reporter):
        started = Started(pid: pid, pidfd: pidfd)
        if let reporter, let release { try await map(pid, request, reporter, release) }
      case .failed(let found): failure = found
      default: await Task.yield()
      }
      if let failure, let started, try started.isReaped() { return failure }
    }
  }

  private func map(
    _ pid: Int32, _ fork: LaunchRequest, _ reporter: SharedDescriptor, _ release: SharedDescriptor
  ) async throws {
    var request = LaunchRequest(namespaces: .user, identity: fork.identity)
    request.forkedPID = pid
    _ = request.add(release)
    try await launcher.submit(request, report: reporter)
  }
}

/// Where a launch reports.
private final class ReportSocket: Sendable {
  private let socket: PacketSocket
  init(_ socket: consuming PacketSocket) { self.socket = socket }

  /// The next report, or `nil` when there is none yet.
  func next() throws -> LaunchReport? {
    do throws(SystemError) {
      return try socket.receiveLaunchReport()
    } catch  where error.isWouldBlock {
      return nil
    }
  }
}

/// Stops a loop from another thread.
private actor StoppedLoop {
  private let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  init(_ loop: Loop) { self.loop = loop }
  func stop() { loop.stop() }
}
