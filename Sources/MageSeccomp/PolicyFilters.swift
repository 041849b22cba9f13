public import MagePolicy

/// The filters of a policy, ready to be asked what they do.
public struct PolicyFilters: Sendable {
  /// What becomes of a call, with the host's part in it.
  public enum Answer: Equatable, Hashable, Sendable {
    case allow
    case errno(Int32)
    /// Not made, and returns this.
    case fake
    /// The host makes the call.
    case broker
    /// The host lets the first one go on.
    case once
    /// Reported, and the process killed.
    case report
    /// Killed by the kernel.
    case kill
  }

  public let policy: Policy
  /// What each phase has installed, the newest last.
  private let programs: [PolicyPhase: [FilterEmulator]]
  /// The compiled bytes, by the name that a dump gives them.
  public let bytes: [(name: String, program: [UInt8])]

  public init(_ policy: Policy) throws(FilterError) {
    self.policy = policy
    if policy.isSingleStage {
      let program = try FilterCompiler.compileProgram(
        policy, reportDescriptor: Int32(clamping: policy.limits.openFiles))
      let emulator = try Self.emulator(program)
      programs = [.startup: [emulator], .serve: [emulator]]
      bytes = [("program", program)]
    } else {
      let filters = try FilterCompiler.compile(policy)
      let startup = try Self.emulator(filters.startup)
      let serve = try Self.emulator(filters.serve)
      programs = [.startup: [startup], .serve: [startup, serve]]
      bytes = [("startup", filters.startup), ("serve", filters.serve)]
    }
  }

  private static func emulator(_ program: [UInt8]) throws(FilterError) -> FilterEmulator {
    guard let emulator = FilterEmulator(program) else { throw .tooLong }
    return emulator
  }

  /// What the kernel does with a call under all filters of a phase: the strongest answer.
  public func verdict(
    number: Int32, architecture: UInt32 = FilterEmulator.auditArchX8664, arguments: [UInt64],
    in phase: PolicyPhase
  ) -> FilterEmulator.Verdict {
    let verdicts = (programs[phase] ?? []).map {
      $0.verdict(architecture: architecture, number: number, arguments: arguments)
    }
    return verdicts.min { Self.rank($0) < Self.rank($1) } ?? .invalid
  }

  /// What becomes of a call: the filters' verdict and, where they ask the host, the host's.
  public func answer(
    number: Int32, architecture: UInt32 = FilterEmulator.auditArchX8664, arguments: [UInt64],
    in phase: PolicyPhase
  ) -> Answer {
    let verdict = verdict(
      number: number, architecture: architecture, arguments: arguments, in: phase)
    switch verdict {
    case .allow: return .allow
    case .errno(0): return .fake
    case .errno(let value): return .errno(value)
    case .notify: return hostAnswer(number, arguments, phase)
    default: return .kill
    }
  }

  /// The host asks the policy itself.
  private func hostAnswer(
    _ number: Int32, _ arguments: [UInt64], _ phase: PolicyPhase
  ) -> Answer {
    guard let name = SystemCallNames.name(of: number) else { return .report }
    switch policy.verdict(on: name, arguments: arguments, in: phase).action {
    case .broker: return .broker
    case .once: return .once
    // What it wants to see, and lets go on within the limits.
    case .allow where policy.isSingleStage || phase == .serve: return .allow
    default: return .report
    }
  }

  /// The kernel's order of precedence (seccomp(2)).
  private static func rank(_ verdict: FilterEmulator.Verdict) -> Int {
    switch verdict {
    case .killProcess: 0
    case .killThread: 1
    case .trap: 2
    case .errno: 3
    case .notify: 4
    case .trace: 5
    case .log: 6
    case .allow: 7
    case .invalid: -1
    }
  }
}
