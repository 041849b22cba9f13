/// What a worker may use up. Each limit has an ending of its own, so the host can say which one was hit.
public struct Limits: Equatable, Sendable {
  /// Bytes of memory; `nil` is no limit of the policy's.
  public var memory: UInt64?
  /// Processor time.
  public var cpu: Duration?
  /// Life from start to end.
  public var wall: Duration?
  /// Time for each request (`wall 60s per request`).
  public var deadline: Duration?
  /// Bytes in any file that the worker writes (RLIMIT_FSIZE).
  public var output: UInt64
  public var processes: UInt32
  public var threads: UInt32
  /// Descriptors, the granted ones counted.
  public var openFiles: UInt32
  /// Bytes that the worker may keep from being swapped.
  public var lockedMemory: UInt64
  /// Brokered calls per second in the long run, and so many at once after a pause.
  public var brokerRate: UInt32

  /// The defaults are the least that a worker runs with: one process, one thread, 32 descriptors, no output. Core dumps
  /// are always off: they would copy the worker's memory, and what clients sent it, to a disk.
  public init(
    memory: UInt64? = nil, cpu: Duration? = nil, wall: Duration? = nil, deadline: Duration? = nil,
    output: UInt64 = 0, processes: UInt32 = 1, threads: UInt32 = 1, openFiles: UInt32 = 32,
    lockedMemory: UInt64 = 0, brokerRate: UInt32 = Self.standardBrokerRate
  ) {
    self.memory = memory
    self.cpu = cpu
    self.wall = wall
    self.deadline = deadline
    self.output = output
    self.processes = processes
    self.threads = threads
    self.openFiles = openFiles
    self.lockedMemory = lockedMemory
    self.brokerRate = brokerRate
  }

  /// More than a program that works asks for.
  public static let standardBrokerRate: UInt32 = 2000
}

/// What a worker may send and hold. A worker that exceeds it is killed; the ending names the quota.
public struct IPCQuota: Equatable, Sendable {
  /// Bytes of one message.
  public var maxMessage: UInt32
  /// Descriptors with one message, at most 253 (SCM_MAX_FD).
  public var maxDescriptors: UInt32
  /// Messages per second in the long run; `nil` is any.
  public var rate: UInt32?
  /// Messages at once after a pause, above the rate; `nil` is one second's worth.
  public var burst: UInt32?
  /// Requests without a reply yet.
  public var inflight: UInt32
  /// Endpoints that are open at a time.
  public var handles: UInt32
  /// Bytes that the host keeps for the worker.
  public var queueBytes: UInt64
  /// The largest array of bytes that travels in memory that host and worker share.
  public var maxPayload: UInt32
  /// What that memory may hold in each direction; 0 for none.
  public var poolBytes: UInt32
  /// What messages pass through.
  public var transport: Transport

  public enum Transport: String, CaseIterable, Sendable {
    /// The channel's socket: no memory is shared.
    case socket
    /// Rings in memory that host and worker share; descriptors still come by the socket.
    case ring
  }

  public init(
    maxMessage: UInt32 = 1 << 20, maxDescriptors: UInt32 = 0, rate: UInt32? = nil,
    burst: UInt32? = nil, inflight: UInt32 = 64, handles: UInt32 = 128,
    queueBytes: UInt64 = 8 << 20, maxPayload: UInt32 = 0, poolBytes: UInt32 = 0,
    transport: Transport = .socket
  ) {
    self.maxMessage = maxMessage
    self.maxDescriptors = maxDescriptors
    self.rate = rate
    self.burst = burst
    self.inflight = inflight
    self.handles = handles
    self.queueBytes = queueBytes
    self.maxPayload = maxPayload
    self.poolBytes = poolBytes
    self.transport = transport
  }
}
