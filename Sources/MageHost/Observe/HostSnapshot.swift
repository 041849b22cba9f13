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

  /// What has passed between the host and workers.
  public struct Passed: Equatable, Sendable {
    /// Bytes of messages, without frames and attachments.
    public internal(set) var bytesReceived: UInt64 = 0
    public internal(set) var bytesSent: UInt64 = 0
    /// Calls of the host's that were answered.
    public internal(set) var callsAnswered: UInt64 = 0

    public init() {}

    mutating func add(_ traffic: ConnectionTraffic) {
      bytesReceived &+= traffic.bytesReceived
      bytesSent &+= traffic.bytesSent
      callsAnswered &+= traffic.callsAnswered
    }
  }

  /// Since the host was made.
  public struct Totals: Sendable {
    public var started: UInt64 = 0
    public var startsFailed: UInt64 = 0
    /// By `Ending.Cause.name`.
    public var endings: [String: UInt64] = [:]
    /// By kind, over all workers that were started: it never falls.
    public var passed: [String: Passed] = [:]
    /// Over all kinds.
    public var callsAnswered: UInt64 { passed.values.reduce(0) { $0 &+ $1.callsAnswered } }
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
    _ identity: WorkerIdentity, _ ending: Ending, _ traffic: ConnectionTraffic, at time: Duration
  ) {
    totals.endings[ending.cause.name, default: 0] &+= 1
    totals.passed[identity.kind, default: .init()].add(traffic)
    ended.append(HostSnapshot.Ended(identity: identity, ending: ending, time: time))
    if ended.count > Self.mostEnded { ended.removeFirst() }
  }
}
