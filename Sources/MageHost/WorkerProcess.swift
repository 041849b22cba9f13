public import Mage
public import MagePipes
internal import MagePolicy
internal import MageSystem
internal import MageWire
internal import Synchronization

/// A worker that is sealed, proven and invited, as its host sees it.
///
/// Dropping the last reference does not end the worker; ``kill()``, ``finish(within:)`` and ``Host/shutDown(within:)`` do.
public final class WorkerProcess: Sendable {
  /// For people and for /proc; the number may be used again once the worker has ended.
  public let pid: Int32
  /// The policy under which it runs.
  public let policyName: String
  /// How long calls may take that name no time of their own (`wall … per request`).
  public let callDeadline: Duration

  private let supervisor: Supervisor
  private let bootstrap: Mutex<Endpoint?>

  init(_ supervisor: Supervisor, _ connection: Connection, pid: Int32) {
    self.supervisor = supervisor
    self.pid = pid
    policyName = supervisor.plan.policy.name
    callDeadline = supervisor.plan.callDeadline
    bootstrap = Mutex(Endpoint(connection: connection, id: .bootstrap))
  }

  /// The end of the pipe that came with the invitation. The worker has the other.
  ///
  /// - Throws: ``CallError/pipeClosed(_:)`` when it was taken before.
  public func takeEndpoint() throws(CallError) -> Endpoint {
    let taken = bootstrap.withLock { $0.take() }
    guard let endpoint = taken else {
      throw .pipeClosed(CloseReason(text: "the worker's first pipe was taken before"))
    }
    return endpoint
  }

  /// Binds the worker's first pipe to an interface. Call once.
  public func remote<Of: Interface>(_ interface: Of.Type) throws(CallError) -> Remote<Of> {
    Remote(try takeEndpoint(), deadline: callDeadline)
  }

  /// Waits until the worker has ended and is reaped, and says how.
  public func ending() async -> Ending { await supervisor.waitForEnding() }

  /// Ends the worker at once (SIGKILL by pidfd). Returns when it is reaped.
  @discardableResult
  public func kill() async -> Ending {
    await supervisor.end(.killed)
    return await supervisor.waitForEnding()
  }

  /// Ends the worker because it sent something that only the caller could see to be wrong: well formed, within its declared
  /// limits, and not what a worker that works would send.
  ///
  /// - Parameter reason: for the report; must not hold text that the worker chose.
  @discardableResult
  public func reportBadMessage(_ reason: String) async -> Ending {
    await supervisor.end(.malformed(Malformed(.application, detail: reason)))
    return await supervisor.waitForEnding()
  }

  /// What the worker has used so far, or in all once it has ended.
  public func usage() async -> ResourceUsage { await supervisor.currentUsage }

  /// Asks the worker to finish and exit; it is killed when it has not within `grace`.
  @discardableResult
  public func finish(within grace: Duration = .seconds(2)) async -> Ending {
    await supervisor.requestFinish(grace: grace)
    return await supervisor.waitForEnding()
  }
}
