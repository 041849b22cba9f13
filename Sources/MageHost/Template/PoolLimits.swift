public import MagePipes

/// How large a pool may be and how long it waits.
public struct PoolLimits: Sendable {
  /// Workers that are kept, in use or not. Started ahead, and again when one ends.
  public var minimum: Int
  /// Workers at once, at most; whoever wants one more waits.
  public var maximum: Int
  /// A worker above the minimum that nobody has used for this long is finished.
  public var idleTime: Duration
  /// The longest that somebody waits for a free worker.
  public var waitDeadline: Duration
  /// How often one worker is used before a fresh one takes its place; `nil` for as often as it lives. 1 when what is handled belongs to
  /// people who must not see each other's: a worker that one input has taken over sees the next.
  public var usesPerWorker: Int?

  /// - Parameters are raised to what makes sense: a minimum of 0, a maximum of 1 and of the minimum, one use.
  public init(
    minimum: Int = 0, maximum: Int, idleTime: Duration = .seconds(30),
    waitDeadline: Duration = .seconds(10), usesPerWorker: Int? = nil
  ) {
    self.minimum = max(minimum, 0)
    self.maximum = max(maximum, minimum, 1)
    self.idleTime = idleTime
    self.waitDeadline = waitDeadline
    self.usesPerWorker = usesPerWorker.map { max($0, 1) }
  }
}

/// Why a pool had no worker to give.
public enum PoolError: Error, Sendable {
  /// Every worker was in use for as long as the caller may wait.
  case allBusy(waited: Duration)
  /// A worker could not be started.
  case spawn(SpawnError)
  /// The worker's first pipe was closed before it could be bound.
  case bind(CallError)
  /// Too many workers ended over the same input: it is refused for another `for`.
  case inputRefused(deaths: Int, for: Duration)
  /// The calling task was cancelled while it waited.
  case cancelled
  case closed
}

extension PoolError: CustomStringConvertible {
  public var description: String {
    if case .bind(let error) = self { return "\(error)" }
    if case .noWorker(let reason) = callError { return "\(reason)" }
    return "\(callError)"
  }

  /// The same, as a call throws it.
  var callError: CallError {
    switch self {
    case .allBusy(let waited): .noWorker(.allBusy(waited: waited))
    case .spawn(let error): .noWorker(.cannotStart("\(error)"))
    case .bind(let error): .noWorker(.cannotStart("\(error)"))
    case .inputRefused(let deaths, let time):
      .noWorker(.inputRefused(deaths: deaths, for: time))
    case .cancelled: .cancelled
    case .closed: .noWorker(.closed)
    }
  }
}
