// The sections `syscalls startup { … }` and `syscalls serve { … }`.

extension Parser {
  /// Words that end a list of calls. No system call has such a name.
  private static let ruleWords: Set<String> = [
    "allow", "deny", "errno", "fake", "broker", "when", "unless", "because", "once", "dangerous",
  ]
  /// Parentheses and `not`s that may be open at once, so that no file can exhaust the host's stack.
  private static let maxDepth = 32
  /// Comparisons in one condition; chains of `or` nest as deep as they are long.
  static let maxComparisons = 64

  mutating func parseRules() throws(PolicyError) {
    let name = try word("'startup' or 'serve'")
    guard let phase = PolicyPhase(rawValue: name.value) else {
      throw .unknown("phase", name, among: ["startup", "serve"])
    }
    try symbol(.open)
    while !take(.close) { syntax.rules.append(try rule(phase)) }
  }

  private mutating func rule(_ phase: PolicyPhase) throws(PolicyError) -> RuleSyntax {
    let start = try word("a rule or '}'")
    var rule = RuleSyntax(phase: phase, action: .allow, calls: [], position: start.position)
    let dangerous = current.position
    var isDangerous = false
    switch start.value {
    case "allow": isDangerous = takeWord("dangerous")
    case "deny": rule.action = .deny
    case "errno": rule.action = .errno(try word("the name of an errno"))
    case "fake": break
    case "broker": rule.action = .broker
    default: throw .unknown("rule", start, among: ["allow", "deny", "errno", "fake", "broker"])
    }
    rule.calls = try calls()
    if start.value == "fake" { rule.action = .fake(try fakedValue()) }
    rule.condition = try condition()
    if start.value == "allow", takeWord("once") { rule.action = .once }
    if isDangerous {
      try keyword("because")
      rule.dangerous = Located(value: try string("a reason").value, position: dangerous)
    }
    if case .word("once") = current.value {
      throw PolicyError(
        current.position, "'once' belongs to 'allow', after the condition and before 'because'")
    }
    return rule
  }

  private mutating func calls() throws(PolicyError) -> [Located<String>] {
    let isBraced = take(.open)
    var calls: [Located<String>] = []
    var isGiven = false
    while true {
      // `?statx`: a call that this table may not know yet, and then a rule that says nothing.
      let mayBeUnknown = take(.question)
      guard case .word(let word) = current.value, isBraced || !Self.ruleWords.contains(word) else {
        break
      }
      isGiven = true
      if !mayBeUnknown || SystemCallNames.number(of: word) != nil {
        calls.append(Located(value: word, position: current.position))
      }
      advance()
    }
    guard isGiven else { throw expected("the name of a system call") }
    if isBraced { try symbol(.close) }
    return calls
  }

  private mutating func fakedValue() throws(PolicyError) -> Located<Int64> {
    try symbol(.assign)
    let position = current.position
    let isNegative = take(.minus)
    let magnitude = Int64(
      truncatingIfNeeded: try number("a result", in: 0...UInt64(Int64.max)))
    return Located(value: isNegative ? 0 - magnitude : magnitude, position: position)
  }

  private mutating func condition() throws(PolicyError) -> ConditionSyntax? {
    comparisons = 0
    if takeWord("when") { return try or(depth: 0) }
    if takeWord("unless") { return .not(try or(depth: 0)) }
    return nil
  }

  private mutating func or(depth: Int) throws(PolicyError) -> ConditionSyntax {
    var result = try and(depth: depth)
    while takeWord("or") { result = .or(result, try and(depth: depth)) }
    return result
  }

  private mutating func and(depth: Int) throws(PolicyError) -> ConditionSyntax {
    var result = try not(depth: depth)
    while takeWord("and") { result = .and(result, try not(depth: depth)) }
    return result
  }

  private mutating func not(depth: Int) throws(PolicyError) -> ConditionSyntax {
    guard depth < Self.maxDepth else {
      throw PolicyError(current.position, "a condition nested deeper than \(Self.maxDepth)")
    }
    if takeWord("not") { return .not(try not(depth: depth + 1)) }
    guard take(.left) else { return .comparison(try comparison()) }
    let result = try or(depth: depth + 1)
    try symbol(.right)
    return result
  }

  private mutating func comparison() throws(PolicyError) -> ComparisonSyntax {
    comparisons += 1
    guard comparisons <= Self.maxComparisons else {
      throw PolicyError(
        current.position, "a condition with more than \(Self.maxComparisons) comparisons")
    }
    var result = ComparisonSyntax(
      argument: try word("an argument's name"), mask: nil, relation: .equal, values: [])
    if take(.and) { result.mask = try value() }
    if takeWord("in") {
      result.relation = .oneOf
      try symbol(.open)
      repeat { result.values.append(try value()) } while take(.comma)
      try symbol(.close)
      return result
    }
    if take(.unequal) {
      result.relation = .unequal
    } else if takeWord("has") {
      result.relation = .has
    } else if !take(.equal) {
      throw expected("'==', '!=', 'has' or 'in'")
    }
    result.values = [try value()]
    return result
  }

  mutating func value() throws(PolicyError) -> [Located<Term>] {
    var terms = [try term()]
    while take(.or) { terms.append(try term()) }
    return terms
  }

  private mutating func term() throws(PolicyError) -> Located<Term> {
    let position = current.position
    if case .word(let name) = current.value {
      advance()
      return Located(value: .name(name), position: position)
    }
    let isNegative = take(.minus)
    let limit = isNegative ? UInt64(Int64.max) : .max
    let magnitude = try number("a constant or a number", in: 0...limit)
    if !isNegative, take(.shift) {
      let places = try number("a number of places", in: 0...63)
      guard (magnitude << places) >> places == magnitude else {
        throw PolicyError(position, "number too large")
      }
      return Located(value: .number(magnitude << places), position: position)
    }
    return Located(
      value: isNegative ? .negative(magnitude) : .number(magnitude), position: position)
  }
}
