/// Writes a policy as the Swift that builds it (``Policy/swift``).
struct SwiftPrinter {
  private var lines: [String] = []

  static func text(_ policy: Policy) -> String {
    var printer = SwiftPrinter()
    printer.write(policy)
    return printer.lines.joined(separator: "\n") + "\n"
  }

  private mutating func write(_ policy: Policy) {
    let name = Self.quoted(policy.name)
    lines.append("Policy(\(name), version: \(policy.version), \(Self.quoted(policy.summary))) {")
    if policy.requirement != .full { lines.append("  Require(.\(policy.requirement))") }
    section("Descriptors", policy.descriptors.map(Self.descriptor))
    let kinds = Namespace.allCases.filter(policy.namespaces.kinds.contains)
    let network = policy.namespaces.network == .own ? ".own" : ".sharedEmpty"
    section(
      "Namespaces",
      ["kinds: [\(kinds.map { ".\($0)" }.joined(separator: ", "))]", "network: \(network)"])
    section("Identity", ["uid: \(policy.identity.uid)", "gid: \(policy.identity.gid)"])
    section("Files", Self.files(policy.fileSystem))
    section(
      "Network",
      policy.connections.map { "ConnectGrant(host: \(Self.quoted($0.host)), port: \($0.port))" })
    section("Limits", Self.limits(policy.limits))
    section("IPCQuota", Self.quota(policy.ipc))
    rules("Startup", policy.startup)
    rules("Serve", policy.serve)
    for test in policy.tests { write(test) }
    lines.append("}")
  }

  private mutating func section(_ name: String, _ entries: [String]) {
    guard !entries.isEmpty else { return }
    lines.append("  \(name)(\(entries.joined(separator: ", ")))")
  }

  private mutating func rules(_ name: String, _ phase: PhaseRules) {
    guard !phase.rules.isEmpty else { return }
    lines.append("  \(name) {")
    for rule in phase.rules { lines.append("    \(Self.rule(rule))") }
    lines.append("  }")
  }

  private mutating func write(_ test: PolicyTest) {
    lines.append(
      "  PolicyTest(name: \(Self.quoted(test.name)), phase: .\(test.phase), expectations: [")
    for expectation in test.expectations { lines.append("    \(Self.expectation(expectation)),") }
    lines.append("  ])")
  }

  // MARK: Entries

  private static func quoted(_ text: String) -> String { PolicyPrinter.quoted(text) }

  private static func descriptor(_ grant: DescriptorGrant) -> String {
    let range = "\(grant.numbers.lowerBound)...\(grant.numbers.upperBound)"
    return switch grant {
    case .null: ".null(\(range))"
    case .output: ".output(\(range))"
    case .input(let number): ".input(\(number))"
    case .channel(let number, let name): ".channel(\(number), \(quoted(name)))"
    case .memory(let number, let memory):
      ".memory(\(number), MemoryGrant(name: \(quoted(memory.name)), size: \(memory.size)))"
    }
  }

  private static func files(_ files: FileSystem) -> [String] {
    func list(_ kind: String, _ names: [String]) -> [String] {
      names.isEmpty ? [] : [".\(kind)(\(names.map(quoted).joined(separator: ", ")))"]
    }
    return (files.processes == .none ? [] : [".processes(.\(files.processes))"])
      + list("readOnly", files.readOnly) + list("readWrite", files.readWrite)
      + files.temporary.map {
        ".temporary(\(quoted($0.path)), size: \($0.size), noexec: \($0.noexec))"
      } + list("devices", files.devices)
      + files.brokered.map {
        ".brokered(.\($0.access), in: \(quoted($0.directory)), \(quoted($0.pattern)), maxOpen: \($0.maxOpen))"
      }
  }

  private static func limits(_ limits: Limits) -> [String] {
    let optional = [
      limits.memory.map { "memory: \($0)" }, limits.cpu.map { "cpu: \(duration($0))" },
      limits.wall.map { "wall: \(duration($0))" },
      limits.deadline.map { "deadline: \(duration($0))" },
    ]
    return optional.compactMap { $0 } + [
      "output: \(limits.output)", "processes: \(limits.processes)", "threads: \(limits.threads)",
      "openFiles: \(limits.openFiles)", "lockedMemory: \(limits.lockedMemory)",
    ]
  }

  /// Exact: policies say nothing finer than nanoseconds.
  private static func duration(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return ".nanoseconds(\(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000))"
  }

  private static func quota(_ quota: IPCQuota) -> [String] {
    [
      "maxMessage: \(quota.maxMessage)", "maxDescriptors: \(quota.maxDescriptors)",
      quota.rate.map { "rate: \($0)" }, quota.burst.map { "burst: \($0)" },
      "inflight: \(quota.inflight)", "handles: \(quota.handles)",
      "queueBytes: \(quota.queueBytes)",
      quota.poolBytes == 0 ? nil : "maxPayload: \(quota.maxPayload)",
      quota.poolBytes == 0 ? nil : "poolBytes: \(quota.poolBytes)",
      quota.transport == .socket ? nil : "transport: .\(quota.transport)",
    ].compactMap { $0 }
  }

  private static func expectation(_ expectation: PolicyExpectation) -> String {
    let outcome =
      if case .errno(let value) = expectation.outcome { ".errno(\(value))" } else {
        ".\(expectation.outcome)"
      }
    let target =
      switch expectation.target {
      case .call(let call): ".call(\(quoted(call)))"
      case .number(let number): ".number(\(number))"
      }
    let abi = expectation.abi == .native ? "" : ", abi: .\(expectation.abi)"
    let arguments = expectation.arguments.sorted { $0.key < $1.key }
      .map { "\(quoted($0.key)): ConstantValue(UInt64(\($0.value.bits)))" }
    let given = arguments.isEmpty ? "" : ", arguments: [\(arguments.joined(separator: ", "))]"
    return "PolicyExpectation(\(outcome), \(target)\(abi)\(given))"
  }
}

extension Policy {
  /// The Swift that builds this policy.
  public var swift: String { SwiftPrinter.text(self) }
}
