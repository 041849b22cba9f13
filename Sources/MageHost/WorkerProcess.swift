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
    bootstrap = Mutex(Endpoint(connection.bootstrap))
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

  /// Binds the worker's first pipe to an interface that the worker implements. Call once.
  ///
  /// - Throws: ``CallError/refused(_:)`` when the interface's `[Sandbox]` names a policy that is stricter than the worker's, or when
  ///   `[From=worker]` says that the worker is its caller; what was taken before is ``CallError/pipeClosed(_:)``.
  public func remote<Of: Interface>(_ interface: Of.Type) throws(CallError) -> Remote<Of> {
    if let reason = supervisor.plan.interfaces.refusalAsImplementation(of: interface) {
      throw .refused(reason)
    }
    return Remote(try takeEndpoint(), deadline: callDeadline)
  }

  /// Binds the worker's first pipe to handlers of the host's for what the worker calls. Call once.
  ///
  /// - Throws: ``CallError/refused(_:)`` when `[From=host]` says that the host is the interface's caller, or when `[Sandbox]` wants its
  ///   implementation in a sandbox; what was taken before is ``CallError/pipeClosed(_:)``.
  @discardableResult
  public func receive<Of: Interface>(
    _ handlers: Handlers<Of>,
    disconnected: @escaping @Sendable (CloseReason?) -> Void = { _ in }
  ) throws(CallError) -> Receiver<Of> {
    if let reason = supervisor.plan.interfaces.refusalAsCaller(of: Of.self) {
      throw .refused(reason)
    }
    return Receiver(try takeEndpoint(), handlers, disconnected: disconnected)
  }

  /// Waits until the worker has ended and is reaped, and says how.
  public func ending() async -> Ending { await supervisor.waitForEnding() }

  /// Whether its end has a cause already, reaped or not. Loop only.
  var isEnding: Bool { supervisor.assumeIsolated { $0.cause != nil || $0.endingIfEnded != nil } }

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

  /// By which means it is confined and its limits are held.
  public func mechanisms() async -> Mechanisms { await supervisor.mechanisms }

  /// The memory that the policy calls `name` (`fds { 4 memory name max 64MiB sealed(shrink, grow) }`), which the worker has from its
  /// start and may change at any moment; `nil` when the policy has none of that name.
  public func memory(named name: String) async -> SharedRegion? {
    guard let descriptor = await supervisor.memory[name],
      let facts = try? DescriptorFacts(of: descriptor.number), let count = Int(exactly: facts.size)
    else { return nil }
    return SharedRegion(descriptor, count: count)
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
