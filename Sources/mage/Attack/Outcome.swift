internal import Glibc
internal import MagePipes
internal import MagePolicy
internal import MageWire

/// What became of an attempt.
enum Outcome: Equatable {
  /// The process lived, and its last call or look returned 0 or more.
  case succeeded
  case failed(Int32)
  /// The host ended it for a call, by its name, or the kernel for one of another ABI.
  case killed(String)
  /// The host ended it for a message, by the check's name.
  case malformed(String)
  case other(String)
  /// It could not be tried.
  case untried(String)

  private static let achieved: Int32 = 240  // ATTEMPT_ACHIEVED
  private static let unknown: Int32 = 241

  init(status: Int32) {
    switch status {
    // Only another program in its place can have ended so.
    case 0, Self.achieved: self = .succeeded
    case Self.unknown: self = .untried("the program does not know it")
    // ld.so(8) ends a process so. The errno of that number belongs to the kernel's keys.
    case 127: self = .untried("the program did not start")
    default: self = .failed(status)
    }
  }

  init(_ ending: Ending) {
    switch ending.cause {
    case .finished: self.init(status: 0)
    case .exited(let status): self.init(status: status)
    case .forbiddenCall(let call): self = .killed(call.name)
    case .malformed(let malformed): self = .malformed(malformed.name)
    // Who tries every number of something is stopped for that, whatever the calls would have brought.
    case .limit(.brokerRate): self = .killed("for too many brokered calls")
    default: self = .other("\(ending.cause)")
    }
  }

  /// Whether the attempt achieved what it is for.
  func achieves(_ goal: Attempt.Goal) -> Bool {
    switch (goal, self) {
    case (.message, .malformed), (.message, .untried): false
    case (.message, _): true
    case (_, .succeeded): true
    case (.attention, .failed(let number)): ![EPERM, EACCES, ENOSYS].contains(number)
    default: false
    }
  }

  func isAsExpected(_ expectation: Expectation, _ goal: Attempt.Goal) -> Bool {
    switch (expectation, self) {
    // The stronger answer is no defect: `execve` may be let through by a filter and refused by the host.
    case (_, .killed): true
    case (.killed, _): false
    case (.fails(let wanted), .failed(let number)): wanted == number
    case (.faked, .succeeded), (.granted, _): true
    case (.malformed, .malformed): true
    case (.failsSomehow, .failed): !achieves(goal)
    default: false
    }
  }
}

extension Outcome: CustomStringConvertible {
  var description: String {
    switch self {
    case .succeeded: "succeeds"
    case .failed(let value): "fails, \(PolicyConstants.name(ofErrno: value) ?? "errno \(value)")"
    case .killed(let call): "killed, \(call)"
    case .malformed(let check): "killed, \(check)"
    case .other(let text): text
    case .untried(let reason): "not tried: \(reason)"
    }
  }
}
