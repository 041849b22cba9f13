public import MageSystem

/// Why a policy has no filter.
public enum FilterError: Error, Equatable, Sendable {
  /// This build is for another processor than the tables of system calls.
  case unsupportedArchitecture
  /// No call of that name.
  case unknownCall(String)
  /// The rule breaks the language's own law, for example a dangerous call without a reason.
  case refused(call: String, String)
  /// A condition names an argument that the call does not have, or that is a pointer.
  case unknownArgument(call: String, argument: String)
  /// A condition compares with a value that the argument cannot hold.
  case valueDoesNotFit(call: String, argument: String)
  /// Two rules give one call different errnos, or different faked results, in the same case.
  case contradiction(call: String)
  /// The serve phase allows what a startup rule refuses. Both filters are asked for each call, so it would stay refused.
  case refusedAtStartup(call: String)
  /// A faked result other than 0, which a filter cannot give.
  case fakedValue(call: String, Int64)
  /// The conditions on one call need more than ``FilterCompiler/maxTests`` combinations of tests.
  case tooComplex(call: String)
  /// libseccomp refused: which of its functions, and the errno.
  case libseccomp(String, errno: Int32)
  /// The finished program is longer than the kernel loads (4096 instructions).
  case tooLong
  /// The finished program does not do what the policy says for this call. Nothing uses it.
  case unfaithful(call: String)
  /// The finished program has instructions or paths that libseccomp does not make, so nothing can be said of it.
  case unprovable
  case system(SystemError)
}

extension FilterError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unsupportedArchitecture: "filters can only be compiled for x86_64"
    case .unknownCall(let call): "unknown system call '\(call)'"
    case .refused(_, let reason): reason
    case .unknownArgument(let call, let argument): "'\(argument)' of \(call) cannot be compared"
    case .valueDoesNotFit(let call, let argument): "a value does not fit '\(argument)' of \(call)"
    case .contradiction(let call): "'\(call)' has two different results in the same case"
    case .refusedAtStartup(let call): "'\(call)' is allowed in serve and refused in startup"
    case .fakedValue(let call, let value): "'\(call)' can only be faked to return 0, not \(value)"
    case .tooComplex(let call): "the conditions on '\(call)' are too complex"
    case .libseccomp(let function, let errno): "\(SystemError(function, errno: errno))"
    case .tooLong: "the filter is longer than 4096 instructions"
    case .unfaithful(let call): "the compiled filter decides '\(call)' otherwise than the policy"
    case .unprovable: "the compiled filter is none that can be checked against its policy"
    case .system(let error): "\(error)"
    }
  }
}
