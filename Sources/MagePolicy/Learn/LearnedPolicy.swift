/// Calls that a program was seen to make, and the policy that admits them and nothing else.
///
/// A run shows what a program does, not what it may do: the text says so, with how often each call was seen, and leaves the
/// reasons to its reader.
public struct LearnedPolicy: Sendable {
  /// Arguments whose values are part of what was seen; others (sizes, offsets, descriptors) change from run to run.
  private static let telling: [String: [String]] = [
    "arch_prctl": ["code"], "clone": ["flags"], "eventfd2": ["flags"], "execveat": ["flags"],
    "fcntl": ["cmd"], "futex": ["futex_op"], "ioctl": ["request"], "kill": ["pid", "sig"],
    "madvise": ["advice"], "memfd_create": ["flags"], "mmap": ["prot", "flags"],
    "mprotect": ["prot"], "open": ["flags"], "openat": ["flags"], "prctl": ["option"],
    "prlimit64": ["pid", "resource"], "socket": ["domain", "type", "protocol"],
    "socketpair": ["domain", "type"], "tgkill": ["tgid", "sig"], "unshare": ["flags"],
  ]
  /// More combinations of values than this are no pattern: the call is allowed whatever they are.
  private static let mostCases = 24

  private struct Seen {
    var count = 0
    /// Values of the telling arguments.
    var cases: Set<[UInt64]> = []
  }

  private var calls: [String: Seen] = [:]

  public init() {}

  /// Takes one call into account.
  public mutating func add(_ call: String, arguments: [UInt64]) {
    let values = Self.arguments(of: call).map { argument in
      (argument.index < arguments.count ? arguments[argument.index] : 0) & argument.width.mask
    }
    calls[call, default: Seen()].count += 1
    calls[call]?.cases.insert(values)
  }

  private static func arguments(of call: String) -> [SystemCallArgument] {
    let names = telling[call] ?? []
    return (SystemCallSignatures.arguments(of: call) ?? []).filter { names.contains($0.name) }
  }

  /// The policy's text: everything of `base` but its rules and tests, and the rules that were seen.
  public func text(name: String, base: Policy) -> String {
    let settings = base.settings(
      name: name, summary: "Learned from one run. Read every line, and say why it is there.")
    let rules = calls.keys.sorted().filter { $0 != "clone3" }.map(rule)
    return settings + "\nsyscalls startup {\n" + rules.joined(separator: "\n") + "\n}\n"
      + test(name: name)
  }

  private func rule(_ call: String) -> String {
    let seen = calls[call] ?? Seen()
    let condition = condition(call, seen).map { " when \($0)" } ?? ""
    let isDangerous = DangerousCalls.contains(call, conditional: !condition.isEmpty)
    let head = "    allow \(isDangerous ? "dangerous " : "")\(call)\(condition)"
    let times = seen.count == 1 ? "once" : "\(seen.count) times"
    let reason = isDangerous ? " because \"LEARNED: seen \(times)\"" : ""
    return "\(head)\(reason)  # seen \(times)"
  }

  private func condition(_ call: String, _ seen: Seen) -> String? {
    let arguments = Self.arguments(of: call)
    guard !arguments.isEmpty, seen.cases.count <= Self.mostCases else { return nil }
    let cases = seen.cases.sorted { $0.lexicographicallyPrecedes($1) }
    if let only = arguments.first, arguments.count == 1 {
      let values = cases.compactMap(\.first).map { Self.spelling(call, only, $0) }
      guard let value = values.first, values.count == 1 else {
        return "\(only.name) in { \(values.joined(separator: ", ")) }"
      }
      return "\(only.name) == \(value)"
    }
    return cases.map { values in
      zip(arguments, values).map { argument, value in
        "\(argument.name) == \(Self.spelling(call, argument, value))"
      }.joined(separator: " and ")
    }.map { "(\($0))" }.joined(separator: " or ")
  }

  /// Arguments whose values have names of their own.
  private static let prefixes: [String: [String: String]] = [
    "arch_prctl": ["code": "ARCH_"], "clone": ["flags": "CLONE_"], "eventfd2": ["flags": "EFD_"],
    "execveat": ["flags": "AT_"], "madvise": ["advice": "MADV_"],
    "memfd_create": ["flags": "MFD_"], "mmap": ["prot": "PROT_", "flags": "MAP_"],
    "mprotect": ["prot": "PROT_"], "open": ["flags": "O_"], "openat": ["flags": "O_"],
    "prlimit64": ["resource": "RLIMIT_"], "socket": ["domain": "AF_"],
    "socketpair": ["domain": "AF_"],
  ]

  /// A value as its author would have written it.
  private static func spelling(
    _ call: String, _ argument: SystemCallArgument, _ value: UInt64
  ) -> String {
    // Whoever signals itself has the same number in its namespace in every run.
    let isItself = ["kill", "tgkill"].contains(call) && argument.index == 0
    if isItself, value == Policy.programNumber { return "self" }
    let prefix = prefixes[call]?[argument.name]
    return prefix.flatMap { PolicyConstants.spelling(of: value, prefix: $0) } ?? "\(value)"
  }

  /// Each case that was seen is allowed, and a call that was not is still denied.
  private func test(name: String) -> String {
    var lines = ["", "test \"what was seen\" in startup {"]
    for (call, seen) in calls.sorted(by: { $0.key < $1.key }) where call != "clone3" {
      for values in seen.cases.sorted(by: { $0.lexicographicallyPrecedes($1) }).prefix(
        Self.mostCases)
      {
        let arguments = zip(Self.arguments(of: call), values).map {
          "\($0.name): \(Self.spelling(call, $0, $1))"
        }
        lines.append(
          "    allows \(call)\(arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))")")
      }
    }
    if calls["ptrace"] == nil { lines.append("    kills ptrace") }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }
}
