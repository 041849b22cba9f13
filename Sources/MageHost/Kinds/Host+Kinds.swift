public import Mage
public import MagePipes
internal import MageSystem

extension Host {
  /// A pool of workers of `kind`, each bound to one interface that the kind offers.
  ///
  /// - Throws: ``SpawnError`` before anything is launched: when an interface that the kind names is called by the other side (`[From]`) or asks for a stricter
  ///   policy (`[Sandbox]`), when its executable is missing or its policy cannot be carried out, or when `interface` is not among its offers.
  public func pool<Of: Interface>(
    of kind: WorkerKind, calling interface: Of.Type
  ) async throws(SpawnError) -> WorkerPool<Remote<Of>> {
    if let reason = WorkerContract(kind).refusalAsImplementation(of: interface) {
      throw .notPossible(reason)
    }
    return try await pool(of: kind) { (worker) throws(CallError) in try worker.remote(Of.self) }
  }

  /// A pool of workers of `kind`.
  ///
  /// - Parameters:
  ///   - kind: what the workers are.
  ///   - bind: makes of a worker what its users call; runs once for each worker.
  /// - Throws: as ``pool(of:calling:)``.
  public func pool<Service: Sendable>(
    of kind: WorkerKind, bind: @escaping @Sendable (WorkerProcess) throws(CallError) -> Service
  ) async throws(SpawnError) -> WorkerPool<Service> {
    let spawner = try await core.spawner(of: kind).get()
    let settings = PoolSettings(
      kind: kind.name, limits: kind.pool, restart: kind.restart, inputs: kind.inputs,
      retries: kind.retries,
      callDeadline: kind.callDeadline ?? kind.policy.limits.deadline ?? .seconds(30))
    let pool = WorkerPool<Service>(
      PoolCore(core, settings, bind) { () async throws(SpawnError) in try await spawner.spawn() })
    await pool.core.open()
    return pool
  }
}

/// How the workers of one pool are started.
enum Spawner: Sendable {
  case alone(HostCore, WorkerKind)
  case template(WorkerTemplate)

  func spawn() async throws(SpawnError) -> WorkerProcess {
    switch self {
    case .alone(let host, let kind): try await host.spawn(kind).get()
    case .template(let template): try await template.spawn()
    }
  }
}

extension HostCore {
  /// Checks a kind and says how its workers are started.
  func spawner(of kind: WorkerKind) -> Result<Spawner, SpawnError> {
    do throws(SpawnError) {
      guard case .fromTemplate(let ready) = kind.start else {
        _ = try plan(kind, isTemplate: false)
        return .success(.alone(self, kind))
      }
      let keeper = TemplateKeeper(
        self, try plan(kind, isTemplate: true), WorkerContract(kind), stockSize: max(ready, 0),
        restart: kind.restart)
      return .success(.template(WorkerTemplate(keeper)))
    } catch {
      return .failure(error)
    }
  }
}

extension WorkerPool {
  /// A remote each of whose calls goes to a worker that is free, and waits for one within the call's own time.
  ///
  /// A call that is marked `[Idempotent]` is made again on another worker when its worker ended over it, as often as the kind says. One-way messages are refused: nothing
  /// would say when their worker is free again.
  ///
  /// - Parameter input: what the calls give to workers, so that an input over which workers keep ending is refused
  ///   (`CallError.noWorker`).
  public func remote<Of: Interface>(input: InputKey? = nil) -> Remote<Of>
  where Service == Remote<Of> {
    Remote(
      routing: PoolRouter(pool: self, input: input), deadline: core.settings.callDeadline)
  }
}

/// Takes a worker from a pool for each call.
private struct PoolRouter<Of: Interface>: CallRouter {
  let pool: WorkerPool<Remote<Of>>
  let input: InputKey?

  func route<Reply: Sendable>(
    isIdempotent: Bool, within limit: Duration,
    _ call: @Sendable (Remote<Of>, Duration) async throws(CallError) -> Reply
  ) async throws(CallError) -> Reply {
    let core = pool.core
    let end = MonotonicTime.now.advanced(by: limit)
    var triesLeft = isIdempotent ? core.settings.retries : 0
    while true {
      do throws(CallError) {
        return try await once(core, end, call)
      } catch {
        guard case .workerEnded(let ending) = error, triesLeft > 0, ending.cause.isOfItsOwnMaking,
          end > .now, !Task.isCancelled
        else { throw error }
        triesLeft -= 1
        core.host.events.say(.callRetried(kind: core.settings.kind, ending))
      }
    }
  }

  private func once<Reply: Sendable>(
    _ core: PoolCore<Remote<Of>>, _ end: MonotonicTime,
    _ call: @Sendable (Remote<Of>, Duration) async throws(CallError) -> Reply
  ) async throws(CallError) -> Reply {
    let left = min(end.since(.now), core.settings.limits.waitDeadline)
    let member: PoolCore<Remote<Of>>.Member
    do throws(PoolError) {
      member = try await core.take(left, for: input).get()
    } catch {
      throw error.callError
    }
    do throws(CallError) {
      let reply = try await call(member.service, end.since(.now))
      await core.giveBack(member, hasAnswered: true)
      return reply
    } catch {
      await core.giveBack(member, hasAnswered: false)
      throw error
    }
  }
}
