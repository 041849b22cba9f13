internal import Glibc
internal import MageHost
internal import MagePipes
internal import MagePolicy

/// How a run ended, as the exit status and the report say it.
struct RunResult {
  /// The report's word for it.
  enum Kind: String {
    case finished, limit, crashed, killed
    case forbiddenCall = "forbidden-call"
    case setupFailed = "setup-failed"
  }

  let kind: Kind
  let exitStatus: Int32
  private(set) var exitCode: Int32?
  private(set) var signal: Int32?
  private(set) var limit: Limit?
  private(set) var call: ForbiddenCall?
  private(set) var reason: String?
  private(set) var usage = ResourceUsage()
  private(set) var mechanisms: Mechanisms?
  /// What a person should read who sees only an exit status.
  private(set) var complaint: String?

  private init(_ kind: Kind, exitStatus: Int32) {
    self.kind = kind
    self.exitStatus = exitStatus
  }

  static func notStarted(_ reason: String) -> RunResult {
    var result = RunResult(.setupFailed, exitStatus: ProgramRun.Status.notStarted)
    result.reason = reason
    return result
  }

  /// - Parameter signal: the one that this command got, and for which it ended the program.
  init(_ ending: Ending, _ mechanisms: Mechanisms, interruptedBy interrupt: Int32?) {
    switch ending.cause {
    case .finished: self = .exited(0)
    case .exited(let status): self = .exited(status)
    case .forbiddenCall(let call):
      self.init(.forbiddenCall, exitStatus: ProgramRun.Status.forbiddenCall)
      self.call = call
    case .limit(let limit):
      self.init(.limit, exitStatus: ProgramRun.Status.limit)
      self.limit = limit
    case .crashed(let signal):
      self.init(.crashed, exitStatus: 128 + signal.number)
      self.signal = signal.number
    case .killed, .hostGone:
      let number = interrupt ?? Signal(9).number
      self.init(.killed, exitStatus: 128 + number)
      signal = number
    case .notSealed(let reason): self = .notStarted(reason)
    // Only workers send messages.
    case .malformed(let malformed): self = .notStarted("\(malformed)")
    }
    if kind == .forbiddenCall || kind == .limit || kind == .crashed { complaint = "\(ending)" }
    usage = ending.usage
    self.mechanisms = mechanisms
  }

  private static func exited(_ code: Int32) -> RunResult {
    var result = RunResult(.finished, exitStatus: code)
    result.exitCode = code
    return result
  }

  var json: JSONValue {
    .object([
      ("ending", .string(kind.rawValue)),
      ("exitCode", exitCode.map { .integer(Int64($0)) } ?? .null),
      ("signal", signal.map { .integer(Int64($0)) } ?? .null),
      ("limit", limit.map { .string($0.name) } ?? .null),
      ("reason", reason.map { .string($0) } ?? .null),
      ("call", call.map(Self.json) ?? .null),
      ("usage", Self.json(usage)),
      ("mechanisms", mechanisms.map(Self.json) ?? .null),
    ])
  }

  private static func json(_ call: ForbiddenCall) -> JSONValue {
    .object([
      ("name", .string(call.name)),
      ("number", .integer(Int64(call.number))),
      ("arguments", .array(call.arguments.map { .number($0) })),
      ("ip", .number(call.instructionPointer)),
      ("module", call.module.map { .string($0) } ?? .null),
      ("offset", call.offset.map { .number($0) } ?? .null),
      ("policyLine", call.policyLine.map { .string($0) } ?? .null),
    ])
  }

  private static func json(_ usage: ResourceUsage) -> JSONValue {
    .object([
      ("cpuSeconds", .decimal(seconds(usage.cpu))),
      ("wallSeconds", .decimal(seconds(usage.wall))),
      ("peakMemoryBytes", .number(usage.peakMemoryBytes)),
      ("outputBytes", .number(usage.outputBytes)),
      ("writtenBytes", usage.writtenBytes.map { .number($0) } ?? .null),
      ("deniedCalls", .number(usage.deniedCalls)),
    ])
  }

  private static func json(_ mechanisms: Mechanisms) -> JSONValue {
    .object([
      ("level", .string(mechanisms.level.rawValue)),
      ("calls", .string("seccomp-notify")),
      ("files", .string(files(mechanisms))),
      ("memory", .string(mechanisms.memory.rawValue)),
      ("cpu", .string("watch")),
      // The kernel counts an ordinary user's processes together, where they have no user namespace.
      (
        "processes",
        .string(
          mechanisms.level == .full || geteuid() == 0 ? "seccomp-notify+rlimit" : "seccomp-notify")
      ),
      ("output", .string("relay+rlimit")),
    ])
  }

  private static func files(_ mechanisms: Mechanisms) -> String {
    guard mechanisms.level == .full else { return "landlock" }
    return mechanisms.landlock == nil ? "namespace" : "namespace+landlock"
  }

  /// To the microsecond.
  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds / 1_000_000_000_000) / 1_000_000
  }
}
