// The sections `test "…" in serve { … }` and `on violation { … }`.

extension Parser {
  private static let outcomes = ["allows", "kills", "brokers", "fakes", "errno"]

  mutating func parseTest() throws(PolicyError) {
    let name = try string("the test's name")
    guard !syntax.tests.contains(where: { $0.name == name.value }) else {
      throw PolicyError(name.position, "two tests are named '\(name.value)'")
    }
    try keyword("in")
    let word = try word("'startup' or 'serve'")
    guard let phase = PolicyPhase(rawValue: word.value) else {
      throw .unknown("phase", word, among: PolicyPhase.allCases.map(\.rawValue))
    }
    var test = TestSyntax(name: name.value, phase: phase, expectations: [])
    try symbol(.open)
    while !take(.close) { test.expectations += try expectations() }
    syntax.tests.append(test)
  }

  /// One outcome and the calls that have it.
  private mutating func expectations() throws(PolicyError) -> [ExpectationSyntax] {
    let start = try word("what becomes of a call, or '}'")
    let outcome: ExpectationSyntax.Outcome
    switch start.value {
    case "allows": outcome = .allows
    case "kills": outcome = .kills
    case "brokers": outcome = .brokers
    case "fakes": outcome = .fakes
    case "errno": outcome = .errno(try word("the name of an errno"))
    default: throw .unknown("expectation", start, among: Self.outcomes)
    }
    var result: [ExpectationSyntax] = []
    while case .word(let word) = current.value, !Self.outcomes.contains(word) {
      result.append(try expectation(outcome))
    }
    guard !result.isEmpty else { throw expected("the name of a system call") }
    return result
  }

  private mutating func expectation(
    _ outcome: ExpectationSyntax.Outcome
  ) throws(PolicyError) -> ExpectationSyntax {
    let position = current.position
    var abi = PolicyExpectation.ABI.native
    if takeWord("abi") {
      let name = try word("an ABI")
      guard let known = PolicyExpectation.ABI(rawValue: name.value) else {
        throw .unknown("ABI", name, among: PolicyExpectation.ABI.allCases.map(\.rawValue))
      }
      abi = known
    }
    let call = try word("the name of a system call")
    return ExpectationSyntax(
      outcome: outcome, target: try target(call), abi: abi, position: position)
  }

  private mutating func target(
    _ call: Located<String>
  ) throws(PolicyError) -> ExpectationSyntax.Target {
    guard call.value == "nr" else { return .call(call, try arguments()) }
    try symbol(.left)
    let isNegative = take(.minus)
    let magnitude = try number("a call's number", in: 0...UInt64(Int32.max))
    try symbol(.right)
    let number = Int32(truncatingIfNeeded: magnitude)
    return .number(isNegative ? 0 - number : number)
  }

  private mutating func arguments() throws(PolicyError) -> [ExpectationSyntax.Argument] {
    guard take(.left) else { return [] }
    var arguments: [ExpectationSyntax.Argument] = []
    repeat {
      let name = try word("an argument's name")
      guard !arguments.contains(where: { $0.name.value == name.value }) else {
        throw PolicyError(name.position, "'\(name.value)' is given twice")
      }
      try symbol(.colon)
      arguments.append(ExpectationSyntax.Argument(name: name, value: try value()))
    } while take(.comma)
    try symbol(.right)
    return arguments
  }

  /// Says what always happens: there is one reaction to a violation.
  mutating func parseReaction() throws(PolicyError) {
    try keyword("violation")
    try block(keys: ["kill", "report", "restart"]) { parser, key throws(PolicyError) in
      switch key.value {
      case "report": try parser.only("call", of: "report")
      case "restart": try parser.only("never", of: "restart")
      default: break
      }
    }
  }
}
