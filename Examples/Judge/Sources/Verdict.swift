internal import MageHost

/// What is said of a solution.
enum Verdict: Equatable, Sendable {
  case accepted
  case wrongAnswer
  case timeLimit
  case memoryLimit
  case outputLimit
  /// It ended by itself in a way that no solution should.
  case runtimeError(String)
  /// It did what solutions may not: the call that was stopped.
  case forbiddenCall(String)
  /// Nothing can be said of it; the reason is not its own.
  case notJudged(String)

  /// - Parameter isRight: whether what it wrote is the answer; asked only of one that finished.
  init(_ cause: Ending.Cause, isRight: @autoclosure () -> Bool) {
    self =
      switch cause {
      case .finished: isRight() ? .accepted : .wrongAnswer
      case .exited(let status): .runtimeError("exit status \(status)")
      case .crashed(let signal): .runtimeError(signal.name)
      case .limit(.cpu), .limit(.wall): .timeLimit
      case .limit(.memory): .memoryLimit
      case .limit(.output): .outputLimit
      case .limit(let limit): .forbiddenCall("more than its \(limit.name)")
      case .forbiddenCall(let call): .forbiddenCall(call.name)
      case .malformed, .notSealed, .killed, .hostGone: .notJudged("\(cause)")
      }
  }
}

extension Verdict: CustomStringConvertible {
  var description: String {
    switch self {
    case .accepted: "accepted"
    case .wrongAnswer: "wrong answer"
    case .timeLimit: "time limit"
    case .memoryLimit: "memory limit"
    case .outputLimit: "output limit"
    case .runtimeError(let what): "runtime error: \(what)"
    case .forbiddenCall(let what): "forbidden: \(what)"
    case .notJudged(let why): "not judged: \(why)"
    }
  }
}
