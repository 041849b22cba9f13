public import MagePipes
public import MagePolicy

/// A program that runs under a policy (``Host/start(_:policy:)``).
///
/// Dropping the last reference does not end it; ``kill()`` and ``Host/shutDown(within:)`` do.
public final class ProgramProcess: Sendable {
  private let supervisor: ProgramSupervisor

  init(_ supervisor: ProgramSupervisor) { self.supervisor = supervisor }

  /// Waits until nothing of the program is left and its output is delivered, and says how it ended.
  public func ending() async -> Ending { await supervisor.waitForEnding() }

  /// Ends the program and all its processes at once (SIGKILL). Returns when they are gone.
  @discardableResult
  public func kill() async -> Ending {
    await supervisor.end(.killed)
    return await supervisor.waitForEnding()
  }

  /// By which means its limits are held, or were.
  public func mechanisms() async -> Mechanisms { await supervisor.mechanisms }
}

/// By which means a program is confined and its limits are held on this machine.
public struct Mechanisms: Equatable, Sendable {
  /// How memory is limited.
  public enum Memory: String, Equatable, Sendable {
    case cgroupV2 = "cgroup-v2"
    case cgroupV1 = "cgroup-v1"
    /// The host looks at the resident set, more often the nearer it is to the limit. All there is in the first milliseconds of a
    /// life, and for all of it where control groups cannot be made.
    case watch
  }

  /// Below `IsolationLevel.full` only where the policy lets it be.
  public var level: IsolationLevel
  public var memory: Memory
  /// The version of Landlock that confines files beside the mount namespace; `nil` where the kernel has none.
  public var landlock: Int32?

  public init(level: IsolationLevel = .full, memory: Memory, landlock: Int32?) {
    self.level = level
    self.memory = memory
    self.landlock = landlock
  }
}
