import Glibc
import MagePipes
import MagePolicy
import MageSeccomp
import MageSystem
import TestSupport
import Testing

@testable import MageHost

/// Steps that only a change in the middle of a launch can make fail, tried on the real launcher.
@Suite(.timeLimit(.minutes(10))) struct LaunchStepTests {
  @Test("A file that was exchanged after the host had opened it is not bound")
  func exchangedFile() async throws {
    let plan = try plan { binds in
      binds.append(
        Executable.Bind(
          source: "/etc/hostname", target: "/etc/hostname", kind: .file,
          descriptor: SharedDescriptor(try OwnedDescriptor.open("/etc/passwd", flags: 0))))
    }
    let failure = try await failure(of: plan)
    #expect(failure.error == SystemError("open_tree", errno: ESTALE))
    #expect("\(LaunchError(failure.failure, steps: failure.steps))".contains("bind /etc/hostname"))
  }

  @Test("A file that is gone when it is to be bound ends the launch at its step")
  func missingFile() async throws {
    let plan = try plan { binds in
      binds.append(
        Executable.Bind(
          source: "/nonexistent/file", target: "/file", kind: .file,
          descriptor: SharedDescriptor(try OwnedDescriptor.open("/etc/passwd", flags: 0))))
    }
    let failure = try await failure(of: plan)
    #expect(failure.error == SystemError("open_tree", errno: ENOENT))
  }

  private func plan(_ change: (inout [Executable.Bind]) throws -> Void) throws -> LaunchPlan {
    let policy = try PolicyLibrary(directory: Places.policies).policy(named: "renderer")
    var executable = try Executable.open(TestHost.worker, for: policy)
    try change(&executable.binds)
    return LaunchPlan(
      policy: policy, executable: executable, arguments: [],
      startupProgram: try FilterCompiler.compile(policy).startup, landlock: nil)
  }

  private struct Failed {
    let failure: LaunchReport.Failure
    let steps: [LaunchStep]
    var error: SystemError { failure.error }
  }

  /// Launches `plan` and waits for the report of its failure; the process, which ends by itself, is reaped.
  private func failure(of plan: LaunchPlan) async throws -> Failed {
    let loop = try Loop()
    try LoopThread.start(loop)
    let launcher = Launcher(path: Places.product("mage-launcher"), loop: loop)
    let channel = try PacketSocket.pair()
    let null = SharedDescriptor(try OwnedDescriptor.open("/dev/null", flags: O_RDWR))
    let identity = try IdentityMap.ofThisProcess().identity(inside: plan.policy.identity, slot: 9)
    let request = try plan.request(identity: identity, channel: channel.peer, null: null)
    let reports = try PacketSocket.pair()
    try await launcher.submit(request, report: reports.peer)
    let failure = try await Self.wait(for: ReportSocket(reports.takeSocket()))
    await launcher.shutDown()
    await StoppedLoop(loop).stop()
    return Failed(failure: failure, steps: request.steps)
  }

  private static func wait(for reports: ReportSocket) async throws -> LaunchReport.Failure {
    var failure: LaunchReport.Failure?
    var pidfd: SharedDescriptor?
    var pid: Int32 = 0
    while true {
      switch try reports.next() {
      case .launched(let number, let handle, _): (pid, pidfd) = (number, handle)
      case .failed(let found): failure = found
      default: await Task.yield()
      }
      if let failure, let pidfd, try Self.isReaped(pid, pidfd) { return failure }
    }
  }

  private static func isReaped(_ pid: Int32, _ pidfd: SharedDescriptor) throws -> Bool {
    try ProcessHandle(pid: pid, pidfd: try pidfd.duplicate()).reap() != nil
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
