internal import MagePolicy

/// What one filter does with every call that it knows.
struct FilterPlan {
  private var decisions: [String: CallDecision] = [:]

  init(_ phase: PhaseRules, isSealed: Bool) throws(FilterError) {
    var rules: [String: [Rule]] = [:]
    for rule in phase.rules {
      if let reason = rule.refusal(isSealed: isSealed) {
        throw .refused(call: rule.call, reason)
      }
      rules[rule.call, default: []].append(rule)
    }
    // Its flags lie behind a pointer; ENOSYS is what makes a libc fall back to clone.
    rules["clone3"] = [Rule(.errno(38), "clone3")]
    for (call, rules) in rules {
      decisions[call] = try CallDecision(call: call, number: Self.number(of: call), rules)
    }
  }

  private static func number(of call: String) throws(FilterError) -> Int32 {
    guard let number = SystemCallNames.number(of: call) else { throw .unknownCall(call) }
    return number
  }

  /// Adds what a filter on top allows.
  mutating func allow(_ later: FilterPlan) throws(FilterError) {
    for (call, decision) in later.decisions where !decision.allowed.isEmpty {
      try allow(call, decision.allowed)
    }
  }

  /// Adds the one call that installs the second filter: SECCOMP_SET_MODE_FILTER with SECCOMP_FILTER_FLAG_NEW_LISTENER.
  mutating func allowSealing() throws(FilterError) {
    let condition = Condition.and(
      .comparison(Comparison("operation", .equal(ConstantValue(1)))),
      .comparison(Comparison("flags", .equal(ConstantValue(8)))))
    try allow("seccomp", try ConditionRegion.region(of: condition, call: "seccomp"))
  }

  /// What the host has to see of a sealed worker although its policy allows it: how many threads there are and, where it has no pid
  /// namespace, whom it sends signals.
  mutating func reportOfWorker(hasNamespaces: Bool) throws(FilterError) {
    let signals = hasNamespaces ? [] : ["kill", "tgkill"]
    for call in ["clone", "fork", "vfork"] + signals { try decisions[call]?.report(.all) }
  }

  /// What the host has to see of a program although its policy allows it: how many processes and threads there are, which exec
  /// is the first, and that a program sent itself a signal by which the kernel enforces something.
  mutating func reportOfProgram(hasNamespaces: Bool) throws(FilterError) {
    for call in ["clone", "fork", "vfork", "execveat"] { try decisions[call]?.report(.all) }
    guard hasNamespaces else {
      for call in ["kill", "tgkill"] { try decisions[call]?.report(.all) }
      return
    }
    // SIGXCPU (24), SIGXFSZ (25) and SIGSYS (31). The others that have both of these bits are rare, and to tell them apart takes
    // thirty tests instead of two.
    let signal = Condition.comparison(Comparison("sig", .has(ConstantValue(24))))
    for call in ["kill", "tkill", "tgkill"] {
      try decisions[call]?.report(try ConditionRegion.region(of: signal, call: call))
    }
  }

  /// Allows sendmsg on one descriptor, whatever the rules say.
  mutating func forceSending(on descriptor: Int32) throws(FilterError) {
    let number = ConstantValue(UInt64(UInt32(bitPattern: descriptor)))
    let condition = Condition.comparison(Comparison("fd", .equal(number)))
    var decision = try CallDecision(call: "sendmsg", number: Self.number(of: "sendmsg"), [])
    if let known = decisions["sendmsg"] { decision = known }
    try decision.force(try ConditionRegion.region(of: condition, call: "sendmsg"))
    decisions["sendmsg"] = decision
  }

  private mutating func allow(_ call: String, _ region: Region) throws(FilterError) {
    let number = try Self.number(of: call)
    var decision = try CallDecision(call: call, number: number, [])
    if let known = decisions[call] { decision = known }
    try decision.allow(region)
    decisions[call] = decision
  }

  /// The program, checked against the plan.
  func program() throws(FilterError) -> [UInt8] {
    let filter = try LibseccompFilter.make()
    let sorted = decisions.values.sorted { $0.number < $1.number }
    for decision in sorted {
      for (outcome, cube) in decision.cases { try filter.add(decision.number, outcome, cube) }
    }
    let program = try filter.program()
    try FilterProof.check(program, sorted)
    return program
  }
}
