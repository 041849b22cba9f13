/// What rules say of one call.
public struct RuleVerdict: Equatable, Sendable {
  /// `nil`: no rule matches, so it is reported and the process killed.
  public var action: RuleAction?
  /// The rule that decided; `nil` when none matched or the language itself decides.
  public var rule: Rule?

  /// No rule matched.
  public static let unknown = RuleVerdict(action: nil, rule: nil)

  public init(action: RuleAction?, rule: Rule?) {
    self.action = action
    self.rule = rule
  }
}

extension Policy {
  /// What the policy says of a call, read literally from its rules: no filter is compiled.
  ///
  /// - Parameters:
  ///   - call: a name of ``SystemCallNames``.
  ///   - arguments: the argument registers; missing ones are 0.
  ///   - phase: of the worker's life.
  public func verdict(on call: String, arguments: [UInt64], in phase: PolicyPhase) -> RuleVerdict {
    if call == "clone3" { return RuleVerdict(action: .errno(38), rule: nil) }
    if isSingleStage {
      return PhaseRules.verdict(startup.rules(for: call) + serve.rules(for: call), arguments)
    }
    let early = PhaseRules.verdict(startup.rules(for: call), arguments)
    let late = PhaseRules.verdict(serve.rules(for: call), arguments)
    switch early.action {
    // Both filters are asked, and the kernel prefers an errno to a report.
    case .errno, .fake: return early
    default: break
    }
    guard phase == .startup else { return late }
    // What serve allows, startup allows too; once is the host's to count, in either phase.
    if late.action == .allow { return late }
    return early
  }
}

extension PhaseRules {
  /// The strongest of one call's rules that match.
  static func verdict(_ rules: ArraySlice<Rule>, _ arguments: [UInt64]) -> RuleVerdict {
    let isConditional = rules.contains { $0.condition != nil }
    let call = isConditional ? rules.first?.call : nil
    let signature = call.flatMap { SystemCallSignatures.arguments(of: $0) } ?? []
    let matching = rules.filter { $0.condition?.holds(signature, arguments) ?? true }
    guard let strongest = matching.min(by: { $0.action.rank < $1.action.rank }) else {
      return .unknown
    }
    return RuleVerdict(action: strongest.action, rule: strongest)
  }
}

extension RuleAction {
  /// The strongest is 0.
  var rank: Int {
    switch self {
    case .deny: 0
    case .errno: 1
    case .fake: 2
    case .broker: 3
    case .once: 4
    case .allow: 5
    }
  }
}

extension Condition {
  /// Whether it holds, with each argument cut to what the kernel reads of it.
  func holds(_ signature: [SystemCallArgument], _ arguments: [UInt64]) -> Bool {
    switch self {
    case .comparison(let comparison): comparison.holds(signature, arguments)
    case .not(let inner): !inner.holds(signature, arguments)
    case .and(let left, let right):
      left.holds(signature, arguments) && right.holds(signature, arguments)
    case .or(let left, let right):
      left.holds(signature, arguments) || right.holds(signature, arguments)
    }
  }
}

extension Comparison {
  /// A comparison that the compiler refuses never holds.
  fileprivate func holds(_ signature: [SystemCallArgument], _ arguments: [UInt64]) -> Bool {
    guard let argument = signature.first(where: { $0.name == self.argument }) else { return false }
    let register = argument.index < arguments.count ? arguments[argument.index] : 0
    let mask = self.mask?.bits(in: argument.width) ?? argument.width.mask
    let seen = register & argument.width.mask & mask
    func bits(_ value: ConstantValue) -> UInt64? { value.bits(in: argument.width) }
    return switch relation {
    case .equal(let value): bits(value) == seen
    case .unequal(let value): bits(value).map { $0 != seen } ?? false
    case .has(let value): bits(value).map { seen & $0 == $0 } ?? false
    case .oneOf(let values): values.contains { bits($0) == seen }
    }
  }
}
