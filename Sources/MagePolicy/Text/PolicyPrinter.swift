extension Policy: CustomStringConvertible {
  /// The policy as text, with includes resolved and rules sorted: parsed again it gives an equal policy.
  public var description: String { PolicyPrinter.text(self) }
}

/// Writes policies. One rule to a line, so that a difference between two texts is a difference between two policies.
enum PolicyPrinter {
  static func text(_ policy: Policy) -> String {
    var lines = ["policy \(policy.name) version \(policy.version)"]
    if !policy.summary.isEmpty { lines.append("describe \(quoted(policy.summary))") }
    lines.append("require level \(policy.requirement.rawValue)")
    if !policy.allowsTemplates { lines.append("templates refused") }
    lines += section("fds", policy.descriptors.map(descriptor))
    lines += section("namespaces", namespaces(policy.namespaces))
    lines += section("identity", identity(policy.identity))
    lines += section("filesystem", fileSystem(policy.fileSystem))
    if !policy.connections.isEmpty {
      lines += section("network", policy.connections.map(connection))
    }
    lines += section("limits", limits(policy.limits))
    lines += section("ipc", quota(policy.ipc))
    lines += section("syscalls startup", policy.startup.rules.map(rule))
    lines += section("syscalls serve", policy.serve.rules.map(rule))
    for test in policy.tests {
      lines += section(
        "test \(quoted(test.name)) in \(test.phase.rawValue)", test.expectations.map(expectation))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ name: String, _ entries: [String]) -> [String] {
    ["", "\(name) {"] + entries.map { "    \($0)" } + ["}"]
  }

  static func descriptor(_ grant: DescriptorGrant) -> String {
    let numbers = grant.numbers
    let first = "\(numbers.lowerBound)"
    let range = numbers.count == 1 ? first : "\(first)..\(numbers.upperBound)"
    return switch grant {
    case .null: "\(range) null"
    case .channel(_, let name): "\(range) channel \(name)"
    case .input: "\(range) input"
    case .output: "\(range) output"
    case .memory(_, let region):
      "\(range) memory \(region.name) max \(size(region.size)) sealed(shrink, grow)"
    }
  }

  private static func namespaces(_ namespaces: Namespaces) -> [String] {
    Namespace.allCases.filter(namespaces.kinds.contains).map { kind in
      kind == .net ? "net \(namespaces.network.rawValue)" : kind.rawValue
    }
  }

  private static func identity(_ identity: Identity) -> [String] {
    ["uid \(identity.uid)", "gid \(identity.gid)", "capabilities none", "no-new-privs"]
  }

  private static func fileSystem(_ files: FileSystem) -> [String] {
    let devices = files.devices.joined(separator: " ")
    return ["root empty", "proc \(files.processes)"] + files.readOnly.map { "ro \(quoted($0))" }
      + files.readWrite.map { "rw \(quoted($0))" }
      + files.temporary.map(temporary) + (devices.isEmpty ? [] : ["dev \(devices)"])
      + files.brokered.map(brokered)
  }

  static func temporary(_ directory: FileSystem.Temporary) -> String {
    "tmp \(quoted(directory.path)) size \(size(directory.size))\(directory.noexec ? " noexec" : "")"
  }

  static func brokered(_ grant: FileSystem.Brokered) -> String {
    let path = quoted("\(grant.directory)/\(grant.pattern)")
    return "broker \(grant.access) \(path) max-open \(grant.maxOpen)"
  }

  static func connection(_ grant: ConnectGrant) -> String {
    "connect \(quoted(grant.host)) port \(grant.port)"
  }

  private static func limits(_ limits: Limits) -> [String] {
    var lines: [String] = []
    if let memory = limits.memory { lines.append("memory \(size(memory))") }
    if let cpu = limits.cpu { lines.append("cpu \(duration(cpu))") }
    if let wall = limits.wall { lines.append("wall \(duration(wall))") }
    if let deadline = limits.deadline { lines.append("wall \(duration(deadline)) per request") }
    return lines + [
      "output \(size(limits.output))", "processes \(limits.processes)",
      "threads \(limits.threads)", "open-files \(limits.openFiles)", "core none",
      "locked-memory \(size(limits.lockedMemory))",
    ]
      + (limits.brokerRate == Limits.standardBrokerRate
        ? [] : ["broker-rate \(limits.brokerRate)/s"])
  }

  private static func quota(_ quota: IPCQuota) -> [String] {
    var lines = [
      "max-message \(size(UInt64(quota.maxMessage)))",
      "max-fds-per-message \(quota.maxDescriptors)",
    ]
    if let rate = quota.rate { lines.append("rate \(rate)/s") }
    if quota.transport != .socket { lines.append("transport \(quota.transport.rawValue)") }
    if let burst = quota.burst { lines.append("burst \(burst)") }
    lines += [
      "inflight \(quota.inflight)", "handles \(quota.handles)",
      "queue-bytes \(size(quota.queueBytes))",
    ]
    guard quota.poolBytes > 0 else { return lines }
    return lines + [
      "max-payload \(size(UInt64(quota.maxPayload)))",
      "pool-bytes \(size(UInt64(quota.poolBytes)))",
    ]
  }

  // MARK: Tests

  static func expectation(_ expectation: PolicyExpectation) -> String {
    let outcome =
      switch expectation.outcome {
      case .allows: "allows"
      case .kills: "kills"
      case .brokers: "brokers"
      case .fakes: "fakes"
      case .errno(let value): "errno \(errnoName(value))"
      }
    let abi = expectation.abi == .native ? "" : "abi \(expectation.abi.rawValue) "
    return "\(outcome) \(abi)\(target(expectation))"
  }

  private static func target(_ expectation: PolicyExpectation) -> String {
    switch expectation.target {
    case .number(let number): return "nr(\(number))"
    case .call(let call):
      let arguments = expectation.arguments.sorted { $0.key < $1.key }
        .map { "\($0.key): \($0.value.spelling)" }
      return arguments.isEmpty ? call : "\(call)(\(arguments.joined(separator: ", ")))"
    }
  }

  // MARK: Rules

  /// Sorts by call, strongest action first.
  static func sortKey(_ rule: Rule) -> String {
    "\(rule.call) \(rule.action.rank) \(self.rule(rule))"
  }

  static func rule(_ rule: Rule) -> String {
    let danger = rule.dangerousReason.map { " because \(quoted($0))" } ?? ""
    var condition = rule.condition.map { " when \(self.condition($0))" } ?? ""
    if rule.action == .once { condition += " once" }
    let head =
      switch rule.action {
      case .allow, .once: "allow \(danger.isEmpty ? "" : "dangerous ")\(rule.call)"
      case .deny: "deny \(rule.call)"
      case .broker: "broker \(rule.call)"
      case .errno(let value): "errno \(errnoName(value)) { \(rule.call) }"
      case .fake(let value): "fake \(rule.call) = \(value)"
      }
    return head + condition + danger
  }

  static func errnoName(_ value: Int32) -> String {
    PolicyConstants.name(ofErrno: value) ?? "\(value)"
  }

  /// `and` and `or` group to the left, so a right operand of the same kind needs parentheses to stay where it is.
  static func condition(_ condition: Condition) -> String {
    switch condition {
    case .comparison(let comparison): self.comparison(comparison)
    case .not(let inner): "not \(operand(inner, isAtom))"
    case .and(let left, let right): "\(operand(left, isConjunct)) and \(operand(right, isFactor))"
    case .or(let left, let right): "\(self.condition(left)) or \(operand(right, isTerm))"
    }
  }

  private static func operand(_ condition: Condition, _ stands: (Condition) -> Bool) -> String {
    stands(condition) ? self.condition(condition) : "(\(self.condition(condition)))"
  }

  private static func isAtom(_ condition: Condition) -> Bool { isFactor(condition) }
  private static func isFactor(_ condition: Condition) -> Bool {
    switch condition {
    case .comparison, .not: true
    case .and, .or: false
    }
  }
  private static func isConjunct(_ condition: Condition) -> Bool {
    if case .or = condition { false } else { true }
  }
  private static func isTerm(_ condition: Condition) -> Bool { isConjunct(condition) }

  private static func comparison(_ comparison: Comparison) -> String {
    let mask = comparison.mask.map { " & \($0.spelling)" } ?? ""
    let left = comparison.argument + mask
    return switch comparison.relation {
    case .equal(let value): "\(left) == \(value.spelling)"
    case .unequal(let value): "\(left) != \(value.spelling)"
    case .has(let value): "\(left) has \(value.spelling)"
    case .oneOf(let values): "\(left) in { \(values.map(\.spelling).joined(separator: ", ")) }"
    }
  }

  // MARK: Values

  static func size(_ bytes: UInt64) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
      if bytes > 0, bytes & ((1 << shift) - 1) == 0 { return "\(bytes >> shift)\(unit)" }
    }
    return "\(bytes)"
  }

  /// In the largest unit that divides it; below a nanosecond, nothing is kept.
  static func duration(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    for (perSecond, unit) in [(1, "s"), (1_000, "ms"), (1_000_000, "us")] as [(Int64, String)] {
      let attosecondsPerUnit = 1_000_000_000_000_000_000 / perSecond
      guard attoseconds % attosecondsPerUnit == 0 else { continue }
      return "\(seconds &* perSecond &+ attoseconds / attosecondsPerUnit)\(unit)"
    }
    return "\(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)ns"
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Rule: CustomStringConvertible {
  /// As a policy writes it.
  public var description: String { PolicyPrinter.rule(self) }
}

extension PolicyExpectation: CustomStringConvertible {
  /// As a policy writes it.
  public var description: String { PolicyPrinter.expectation(self) }
}
