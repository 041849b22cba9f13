public import Mage
public import MagePolicy

/// Workers of one sort, declared once: what they run and may do, which interfaces they have, and what becomes of the ones that end.
///
/// ```swift
/// let decoders = WorkerKind(
///   "decoder", executable: "/usr/libexec/decoder", policy: try policies.policy(named: "renderer"),
///   offers: [Decoder.self], pool: PoolLimits(minimum: 1, maximum: 4, usesPerWorker: 100))
/// let pool = try await host.pool(of: decoders, calling: Decoder.self)
/// let decoder = Decoder.Proxy(pool.remote(input: InputKey(bytes: image)))
/// let size = try await decoder.size(of: image)   // on whichever worker is free
/// ```
///
/// ``Host/pool(of:calling:)`` refuses a kind whose interfaces disagree with its policy (`[Sandbox]`) or with who calls (`[From]`), before anything is
/// launched; what its workers did not declare they cannot be bound to.
public struct WorkerKind: Sendable {
  /// How its workers are started.
  public enum Start: Sendable {
    /// One by one.
    case alone
    /// Forked from a template, of which this many forks are kept ready.
    case fromTemplate(ready: Int)
  }

  /// In events, logs and metrics. Keep it short and from a small set.
  public var name: String
  /// A path; the program calls `Worker.run` in its `main`.
  public var executable: String
  /// What follows the path in the program's arguments.
  public var arguments: [String]
  /// What they may do, with the limits on memory, time and messages.
  public var policy: Policy
  /// Interfaces that its workers implement and the host calls.
  public var offers: [any Interface.Type]
  /// Interfaces that the host implements and its workers call.
  public var accepts: [any Interface.Type]
  public var start: Start
  /// How many, how long callers wait, and after how many uses a worker is replaced.
  public var pool: PoolLimits
  public var restart: RestartRule
  /// When an input is refused that keeps ending workers; concerns callers that say what their input is.
  public var inputs: InputRule
  /// How often a call of a method marked `[Idempotent]` is made again, on another worker, when its worker has ended. All tries together take no longer than the
  /// one call may.
  public var retries: Int
  /// How long a call may take that names no time of its own; `nil` takes the policy's (`wall … per request`).
  public var callDeadline: Duration?
  /// From the launch to the proven seal, `prepare` included; `nil` takes the host's.
  public var sealDeadline: Duration?
  /// What becomes of the lines that its workers write to what their policy calls `output` (`fds { 1..2 output }`); `nil` gives them /dev/null.
  public var output: OutputRule?

  public init(
    _ name: String, executable: String, arguments: [String] = [], policy: Policy,
    offers: [any Interface.Type], accepts: [any Interface.Type] = [], start: Start = .alone,
    pool: PoolLimits, restart: RestartRule = RestartRule(), inputs: InputRule = InputRule(),
    retries: Int = 1, callDeadline: Duration? = nil, sealDeadline: Duration? = nil,
    output: OutputRule? = nil
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.policy = policy
    self.offers = offers
    self.accepts = accepts
    self.start = start
    self.pool = pool
    self.restart = restart
    self.inputs = inputs
    self.retries = max(retries, 0)
    self.callDeadline = callDeadline
    self.sealDeadline = sealDeadline
    self.output = output
  }
}

/// What a worker of a kind was declared with; one without a kind may be bound to whatever its policy allows.
struct WorkerContract: Sendable {
  let kind: String
  let offers: [String]
  let accepts: [String]
  let callDeadline: Duration?
  let output: OutputRule?

  /// Of a worker that is no kind's.
  init(kind: String) {
    self.kind = kind
    offers = []
    accepts = []
    callDeadline = nil
    output = nil
    isDeclared = false
  }

  init(_ kind: WorkerKind) {
    self.kind = kind.name
    offers = kind.offers.map { $0.name }
    accepts = kind.accepts.map { $0.name }
    callDeadline = kind.callDeadline
    output = kind.output
    isDeclared = true
  }

  private let isDeclared: Bool

  func refusalAsImplementation(of interface: any Interface.Type) -> String? {
    guard isDeclared, !offers.contains(interface.name) else { return nil }
    return
      "worker kind '\(kind)' does not offer interface \(interface.name): add it to the kind's offers"
  }

  func refusalAsCaller(of interface: any Interface.Type) -> String? {
    guard isDeclared, !accepts.contains(interface.name) else { return nil }
    return
      "worker kind '\(kind)' does not accept interface \(interface.name): add it to the kind's accepts"
  }
}
