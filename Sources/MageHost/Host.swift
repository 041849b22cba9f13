public import Mage
public import MagePipes
public import MagePolicy
internal import MageSystem

/// Starts workers, watches them and ends them. One per process is enough for any number of workers.
///
/// Everything that concerns workers runs on one thread of the host's own. When that thread or the process ends, however it ends,
/// the kernel kills every worker.
public final class Host: Sendable {
  let core: HostCore

  /// - Parameters:
  ///   - launcher: the path of `mage-launcher`; `nil` looks beside this process's executable.
  ///   - policies: where the policies are that interfaces name in `[Sandbox]`; a worker is then bound to such an interface only if its
  ///     own policy grants no more. `nil` compares names: the worker's policy has to be the one that is named.
  ///   - sealDeadline: how long a worker may take from its launch to its proven seal, its `prepare` step included.
  ///   - observer: is told of each call to a worker; `nil` costs nothing.
  /// - Throws: ``HostError`` when the launcher is missing or the machine refuses a thread or a descriptor.
  public init(
    launcher: String? = nil, policies: PolicyLibrary? = nil,
    sealDeadline: Duration = .seconds(10), observer: (any CallObserver)? = nil
  ) throws(HostError) {
    core = try HostCore(
      launcher: try LauncherPath.find(launcher), policies: policies, sealDeadline: sealDeadline,
      observer: observer)
  }

  deinit { core.abandon() }

  /// The loop, as an executor for tasks that mostly call workers: what runs on it calls without a change of thread. It must
  /// never wait by blocking, as every worker of the host is served by it.
  public var executor: any TaskExecutor { core.loop }

  /// Starts, beside whatever the caller does next, the process by which this host clones workers and programs: the first launch then need not
  /// wait for it. Returns at once.
  public func startEarly() {
    Task(executorPreference: core.loop) { [core] in await core.launcher.startEarly() }
  }

  /// Ends that process, which the next launch would start again, beside whatever the caller does next: nothing that runs needs it. Returns at once.
  package func stopEarly() {
    Task(executorPreference: core.loop) { [core] in await core.launcher.stop() }
  }

  /// Starts `executable` as a worker under `policy`. Returns when it is sealed, proven from outside and invited.
  ///
  /// - Parameters:
  ///   - executable: a path; the program calls `Worker.run` in its `main`.
  ///   - policy: what it may do.
  ///   - arguments: what follows the path in the program's arguments. Trusted: the program reads them before it is sealed.
  ///   - interfaces: what the worker implements. Refused before anything is launched when one of them names in `[Sandbox]` a policy that
  ///     is stricter than `policy`, or is called by workers (`[From=worker]`); for others, `remote` refuses it later.
  /// - Throws: ``SpawnError``. Whatever was made of the worker is gone when it is thrown.
  public func spawn(
    _ executable: String, policy: Policy, arguments: [String] = [],
    implements interfaces: [any Interface.Type] = []
  ) async throws(SpawnError) -> WorkerProcess {
    try await core.spawn(executable, policy, arguments, implements: interfaces).get()
  }

  /// Starts a worker of `kind` that belongs to no pool.
  ///
  /// - Throws: ``SpawnError``, before anything is launched when an interface of the kind disagrees with its policy.
  public func spawn(_ kind: WorkerKind) async throws(SpawnError) -> WorkerProcess {
    try await core.spawn(kind).get()
  }

  /// What happens to workers from now on, for one reader. The host never waits for it.
  ///
  /// - Parameter buffer: events that are kept for a reader who is slow; what comes when it is full is dropped and counted (``HostEvent/Kind/dropped(_:)``).
  public func events(buffer: Int = 1024) -> HostEvents { HostEvents(core.events, capacity: buffer) }

  /// Ends every worker and then the host's own thread. Workers are asked first when there is a `grace`.
  public func shutDown(within grace: Duration = .zero) async { await core.shutDown(grace: grace) }
}

/// Why a host could not be made.
public enum HostError: Error, Equatable, Sendable {
  case launcherMissing(String)
  case system(SystemFailure)
}

/// A system call that failed while a host was made.
public struct SystemFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// `epoll_create1: EMFILE`
  public let description: String
}

extension HostError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .launcherMissing(let path):
      """
      mage-launcher is not at \(path): build it beside the host (swift build --product mage-launcher) or pass \
      its path to Host(launcher:)
      """
    case .system(let failure): "\(failure)"
    }
  }
}
