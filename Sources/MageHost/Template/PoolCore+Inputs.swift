internal import DequeModule
internal import MagePipes
internal import MageSystem

// What ended workers, and how the pool itself ends.

extension PoolCore {
  /// Holds a worker's end against what it was lent for. Once for each worker.
  func count(_ id: ObjectIdentifier, _ cause: Ending.Cause) {
    guard let entry = entries[id], let input = entry.input, !entry.isCounted else { return }
    entries[id]?.isCounted = true
    // One that was told to finish, and does, has done nothing.
    let isAsked = entry.isRetired && cause == .finished
    guard cause.isOfItsOwnMaking, !isAsked else { return breaker.notTried(input) }
    guard let refusal = breaker.died(input, at: .now) else { return }
    host.events.say(
      .inputRefused(kind: settings.kind, deaths: refusal.deaths, for: refusal.time))
  }

  /// Nothing came of a caller's wish.
  func forget(_ input: InputKey?) {
    if let input { breaker.notTried(input) }
  }

  // MARK: Ending

  /// Starts the minimum, and has the host drain the pool when it shuts down.
  func open() {
    host.keep(WeakPool(self), ObjectIdentifier(self))
    replenish()
  }

  /// Ends every worker, those in use too.
  func close() async {
    refuseEverybody()
    host.forget(ObjectIdentifier(self))
    let all = members.values
    for member in all { await member.worker.kill() }
  }

  /// Lends nothing any more, waits for what is lent, and ends every worker.
  ///
  /// - Parameter grace: how long callers may go on with what they have.
  func drain(within grace: Duration) async {
    refuseEverybody()
    for member in idle { retire(member) }
    let end = MonotonicTime.now.advanced(by: grace)
    if entries.values.contains(where: \.isLent) {
      await withCheckedContinuation { continuation in
        draining.append(continuation)
        loop.schedule(at: end) { [weak self] in self?.assumeIsolated { $0.stopDraining() } }
      }
    }
    await close()
  }

  private func refuseEverybody() {
    isClosed = true
    while let waiter = waiters.popFirst() { refuse(waiter, .closed) }
  }

  func finishDraining() {
    if !entries.values.contains(where: \.isLent) { stopDraining() }
  }

  private func stopDraining() {
    let waiting = draining
    draining = []
    for continuation in waiting { continuation.resume() }
  }

  var status: PoolStatus {
    PoolStatus(
      kind: settings.kind, workers: members.count, lent: entries.values.count { $0.isLent },
      starting: starting, waiting: waiters.count, refusedInputs: breaker.count,
      hasGivenUp: failure != nil)
  }
}

extension Ending.Cause {
  /// Whether it was the worker that brought it about, and not its host.
  var isOfItsOwnMaking: Bool {
    switch self {
    case .killed, .hostGone, .notSealed: false
    case .finished, .exited, .malformed, .forbiddenCall, .limit, .crashed: true
    }
  }
}

/// What of a ``WorkerKind`` its pool needs.
struct PoolSettings: Sendable {
  var kind: String
  var limits: PoolLimits
  var restart = RestartRule()
  var inputs = InputRule()
  var retries = 0
  var callDeadline = Duration.seconds(30)
}

/// A pool at one moment.
public struct PoolStatus: Equatable, Sendable {
  /// The name of its ``WorkerKind``, or of the executable.
  public let kind: String
  /// Workers that are alive, in use or not.
  public let workers: Int
  /// Those that somebody uses.
  public let lent: Int
  /// Workers on their way.
  public let starting: Int
  /// Callers that wait for a worker.
  public let waiting: Int
  /// Inputs over which a worker has ended and none has lived since.
  public let refusedInputs: Int
  /// Whether callers are refused because no worker can be started.
  public let hasGivenUp: Bool
}

/// A pool, whatever its workers are bound to.
protocol AnyPool: Actor {
  var status: PoolStatus { get }
  func drain(within grace: Duration) async
}

extension PoolCore: AnyPool {}

/// A host's list keeps no pool alive.
struct WeakPool: Sendable {
  weak let pool: (any AnyPool)?
  init(_ pool: any AnyPool) { self.pool = pool }
}

extension HostCore {
  // From the pools, which are on the same loop.

  nonisolated func keep(_ pool: WeakPool, _ id: ObjectIdentifier) {
    assumeIsolated { $0.pools[id] = pool }
  }

  nonisolated func forget(_ id: ObjectIdentifier) { assumeIsolated { $0.pools[id] = nil } }
}
