public import MagePipes

/// A host and its workers at one moment.
public struct HostSnapshot: Sendable {
  public struct Worker: Sendable {
    public let identity: WorkerIdentity
    /// The number of the template that it was forked from.
    public let template: UInt64?
    /// Since its launch.
    public let age: Duration
    /// Processor time so far, of all its threads.
    public let cpu: Duration
    /// The resident set, in bytes.
    public let memoryBytes: UInt64
    /// Whether it may serve already; a fork that is kept ready may not.
    public let isInvited: Bool
    public let traffic: ConnectionTraffic
  }

  /// A pipe between two workers, which passes through the host.
  public struct Link: Hashable, Sendable {
    /// The numbers of the workers, the smaller one first.
    public let first: UInt64
    public let second: UInt64
  }

  /// How a worker ended, of the last ones.
  public struct Ended: Sendable {
    public let identity: WorkerIdentity
    public let ending: Ending
    /// Since the host was made.
    public let time: Duration
  }

  /// Since the host was made.
  public struct Totals: Sendable {
    public var started: UInt64 = 0
    public var startsFailed: UInt64 = 0
    /// By `Ending.Cause.name`.
    public var endings: [String: UInt64] = [:]
    /// Calls of workers that were answered, those of workers that have ended included.
    public var callsAnswered: UInt64 = 0
  }

  public let pid: Int32
  /// Since the host was made.
  public let uptime: Duration
  /// By number.
  public let workers: [Worker]
  public let links: [Link]
  /// Those that were made of a ``WorkerKind``.
  public let pools: [PoolStatus]
  /// The last ones, oldest first.
  public let ended: [Ended]
  public let totals: Totals
}

extension Host {
  /// The host's workers, pools and figures at this moment. Costs some microseconds of the host's loop for each worker.
  public func snapshot() async -> HostSnapshot { await core.snapshot() }
}

/// What is remembered of workers that have ended.
struct HostHistory {
  private static let mostEnded = 32

  private(set) var totals = HostSnapshot.Totals()
  private(set) var ended: [HostSnapshot.Ended] = []

  mutating func started() { totals.started &+= 1 }
  mutating func startFailed() { totals.startsFailed &+= 1 }

  mutating func ended(
    _ identity: WorkerIdentity, _ ending: Ending, _ answered: UInt64, at time: Duration
  ) {
    totals.endings[ending.cause.name, default: 0] &+= 1
    totals.callsAnswered &+= answered
    ended.append(HostSnapshot.Ended(identity: identity, ending: ending, time: time))
    if ended.count > Self.mostEnded { ended.removeFirst() }
  }
}
