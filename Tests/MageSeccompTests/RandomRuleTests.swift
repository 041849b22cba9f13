import MagePolicy
import MageSeccomp
import Testing

/// Random rules, decided by reading their conditions literally, against the compiled filter.
@Suite struct RandomRuleTests {
  /// A small generator with a seed, so that a failure can be run again.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 33
    }
  }

  private static let values: [UInt64] = [0, 1, 3, 6, 0xFF, 0x8000_0000]
  private static let widths: [String: UInt64] = [
    "fd": 0xFFFF_FFFF, "cmd": 0xFFFF_FFFF, "arg": .max,
  ]
  private static let names = ["fd", "cmd", "arg"]

  private static func condition(_ dice: inout Dice, depth: Int) -> Condition {
    switch depth == 0 ? 9 : Int.random(in: 0..<10, using: &dice) {
    case 0...1:
      return .and(condition(&dice, depth: depth - 1), condition(&dice, depth: depth - 1))
    case 2...3:
      return .or(condition(&dice, depth: depth - 1), condition(&dice, depth: depth - 1))
    case 4: return .not(condition(&dice, depth: depth - 1))
    default:
      let value = ConstantValue(values.randomElement(using: &dice) ?? 0)
      let name = names.randomElement(using: &dice) ?? "fd"
      let isMasked = Bool.random(using: &dice)
      let mask = isMasked ? ConstantValue(value.bits | 0x10) : nil
      let relations: [Comparison.Relation] = [
        .equal(value), .has(value), .oneOf([value, ConstantValue(2)]), .unequal(value),
      ]
      return .comparison(
        Comparison(name, mask: mask, relations.randomElement(using: &dice) ?? .equal(value)))
    }
  }

  /// The condition as a reader of the language understands it.
  private static func holds(_ condition: Condition, _ arguments: [UInt64]) -> Bool {
    switch condition {
    case .and(let left, let right): return holds(left, arguments) && holds(right, arguments)
    case .or(let left, let right): return holds(left, arguments) || holds(right, arguments)
    case .not(let inner): return !holds(inner, arguments)
    case .comparison(let comparison):
      let index = names.firstIndex(of: comparison.argument) ?? 0
      let width = widths[comparison.argument] ?? 0
      let seen = arguments[index] & width & (comparison.mask?.bits ?? .max)
      switch comparison.relation {
      case .equal(let value): return seen == value.bits
      case .unequal(let value): return seen != value.bits
      case .has(let value): return seen & value.bits == value.bits
      case .oneOf(let values): return values.contains { $0.bits == seen }
      }
    }
  }

  private static func expected(_ rules: [Rule], _ arguments: [UInt64]) -> FilterEmulator.Verdict {
    let matching = rules.filter { rule in rule.condition.map { holds($0, arguments) } ?? true }
    let actions = matching.map(\.action)
    if actions.contains(.deny) { return .notify }
    if actions.contains(.errno(1)) { return .errno(1) }
    if actions.contains(.fake(0)) { return .errno(0) }
    return actions.contains(.allow) ? .allow : .notify
  }

  @Test(arguments: UInt64(1)...20) func decideAsTheyRead(_ seed: UInt64) throws {
    var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15)
    let actions: [RuleAction] = [.allow, .allow, .deny, .errno(1), .fake(0)]
    let rules = (0..<Int.random(in: 1...4, using: &dice)).map { _ in
      Rule(
        actions.randomElement(using: &dice) ?? .allow, "fcntl",
        when: Self.condition(&dice, depth: 2))
    }
    let policy = Policy(
      name: "random", identity: Identity(uid: 1, gid: 1), serve: PhaseRules(rules))
    let program: [UInt8]
    do {
      program = try FilterCompiler.compile(policy).serve
    } catch {
      // Refused by name is a right answer to a heap of inequalities; anything else is not.
      #expect(error == .tooComplex(call: "fcntl"))
      return
    }
    let filter = try #require(FilterEmulator(program))
    for _ in 0..<600 {
      let arguments = Self.names.map { _ in
        var value = Self.values.randomElement(using: &dice) ?? 0
        if Int.random(in: 0..<3, using: &dice) == 0 {
          value ^= 1 << UInt64.random(in: 0..<64, using: &dice)
        }
        return value
      }
      let verdict = filter.verdict(number: 72, arguments: arguments)
      #expect(verdict == Self.expected(rules, arguments), "\(rules) \(arguments)")
    }
  }
}
