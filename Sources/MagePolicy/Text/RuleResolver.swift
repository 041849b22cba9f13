/// Looks up the names in a rule: calls, arguments, constants, errnos.
struct RuleResolver {
  private let policy: Policy

  /// - Parameter policy: for its channels.
  init(_ policy: Policy) { self.policy = policy }

  /// The rule as it stands for one of its calls, whose arguments it names.
  func rule(_ rule: RuleSyntax, _ call: Located<String>) throws(PolicyError) -> Rule {
    guard SystemCallNames.number(of: call.value) != nil else {
      throw .unknown("system call", call, among: SystemCallNames.all)
    }
    var result = Rule(
      try action(rule.action), call.value, dangerousReason: rule.dangerous?.value,
      position: rule.position)
    if let written = rule.condition { result.condition = try condition(written, call.value) }
    if let refusal = result.refusal(isSealed: rule.phase == .serve) {
      throw PolicyError(call.position, refusal)
    }
    return result
  }

  private func action(_ action: RuleSyntax.Action) throws(PolicyError) -> RuleAction {
    switch action {
    case .allow: return .allow
    case .once: return .once
    case .deny: return .deny
    case .broker: return .broker
    case .fake(let value): return .fake(value.value)
    case .errno(let name): return .errno(try Self.errno(name))
    }
  }

  static func errno(_ name: Located<String>) throws(PolicyError) -> Int32 {
    guard let number = PolicyConstants.errno(named: name.value) else {
      throw .unknown("errno", name, among: PolicyConstants.allErrnos)
    }
    return number
  }

  // MARK: Conditions

  private func condition(
    _ condition: ConditionSyntax, _ call: String
  ) throws(PolicyError) -> Condition {
    switch condition {
    case .comparison(let comparison): .comparison(try self.comparison(comparison, call))
    case .not(let inner): .not(try self.condition(inner, call))
    case .and(let left, let right):
      .and(try self.condition(left, call), try self.condition(right, call))
    case .or(let left, let right):
      .or(try self.condition(left, call), try self.condition(right, call))
    }
  }

  private func comparison(
    _ syntax: ComparisonSyntax, _ call: String
  ) throws(PolicyError) -> Comparison {
    let argument = try argument(syntax.argument, of: call)
    var mask: ConstantValue?
    if let written = syntax.mask { mask = try value(written, argument) }
    var values: [ConstantValue] = []
    for terms in syntax.values {
      let value = try value(terms, argument)
      try checkReachable(value, mask, argument, at: terms.first?.position)
      values.append(value)
    }
    guard let first = values.first else {
      throw PolicyError(syntax.argument.position, "a comparison without a value")
    }
    let relation: Comparison.Relation =
      switch syntax.relation {
      case .equal: .equal(first)
      case .unequal: .unequal(first)
      case .has: .has(first)
      case .oneOf: .oneOf(values)
      }
    return Comparison(argument.name, mask: mask, relation)
  }

  private func argument(
    _ name: Located<String>, of call: String
  ) throws(PolicyError) -> SystemCallArgument {
    guard let arguments = SystemCallSignatures.arguments(of: call) else {
      throw PolicyError(name.position, "the arguments of '\(call)' are not in the table")
    }
    guard let argument = arguments.first(where: { $0.name == name.value }) else {
      throw .unknown("argument of \(call)", name, among: arguments.map(\.name))
    }
    guard argument.width != .pointer else {
      throw PolicyError(
        name.position, "'\(name.value)' of \(call) is a pointer, and a filter cannot see behind it")
    }
    return argument
  }

  /// `x & mask == v` can never hold when `v` has bits outside the mask: a slip, and in a deny a dangerous one.
  private func checkReachable(
    _ value: ConstantValue, _ mask: ConstantValue?, _ argument: SystemCallArgument,
    at position: SourcePosition?
  ) throws(PolicyError) {
    guard let mask, let position, let maskBits = mask.bits(in: argument.width),
      let bits = value.bits(in: argument.width), bits & ~maskBits != 0
    else { return }
    throw PolicyError(position, "'\(value.spelling)' has bits outside '\(mask.spelling)'")
  }

  private func value(
    _ terms: [Located<Term>], _ argument: SystemCallArgument
  ) throws(PolicyError) -> ConstantValue {
    var bits: UInt64 = 0
    var spellings: [String] = []
    for term in terms {
      let (value, spelling) = try constant(term)
      let single = ConstantValue(bits: value, spelling: spelling)
      guard single.bits(in: argument.width) != nil else {
        throw PolicyError(term.position, "'\(spelling)' does not fit '\(argument.name)'")
      }
      bits |= value
      spellings.append(spelling)
    }
    return ConstantValue(bits: bits, spelling: spellings.joined(separator: "|"))
  }

  /// A value whatever the width of the argument it is for.
  func constant(of terms: [Located<Term>]) throws(PolicyError) -> ConstantValue {
    var bits: UInt64 = 0
    var spellings: [String] = []
    for term in terms {
      let (value, spelling) = try constant(term)
      bits |= value
      spellings.append(spelling)
    }
    return ConstantValue(bits: bits, spelling: spellings.joined(separator: "|"))
  }

  private func constant(_ term: Located<Term>) throws(PolicyError) -> (UInt64, String) {
    switch term.value {
    case .number(let number): return (number, "\(number)")
    case .negative(let magnitude): return (0 &- magnitude, "-\(magnitude)")
    case .name("self"):
      return (policy.ownNumber, "self")
    case .name(let name) where name.hasPrefix("fd."):
      let named = String(name.dropFirst(3))
      guard let number = policy.descriptor(named: named) else {
        throw .unknown(
          "descriptor", Located(value: named, position: term.position),
          among: policy.descriptors.compactMap(\.name))
      }
      return (UInt64(truncatingIfNeeded: number), name)
    case .name(let name):
      guard let bits = PolicyConstants.value(of: name) else {
        throw .unknown(
          "constant", Located(value: name, position: term.position), among: PolicyConstants.all)
      }
      return (bits, name)
    }
  }
}
