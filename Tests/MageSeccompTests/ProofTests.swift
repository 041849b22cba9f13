import MagePolicy
import Testing

@testable import MageSeccomp

/// The compiler's look at its own output.
@Suite struct ProofTests {
  private static let rule = Rule(
    .allow, "close", when: .comparison(Comparison("fd", .equal(ConstantValue(5)))))

  @Test func aFaithfulProgramPasses() throws {
    let decision = try CallDecision(call: "close", number: 3, [Self.rule])
    let plan = try FilterPlan(PhaseRules([Self.rule]), isSealed: true)
    #expect(throws: Never.self) { try FilterProof.check(try plan.program(), [decision]) }
  }

  /// Programs of rules that allow a little more or a little less.
  @Test func aProgramThatDecidesOtherwiseIsCaught() throws {
    let decision = try CallDecision(call: "close", number: 3, [Self.rule])
    let wider = Rule(
      .allow, "close", when: .comparison(Comparison("fd", .has(ConstantValue(5)))))
    let narrower = Rule(
      .allow, "close",
      when: .comparison(Comparison("fd", mask: ConstantValue(0xFFFF), .equal(ConstantValue(5)))))
    for other in [wider, narrower, Rule(.allow, "close"), Rule(.deny, "close")] {
      let program = try FilterPlan(PhaseRules([other]), isSealed: true).program()
      #expect(throws: FilterError.unfaithful(call: "close")) {
        try FilterProof.check(program, [decision])
      }
    }
  }

  /// A program that would not go on to the second rule where the first half of the first one holds.
  @Test func aProgramThatForgetsARuleIsCaught() throws {
    let first = Rule(.allow, "fcntl", when: .and(test("fd", 3), test("cmd", 5)))
    let second = Rule(
      .allow, "fcntl",
      when: .and(.comparison(Comparison("fd", .has(ConstantValue(1)))), test("cmd", 6)))
    let besideFirst = Rule(
      .allow, "fcntl", when: .and(try #require(second.condition), .not(test("fd", 3))))
    let decision = try CallDecision(call: "fcntl", number: 72, [first, second])
    let program = try FilterPlan(PhaseRules([first, besideFirst]), isSealed: true).program()
    #expect(throws: FilterError.unfaithful(call: "fcntl")) {
      try FilterProof.check(program, [decision])
    }
  }

  private func test(_ argument: String, _ value: UInt64) -> Condition {
    .comparison(Comparison(argument, .equal(ConstantValue(value))))
  }
}
