/// What a policy's author expects its rules to say, written beside them (`test "…" in serve { … }`).
public struct PolicyTest: Equatable, Sendable {
  public var name: String
  public var phase: PolicyPhase
  public var expectations: [PolicyExpectation]

  public init(name: String, phase: PolicyPhase, expectations: [PolicyExpectation]) {
    self.name = name
    self.phase = phase
    self.expectations = expectations
  }
}

/// A part of a worker's life that has rules of its own.
public enum PolicyPhase: String, CaseIterable, Equatable, Sendable {
  case startup, serve
}

/// One call, and what must become of it.
public struct PolicyExpectation: Equatable, Sendable {
  public enum Outcome: Equatable, Hashable, Sendable {
    case allows, kills, brokers, fakes
    case errno(Int32)
  }

  /// The convention by which the call enters the kernel.
  public enum ABI: String, CaseIterable, Equatable, Sendable {
    case native = "x86_64"
    case i386, x32
  }

  public enum Target: Equatable, Sendable {
    case call(String)
    case number(Int32)
  }

  public var outcome: Outcome
  public var target: Target
  public var abi: ABI
  /// By name; what is not named is 0. Values are not cut to the argument's width, so that a test can set bits the kernel ignores.
  public var arguments: [String: ConstantValue]
  /// For messages; not part of equality.
  public var position: SourcePosition?

  public init(
    _ outcome: Outcome, _ target: Target, abi: ABI = .native,
    arguments: [String: ConstantValue] = [:], position: SourcePosition? = nil
  ) {
    self.outcome = outcome
    self.target = target
    self.abi = abi
    self.arguments = arguments
    self.position = position
  }

  public static func == (left: PolicyExpectation, right: PolicyExpectation) -> Bool {
    left.outcome == right.outcome && left.target == right.target && left.abi == right.abi
      && left.arguments == right.arguments
  }

  /// The six argument registers.
  public var registers: [UInt64] {
    var registers = [UInt64](repeating: 0, count: 6)
    guard case .call(let call) = target else { return registers }
    for argument in SystemCallSignatures.arguments(of: call) ?? [] {
      guard let value = arguments[argument.name], registers.indices.contains(argument.index)
      else { continue }
      registers[argument.index] = value.bits
    }
    return registers
  }
}
