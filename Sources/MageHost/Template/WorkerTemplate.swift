internal import MagePipes
public import MagePolicy

/// A worker that has started, run its `prepare` step and waits, sandboxed, to be forked: a fork is ready in a fraction of the time of a start,
/// and shares the memory that `prepare` filled.
///
/// The template itself never reads an outside byte. Each fork has its own user, pid, mount, ipc and uts namespaces and its own `serve`
/// filter, and is proven from outside like any other worker. What forks share is the layout of their address space: an attacker
/// who learns it from one knows it of all. A policy may refuse templates for that (`templates refused`).
///
/// A template that ends is replaced, at once or, when it keeps ending, after a growing pause. The last reference that goes ends it.
public final class WorkerTemplate: Sendable {
  private let keeper: TemplateKeeper

  init(_ keeper: TemplateKeeper) { self.keeper = keeper }

  var host: HostCore { keeper.core }
  var kind: String { keeper.contract.kind }

  deinit { Task { [keeper] in await keeper.close() } }

  /// A worker, from the stock of ready forks or forked now.
  ///
  /// - Throws: ``SpawnError``; a template that has started a thread refuses to fork.
  public func spawn() async throws(SpawnError) -> WorkerProcess {
    try await keeper.spawn().get()
  }

  /// The process of the template, for people and for /proc; `nil` while there is none.
  public var pid: Int32? { get async { await keeper.templatePID } }

  /// Ends the template and the forks that nobody has taken. Workers that were taken live on.
  public func close() async { await keeper.close() }
}

extension Host {
  /// Starts `executable` as a template under `policy`. Returns when it waits for its first fork.
  ///
  /// - Parameters:
  ///   - executable: a path; the program calls `Worker.run` in its `main`, and starts no thread before.
  ///   - policy: of the forks; the template runs under its start-up phase.
  ///   - arguments: what follows the path in the program's arguments.
  ///   - ready: how many forks to keep ready, sealed and proven and not yet invited. 0 forks on demand only.
  /// - Throws: ``SpawnError``, also when the policy refuses templates.
  public func prepare(
    _ executable: String, policy: Policy, arguments: [String] = [], ready: Int = 1
  ) async throws(SpawnError) -> WorkerTemplate {
    WorkerTemplate(try await core.prepare(executable, policy, arguments, ready).get())
  }
}

extension HostCore {
  func prepare(
    _ executable: String, _ policy: Policy, _ arguments: [String], _ ready: Int
  ) async -> Result<TemplateKeeper, SpawnError> {
    do throws(SpawnError) {
      try Self.checkTemplates(policy)
      let plan = try plan(executable, policy, arguments, isTemplate: true)
      let contract = WorkerContract(kind: WorkerIdentity.kind(of: executable))
      let keeper = TemplateKeeper(self, plan, contract, stockSize: max(0, ready))
      _ = try await keeper.control().get()
      await keeper.refill()
      return .success(keeper)
    } catch {
      return .failure(error)
    }
  }
}
