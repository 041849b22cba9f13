import MagePolicy
import MageSeccomp
import MageSystem
import Testing

/// Every rule of every shipped policy, asked of this machine's kernel: with arguments that it grants, and with each of them wrong in
/// turn.
@Suite struct RuleByRuleTests {
  private struct Call {
    let name: String
    let number: Int32
    let arguments: [UInt64]
  }

  /// The numbers that a condition compares an argument with.
  private static func constants(
    _ condition: Condition, _ found: inout [String: Set<UInt64>]
  ) {
    switch condition {
    case .not(let inner): constants(inner, &found)
    case .and(let left, let right), .or(let left, let right):
      constants(left, &found)
      constants(right, &found)
    case .comparison(let comparison):
      let values: [ConstantValue] =
        switch comparison.relation {
        case .equal(let value), .unequal(let value), .has(let value): [value]
        case .oneOf(let values): values
        }
      found[comparison.argument, default: []].formUnion(values.map(\.bits))
      if let mask = comparison.mask { found[comparison.argument, default: []].insert(mask.bits) }
    }
  }

  /// Values around those that a rule compares: equal, one off, one bit more, and with bits that an `int` does not have.
  private static func candidates(_ values: Set<UInt64>) -> [UInt64] {
    var result: Set<UInt64> = [0, 1, .max, 1 << 31]
    for value in values {
      result.formUnion([value, value &+ 1, value ^ 1 << 5, value ^ 1 << 31, value | 1 << 32])
    }
    return result.sorted()
  }

  /// Calls for one rule: every combination of the arguments that it compares, of which the others are kept while one goes wrong.
  private static func calls(_ rule: Rule) throws -> [Call] {
    let number = try #require(SystemCallNames.number(of: rule.call))
    func call(_ arguments: [UInt64]) -> Call {
      Call(name: rule.call, number: number, arguments: arguments)
    }
    guard let condition = rule.condition else {
      return [call(Array(repeating: 0, count: 6)), call(Array(repeating: 0xDEAD_BEEF, count: 6))]
    }
    var found: [String: Set<UInt64>] = [:]
    constants(condition, &found)
    let signature = try #require(SystemCallSignatures.arguments(of: rule.call))
    var combinations: [[UInt64]] = [Array(repeating: 0, count: 6)]
    for argument in signature {
      guard let values = found[argument.name] else { continue }
      combinations = combinations.flatMap { known in
        candidates(values).map { value in
          var changed = known
          changed[argument.index] = value
          return changed
        }
      }
    }
    return combinations.map(call)
  }

  /// What the kernel must say of a call, read from the rules; `nil` where the host has a part in it and the filter may do either.
  private static func expected(
    _ policy: Policy, _ call: Call, _ phase: PolicyPhase
  ) -> FilterProbe.Result? {
    if call.name == "seccomp", phase == .startup { return nil }
    if policy.isSingleStage {
      if ["clone", "fork", "vfork", "execveat"].contains(call.name) { return nil }
      if ["kill", "tkill", "tgkill"].contains(call.name) { return nil }
      let number = UInt32(truncatingIfNeeded: call.arguments[0])
      if call.name == "sendmsg", number == policy.limits.openFiles { return .allow }
    }
    switch policy.verdict(on: call.name, arguments: call.arguments, in: phase).action {
    // The host counts threads and processes, and lets them go on.
    case .allow where phase == .serve && ["clone", "fork", "vfork"].contains(call.name):
      return .notify
    case .allow: return .allow
    case .errno(let value): return .errno(value)
    case .fake: return .errno(0)
    case .broker, .once, .deny, nil: return .notify
    }
  }

  /// Of two filters the kernel takes the stronger answer.
  private static func stronger(
    _ left: FilterProbe.Result, _ right: FilterProbe.Result
  ) -> FilterProbe.Result {
    func rank(_ result: FilterProbe.Result) -> Int {
      switch result {
      case .kill: 0
      case .errno: 1
      case .notify: 2
      case .allow: 3
      }
    }
    return rank(left) <= rank(right) ? left : right
  }

  @Test(arguments: AgreementTests.policies)
  func theKernelDecidesAsTheRuleReads(_ name: String) throws {
    let policy = try PolicyLibrary(directory: ShippedPolicyTests.directory).policy(named: name)
    let rules = policy.startup.rules + policy.serve.rules
    let calls = try rules.flatMap(Self.calls)
    let probes = calls.map { FilterProbe.Call(number: $0.number, arguments: $0.arguments) }
    let answers = try PolicyFilters(policy).bytes.map { try FilterProbe.ask($0.program, probes) }
    let first = try #require(answers.first)
    var wrong: [String] = []
    for (index, call) in calls.enumerated() {
      let last = answers.dropFirst().first?[index]
      for (phase, answer) in [
        (PolicyPhase.startup, first[index]), (.serve, last.map { Self.stronger(first[index], $0) }),
      ] as [(PolicyPhase, FilterProbe.Result?)] {
        guard let answer, let expected = Self.expected(policy, call, phase), answer != expected
        else { continue }
        wrong.append("\(phase) \(call.name)\(call.arguments): \(answer), not \(expected)")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  /// The calls above hold for each conditional rule one case that it means, and one that differs in a single argument and that it
  /// does not mean: else they would show nothing.
  @Test(arguments: AgreementTests.policies)
  func everyConditionIsMetAndMissed(_ name: String) throws {
    let policy = try PolicyLibrary(directory: ShippedPolicyTests.directory).policy(named: name)
    for rule in policy.startup.rules + policy.serve.rules where rule.condition != nil {
      let alone = Policy(
        name: "alone", identity: Identity(uid: 1, gid: 1), startup: PhaseRules([rule]))
      let calls = try Self.calls(rule)
      let met = calls.map { call in
        alone.verdict(on: call.name, arguments: call.arguments, in: .startup).action != nil
      }
      let good = zip(calls, met).filter(\.1).map(\.0.arguments)
      let bad = zip(calls, met).filter { !$0.1 }.map(\.0.arguments)
      let isMissedByOne = bad.contains { wrong in
        good.contains { right in zip(right, wrong).count { $0 != $1 } == 1 }
      }
      #expect(!good.isEmpty && isMissedByOne, "\(rule)")
    }
  }
}
