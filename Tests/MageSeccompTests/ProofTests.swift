import MagePolicy
import Testing

@testable import MageSeccomp

/// The compiler's look at its own output.
@Suite struct ProofTests {
  private static let rule = Rule(
    .allow, "close", when: .comparison(Comparison("fd", .equal(ConstantValue(5)))))

  /// Every plan has it.
  private static var clone3: CallDecision {
    get throws { try CallDecision(call: "clone3", number: 435, [Rule(.errno(38), "clone3")]) }
  }

  @Test func aFaithfulProgramPasses() throws {
    let decision = try CallDecision(call: "close", number: 3, [Self.rule])
    let plan = try FilterPlan(PhaseRules([Self.rule]), isSealed: true)
    #expect(throws: Never.self) {
      try FilterProof.check(try plan.program(), [decision, try Self.clone3])
    }
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
        try FilterProof.check(program, [decision, try Self.clone3])
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
      try FilterProof.check(program, [decision, try Self.clone3])
    }
  }

  /// Instructions as seccomp(2) takes them: allow everybody, or decide by the architecture or the number alone.
  private func program(_ instructions: [(UInt16, UInt8, UInt8, UInt32)]) -> [UInt8] {
    instructions.flatMap { code, ifTrue, ifFalse, constant in
      [UInt8(code), 0, ifTrue, ifFalse]
        + (0..<4).map { UInt8(truncatingIfNeeded: constant >> (8 * UInt32($0))) }
    }
  }

  private func complaint(_ instructions: [(UInt16, UInt8, UInt8, UInt32)]) -> FilterError? {
    do {
      try FilterProof.check(program(instructions), [])
      return nil
    } catch {
      return error
    }
  }

  private let notify: UInt32 = 0x7FC0_0000
  private let kill: UInt32 = 1 << 31
  private let allow: UInt32 = 0x7FFF_0000
  private let load: UInt16 = 0x20
  private let equal: UInt16 = 0x15
  private let atLeast: UInt16 = 0x35
  private let end: UInt16 = 0x06

  /// The least that is right: other architectures and x32 are killed, everything else is reported.
  private func skeleton(
    other: UInt32, x32: UInt32, number: UInt32 = 999, result: UInt32
  ) -> [(UInt16, UInt8, UInt8, UInt32)] {
    [
      (load, 0, 0, 4), (equal, 1, 0, FilterEmulator.auditArchX8664), (end, 0, 0, other),
      (load, 0, 0, 0), (atLeast, 0, 1, 1 << 30), (end, 0, 0, x32), (equal, 0, 1, number),
      (end, 0, 0, result), (end, 0, 0, notify),
    ]
  }

  @Test func everyCallerIsLookedAtAndNotOnlyThoseThatThePolicyNames() {
    let other = FilterError.unfaithful(call: "another architecture")
    #expect(complaint(skeleton(other: kill, x32: kill, result: notify)) == nil)
    #expect(complaint(skeleton(other: notify, x32: kill, result: notify)) == other)
    #expect(complaint([(end, 0, 0, notify)]) == other)
    #expect(
      complaint(skeleton(other: kill, x32: notify, result: notify)) == .unfaithful(call: "x32"))
    #expect(
      complaint(skeleton(other: kill, x32: kill, number: 59, result: allow))
        == .unfaithful(call: "execve"))
    #expect(
      complaint(skeleton(other: kill, x32: kill, result: 0x0005_0001))
        == .unfaithful(call: "call 999"))
    // Killed, but not by a report.
    #expect(
      complaint(skeleton(other: kill, x32: kill, number: 59, result: kill))
        == .unfaithful(call: "execve"))
  }

  @Test func aProgramThatCannotBeReadProvesNothing() {
    for strange: [(UInt16, UInt8, UInt8, UInt32)] in [
      [(load, 0, 0, 0)], [(0x05, 0, 0, 9)], [(equal, 0, 0, 3), (end, 0, 0, notify)],
      [(0x16, 0, 0, 0)], [(load, 0, 0, 8), (equal, 0, 0, 1), (end, 0, 0, notify)],
    ] {
      #expect(complaint(strange) == .unprovable)
    }
  }

  /// One bit of one argument of one call, in the half that an `int` does not have.
  @Test func aTestOfTooManyBitsIsCaught() throws {
    let decision = try CallDecision(call: "close", number: 3, [Self.rule])
    let filter = try LibseccompFilter.make()
    try filter.add(3, .allow, Cube(argument: 0, mask: .max, value: 5))
    let program = try filter.program()
    #expect(throws: FilterError.unfaithful(call: "close")) {
      try FilterProof.check(program, [decision])
    }
  }

  private func test(_ argument: String, _ value: UInt64) -> Condition {
    .comparison(Comparison(argument, .equal(ConstantValue(value))))
  }
}
