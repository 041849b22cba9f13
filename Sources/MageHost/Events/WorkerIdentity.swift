/// Which worker an event, a line of output or a figure is about.
public struct WorkerIdentity: Hashable, Sendable {
  /// Where a process comes from.
  public enum Role: String, Sendable {
    /// Started by the launcher.
    case worker
    /// Started by the launcher to be forked; it is given no outside byte.
    case template
    /// Forked from a template.
    case fork
  }

  /// Unique among all workers of one host, those that have ended included: pids are used again.
  public let number: UInt64
  /// For people and for /proc.
  public let pid: Int32
  /// The name of its ``WorkerKind``; of a worker without one the executable's.
  public let kind: String
  /// The policy under which it runs.
  public let policy: String
  public let role: Role
}

extension WorkerIdentity: CustomStringConvertible {
  public var description: String { "\(kind)#\(number) (pid \(pid), \(policy))" }
}

extension WorkerIdentity {
  /// Of a worker that is no kind's: the executable's name.
  static func kind(of executable: String) -> String {
    executable.split(separator: "/").last.map(String.init) ?? executable
  }
}
