import MagePolicy
import MageSeccomp
import MageSystem
import Testing

/// For random calls the compiled filters, the policy read literally and this machine's kernel decide alike.
@Suite struct AgreementTests {
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private static let calls = 100_000
  /// As many of them are asked of the kernel.
  private static let live = 20_000
  static let policies = [
    "decoder-threads", "judge", "minimal", "network-client", "plugin", "renderer", "toolchain-job",
  ]

  private struct Call {
    let number: Int32
    let arguments: [UInt64]
  }

  /// Mostly calls that rules name, with arguments near the constants that they compare with.
  private static func call(_ policy: Policy, _ dice: inout Dice) -> Call {
    let named = (policy.startup.rules + policy.serve.rules).map(\.call)
    let name = Int.random(in: 0..<4, using: &dice) == 0 ? nil : named.randomElement(using: &dice)
    let number =
      name.flatMap { SystemCallNames.number(of: $0) } ?? Int32.random(in: -2...600, using: &dice)
    let arguments = (0..<6).map { _ in value(&dice) }
    return Call(number: number, arguments: arguments)
  }

  private static let known: [UInt64] = [
    "PROT_READ", "PROT_WRITE", "PROT_EXEC", "MAP_ANONYMOUS", "MAP_PRIVATE", "THREAD_FLAGS",
    "SIGCHLD",
    "CLONE_NEWUSER", "F_GETFL", "F_DUPFD_CLOEXEC", "AT_EMPTY_PATH", "O_RDWR", "AF_INET",
    "SOCK_STREAM",
    "SOCK_CLOEXEC", "MADV_FREE", "PR_SET_NAME", "ARCH_SET_FS",
  ].compactMap { PolicyConstants.value(of: $0) }

  private static func value(_ dice: inout Dice) -> UInt64 {
    switch Int.random(in: 0..<6, using: &dice) {
    case 0: return dice.next()
    case 1: return UInt64.random(in: 0...4, using: &dice)
    case 2: return known.randomElement(using: &dice) ?? 0
    case 3:
      return (known.randomElement(using: &dice) ?? 0) | (known.randomElement(using: &dice) ?? 0)
    case 4:
      return (known.randomElement(using: &dice) ?? 0) | 1
        << UInt64.random(in: 32...63, using: &dice)
    default:
      return (known.randomElement(using: &dice) ?? 0)
        ^ (1 << UInt64.random(in: 0...31, using: &dice))
    }
  }

  /// What the rules say, without a filter.
  private static func answer(_ policy: Policy, _ call: Call, _ phase: PolicyPhase)
    -> PolicyFilters.Answer
  {
    guard let name = SystemCallNames.name(of: call.number) else { return .report }
    // The launch's own call, on a number that no program can have.
    let isReport = policy.isSingleStage && name == "sendmsg"
    if isReport, UInt32(truncatingIfNeeded: call.arguments[0]) == policy.limits.openFiles {
      return .allow
    }
    switch policy.verdict(on: name, arguments: call.arguments, in: phase).action {
    case .allow: return .allow
    case .errno(let value): return .errno(value)
    case .fake: return .fake
    case .once: return .once
    case .broker: return phase == .startup && !policy.isSingleStage ? .report : .broker
    case .deny, nil: return .report
    }
  }

  @Test(arguments: policies)
  func filtersDecideAsThePolicyReads(_ name: String) throws {
    let policy = try PolicyLibrary(directory: ShippedPolicyTests.directory).policy(named: name)
    let filters = try PolicyFilters(policy)
    var dice = Dice(state: 20_261_123)
    var wrong = 0
    for index in 0..<Self.calls {
      let call = Self.call(policy, &dice)
      let phase: PolicyPhase =
        policy.isSingleStage || index.isMultiple(of: 2) ? .startup : .serve
      // A worker's runtime installs the second filter, which no rule says.
      if phase == .startup, SystemCallNames.name(of: call.number) == "seccomp" { continue }
      let answer = filters.answer(number: call.number, arguments: call.arguments, in: phase)
      let expected = Self.answer(policy, call, phase)
      // A number below 0 or with bit 30 is x32's.
      guard answer != expected, !(answer == .kill && call.number < 0) else { continue }
      wrong += 1
      if wrong < 5 { Issue.record("\(call): \(answer), not \(expected)") }
    }
    #expect(wrong == 0)
  }

  @Test(arguments: policies)
  func theKernelDecidesAsTheEmulator(_ name: String) throws {
    let policy = try PolicyLibrary(directory: ShippedPolicyTests.directory).policy(named: name)
    var dice = Dice(state: 7)
    // No filter sees -1, nor uretprobe and uprobe, which the kernel passes by and answers with SIGILL.
    let calls = (0..<Self.live).map { _ in Self.call(policy, &dice) }
      .filter { $0.number >= 0 && !(335...336).contains($0.number) }
    for (_, program) in try PolicyFilters(policy).bytes {
      let emulator = try #require(FilterEmulator(program))
      let results = try FilterProbe.ask(
        program, calls.map { FilterProbe.Call(number: $0.number, arguments: $0.arguments) })
      let differing = zip(calls, results).first { call, result in
        Self.result(emulator.verdict(number: call.number, arguments: call.arguments)) != result
      }
      #expect(differing == nil)
    }
  }

  private static func result(_ verdict: FilterEmulator.Verdict) -> FilterProbe.Result {
    switch verdict {
    case .allow: .allow
    case .notify: .notify
    case .errno(let value): .errno(value)
    default: .kill
    }
  }
}
