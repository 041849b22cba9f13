/// Looks up the names in a policy's tests.
struct TestResolver {
  private let rules: RuleResolver

  init(_ policy: Policy) { rules = RuleResolver(policy) }

  func test(_ syntax: TestSyntax) throws(PolicyError) -> PolicyTest {
    var test = PolicyTest(name: syntax.name, phase: syntax.phase, expectations: [])
    for expectation in syntax.expectations {
      test.expectations.append(try self.expectation(expectation))
    }
    return test
  }

  private func expectation(
    _ syntax: ExpectationSyntax
  ) throws(PolicyError) -> PolicyExpectation {
    var result = PolicyExpectation(
      try outcome(syntax.outcome), .number(0), abi: syntax.abi, position: syntax.position)
    switch syntax.target {
    case .number(let number): result.target = .number(number)
    case .call(let call, let arguments):
      guard SystemCallNames.number(of: call.value) != nil else {
        throw .unknown("system call", call, among: SystemCallNames.all)
      }
      result.target = .call(call.value)
      for argument in arguments {
        try checkArgument(argument.name, of: call.value)
        result.arguments[argument.name.value] = try rules.constant(of: argument.value)
      }
    }
    return result
  }

  /// Pointers may be given: a test can then show that they make no difference.
  private func checkArgument(
    _ name: Located<String>, of call: String
  ) throws(PolicyError) {
    guard let arguments = SystemCallSignatures.arguments(of: call) else {
      throw PolicyError(name.position, "the arguments of '\(call)' are not in the table")
    }
    guard arguments.contains(where: { $0.name == name.value }) else {
      throw .unknown("argument of \(call)", name, among: arguments.map(\.name))
    }
  }

  private func outcome(
    _ outcome: ExpectationSyntax.Outcome
  ) throws(PolicyError) -> PolicyExpectation.Outcome {
    switch outcome {
    case .allows: return .allows
    case .kills: return .kills
    case .brokers: return .brokers
    case .fakes: return .fakes
    case .errno(let name): return .errno(try RuleResolver.errno(name))
    }
  }
}
