public import MagePolicy

/// Runs the tests that a policy brings along.
public struct PolicyTester: Sendable {
  /// An expectation that was not met.
  public struct Failure: Equatable, Sendable {
    public let test: String
    public let expectation: PolicyExpectation
    public let answer: PolicyFilters.Answer

    public init(test: String, expectation: PolicyExpectation, answer: PolicyFilters.Answer) {
      self.test = test
      self.expectation = expectation
      self.answer = answer
    }
  }

  public let filters: PolicyFilters

  public init(_ filters: PolicyFilters) { self.filters = filters }

  /// Every expectation that the compiled filters do not meet.
  public func failures() -> [Failure] {
    filters.policy.tests.flatMap { test in
      test.expectations.compactMap { expectation in
        let answer = answer(to: expectation, in: test.phase)
        guard !Self.meets(answer, expectation.outcome) else { return nil }
        return Failure(test: test.name, expectation: expectation, answer: answer)
      }
    }
  }

  /// What becomes of the call that an expectation names.
  public func answer(
    to expectation: PolicyExpectation, in phase: PolicyPhase
  ) -> PolicyFilters.Answer {
    filters.answer(
      number: Self.number(of: expectation), architecture: Self.architecture(of: expectation.abi),
      arguments: expectation.registers, in: phase)
  }

  /// The number in the register by which the call enters the kernel.
  public static func number(of expectation: PolicyExpectation) -> Int32 {
    let number: Int32 =
      switch expectation.target {
      case .number(let number): number
      case .call(let call): SystemCallNames.number(of: call) ?? -1
      }
    let x32Bit: Int32 = 0x4000_0000
    return expectation.abi == .x32 ? number | x32Bit : number
  }

  /// AUDIT_ARCH_*: x32 has its 64-bit brother's.
  public static func architecture(of abi: PolicyExpectation.ABI) -> UInt32 {
    let auditArchI386: UInt32 = 0x4000_0003
    return abi == .i386 ? auditArchI386 : FilterEmulator.auditArchX8664
  }

  static func meets(
    _ answer: PolicyFilters.Answer, _ outcome: PolicyExpectation.Outcome
  ) -> Bool {
    switch (outcome, answer) {
    case (.allows, .allow), (.allows, .once), (.kills, .report), (.kills, .kill),
      (.brokers, .broker),
      (.fakes, .fake):
      true
    case (.errno(let wanted), .errno(let value)): wanted == value
    default: false
    }
  }
}

extension PolicyFilters.Answer: CustomStringConvertible {
  public var description: String {
    switch self {
    case .allow: "allowed"
    case .errno(let value):
      "fails with \(PolicyConstants.name(ofErrno: value) ?? "errno \(value)")"
    case .fake: "not made, returns 0"
    case .broker: "made by the host if it is granted"
    case .once: "allowed the first time"
    case .report: "reported, and the process killed"
    case .kill: "killed by the kernel"
    }
  }
}
