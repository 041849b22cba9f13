internal import MagePolicy
internal import MageSeccomp

/// What must become of an attempt under a policy, by the policy's compiled filters.
enum Expectation: Equatable {
  /// The host or the kernel ends the process.
  case killed
  case fails(Int32)
  /// The call returns 0 and does nothing.
  case faked
  /// The filter lets the call through; what it asks for must not be there.
  case failsSomehow
  /// The policy means it.
  case granted
  /// The host ends the worker for its message.
  case malformed

  init(_ attempt: Attempt, _ filters: PolicyFilters) {
    switch attempt.manner {
    case .crime: self = .malformed
    case .i386: self = .killed
    case .environment: self = .failsSomehow
    case .calls, .directory: self = Self.first(of: attempt, filters)
    // The thread or the handler is the first step, and a policy may let it pass or not.
    case .thread, .handler: self = .failsSomehow
    }
  }

  private static func first(of attempt: Attempt, _ filters: PolicyFilters) -> Expectation {
    guard let call = attempt.calls.first, let number = SystemCallNames.number(of: call.name) else {
      return .failsSomehow
    }
    let arguments = (0..<6).map { index -> UInt64 in
      guard index < call.arguments.count else { return 0 }
      guard case .number(let value) = call.arguments[index] else { return 0x1000 }
      return value
    }
    let bits = Int32(truncatingIfNeeded: call.numberBits)
    let answer = filters.answer(
      number: number | bits, arguments: arguments,
      in: filters.policy.isSingleStage ? .startup : .serve)
    return switch answer {
    case .report, .kill: .killed
    case .errno(let value): .fails(value)
    case .fake: .faked
    case .broker: .failsSomehow
    case .allow, .once: attempt.isGrantable ? .granted : .failsSomehow
    }
  }
}

extension Expectation: CustomStringConvertible {
  var description: String {
    switch self {
    case .killed: "killed"
    case .fails(let value): "fails, \(PolicyConstants.name(ofErrno: value) ?? "errno \(value)")"
    case .faked: "does nothing"
    case .failsSomehow: "fails"
    case .granted: "granted"
    case .malformed: "killed, malformed"
    }
  }
}
