public import MagePipes
public import MagePolicy

/// Workers of one kind that are used again and again: some kept ready, never more than a maximum, given out in the order in which they
/// were asked for.
///
/// ```swift
/// let pool = WorkerPool(template, PoolLimits(minimum: 1, maximum: 4)) { try Decoder.Proxy($0.remote(Decoder.self)) }
/// let size = try await pool.withWorker { decoder, _ in try await decoder.size(of: image) }
/// ```
///
/// A worker that ends, for whatever reason, is replaced; ones that end before they were of any use are replaced after a growing pause. What a
/// worker was given stays in it: see ``PoolLimits/usesPerWorker``.
public final class WorkerPool<Service: Sendable>: Sendable {
  let core: PoolCore<Service>

  /// A pool of forks of `template`.
  ///
  /// - Parameters:
  ///   - template: what is forked.
  ///   - limits: how many, and for how long.
  ///   - bind: makes of a worker what its users call; runs once for each worker.
  public init(
    _ template: WorkerTemplate, _ limits: PoolLimits,
    bind: @escaping @Sendable (WorkerProcess) throws(CallError) -> Service
  ) {
    let settings = PoolSettings(kind: template.kind, limits: limits)
    core = PoolCore(template.host, settings, bind) { () async throws(SpawnError) in
      try await template.spawn()
    }
  }

  /// A pool of workers that are started one by one.
  ///
  /// - Parameters:
  ///   - host: what starts them.
  ///   - executable: a path; the program calls `Worker.run` in its `main`.
  ///   - policy: of each worker.
  ///   - arguments: what follows the path in the program's arguments.
  ///   - limits: how many, and for how long.
  ///   - bind: makes of a worker what its users call; runs once for each worker.
  public init(
    _ host: Host, _ executable: String, policy: Policy, arguments: [String] = [],
    _ limits: PoolLimits,
    bind: @escaping @Sendable (WorkerProcess) throws(CallError) -> Service
  ) {
    let settings = PoolSettings(kind: WorkerIdentity.kind(of: executable), limits: limits)
    core = PoolCore(host.core, settings, bind) { () async throws(SpawnError) in
      try await host.spawn(executable, policy: policy, arguments: arguments)
    }
  }

  init(_ core: PoolCore<Service>) { self.core = core }

  deinit { Task { [core] in await core.close() } }

  /// Runs `body` with a worker that nobody else uses meanwhile.
  ///
  /// - Parameters:
  ///   - deadline: how long to wait for one; `nil` takes the pool's.
  ///   - input: what the worker is given, so that an input over which workers keep ending is refused
  ///     (``PoolError/inputRefused(deaths:for:)``).
  ///   - body: uses the worker; when it returns, the worker goes to the next.
  /// - Throws: ``PoolError``, and what `body` throws.
  public func withWorker<Value: Sendable>(
    deadline: Duration? = nil, input: InputKey? = nil,
    _ body: (Service, WorkerProcess) async throws -> Value
  ) async throws -> Value {
    let member = try await core.take(deadline, for: input).get()
    do {
      let value = try await body(member.service, member.worker)
      await core.giveBack(member, hasAnswered: true)
      return value
    } catch {
      await core.giveBack(member, hasAnswered: false)
      throw error
    }
  }

  /// Workers that are alive, in use or not.
  public var count: Int { get async { await core.count } }

  /// Callers that wait for a worker.
  public var waiting: Int { get async { await core.waiting } }

  /// Starts the minimum, if it was not started yet. The first ``withWorker(deadline:input:_:)`` does too.
  public func warm() async { await core.replenish() }

  /// Its figures at this moment.
  public var status: PoolStatus { get async { await core.status } }

  /// Whether it lends no worker any more.
  public var isDraining: Bool { get async { await core.isClosed } }

  /// Lends no worker any more, gives callers `grace` for what they have begun, and ends every worker.
  public func drain(within grace: Duration) async { await core.drain(within: grace) }

  /// Ends every worker. Whoever waits for one gets ``PoolError/closed``.
  public func close() async { await core.close() }
}
