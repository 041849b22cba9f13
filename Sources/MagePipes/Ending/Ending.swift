public import MageWire

/// How a worker ended. There is exactly one for each worker, and the first cause wins: a worker that sends a malformed message and
/// crashes in the same instant ended for the message.
public struct Ending: Equatable, Sendable {
  public enum Cause: Equatable, Sendable {
    /// It exited by itself with status 0, or was asked to finish and did.
    case finished
    /// It exited by itself with another status.
    case exited(status: Int32)
    /// It sent bytes that a check refused. Nothing of the message reached a handler.
    case malformed(Malformed)
    /// It called what its policy does not allow. The call was stopped before it ran.
    case forbiddenCall(ForbiddenCall)
    /// It used up something that its policy limits.
    case limit(Limit)
    /// A signal ended it that the host did not send.
    case crashed(Signal)
    /// It was not sealed as its policy says, so it was never invited.
    case notSealed(String)
    /// The host's code asked for it.
    case killed
    /// The host shut down.
    case hostGone
  }

  public let cause: Cause
  public let usage: ResourceUsage

  public init(cause: Cause, usage: ResourceUsage) {
    self.cause = cause
    self.usage = usage
  }
}

/// What a worker had used when it was reaped.
public struct ResourceUsage: Equatable, Sendable {
  /// Processor time of all its threads, user and system.
  public var cpu: Duration
  /// From the launch to the reaping.
  public var wall: Duration
  /// The largest resident set, in bytes; shared objects are counted too.
  public var peakMemoryBytes: UInt64
  /// Bytes that a program wrote to its output streams; 0 for a worker, which has none.
  public var outputBytes: UInt64
  /// Bytes that a program and its processes passed to write(2) and its like, to files, pipes and streams; `nil` for a worker, and where the
  /// kernel does not count them.
  public var writtenBytes: UInt64?
  /// Brokered calls that the host refused.
  public var deniedCalls: UInt64

  public init(
    cpu: Duration = .zero, wall: Duration = .zero, peakMemoryBytes: UInt64 = 0,
    outputBytes: UInt64 = 0, writtenBytes: UInt64? = nil, deniedCalls: UInt64 = 0
  ) {
    self.cpu = cpu
    self.wall = wall
    self.peakMemoryBytes = peakMemoryBytes
    self.outputBytes = outputBytes
    self.writtenBytes = writtenBytes
    self.deniedCalls = deniedCalls
  }
}

/// A limit of the policy, with the value it had.
public enum Limit: Equatable, Sendable {
  /// Processor time over the worker's life.
  case cpu(Duration)
  /// Time over the worker's life.
  case wall(Duration)
  /// A call of the host was not answered in time.
  case callDeadline(Duration, method: String)
  /// A message of the host waited too long for the worker to take those before it.
  case creditDeadline(Duration)
  /// Resident memory, in bytes.
  case memory(UInt64)
  /// Bytes written to output streams or to one file.
  case output(UInt64)
  /// Processes at a time.
  case processes(UInt32)
  /// Threads at a time.
  case threads(UInt32)
  /// Bytes that were waiting for a worker which does not read.
  case queuedBytes(UInt64)
  /// Messages per second.
  case messageRate(UInt64)
  /// Brokered calls per second.
  case brokerRate(UInt32)
  /// A message was begun and not completed in time.
  case partialMessage(Duration)
  /// What was unread at an endpoint that the worker gave up did not come back in time.
  case endpointMove(Duration)
  /// From the launch to the proven seal.
  case sealDeadline(Duration)

  /// One word, as `--json` gives it.
  public var name: String {
    switch self {
    case .cpu: "cpu"
    case .wall: "wall"
    case .callDeadline: "deadline"
    case .creditDeadline: "credit"
    case .memory: "memory"
    case .output: "output"
    case .processes: "processes"
    case .threads: "threads"
    case .queuedBytes: "queue"
    case .messageRate: "rate"
    case .brokerRate: "broker-rate"
    case .partialMessage: "partial-message"
    case .endpointMove: "endpoint-move"
    case .sealDeadline: "seal"
    }
  }
}

/// A signal by number, printed by name.
public struct Signal: Equatable, Hashable, Sendable {
  public let number: Int32

  public init(_ number: Int32) { self.number = number }

  /// `SIGSEGV`; numbers without a name read as `signal 42` (signal(7)).
  public var name: String { Self.names[number] ?? "signal \(number)" }

  private static let names: [Int32: String] = [
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS",
    8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE",
    14: "SIGALRM", 15: "SIGTERM", 16: "SIGSTKFLT", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
  ]

  /// What abort(3) raises.
  package static let abort = Signal(6)
  package static let kill = Signal(9)
  package static let badSystemCall = Signal(31)
}
