internal import ArgumentParser
internal import MagePolicy
internal import MageSeccomp

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says what becomes of one system call, and which line decides.",
    discussion: """
      Arguments that are not given are 0. Values are numbers, constants, and constants joined by '|'.

      Examples:
        mage policy explain renderer mmap --prot 5
        mage policy explain judge openat --flags 'O_RDWR|O_CREAT'
        mage policy explain renderer openat --phase startup
      """)

  @OptionGroup var place: PolicyPlace
  @Option(help: "startup or serve (default: serve, or the only one that a policy has).")
  var phase: String?
  @Flag(help: "As JSON.") var json = false
  @Argument(help: "A policy.", completion: PolicyPlace.completion) var policy: String
  @Argument(help: "A system call.") var call: String
  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Arguments of the call.", valueName: "--argument value"))
  var arguments: [String] = []

  func run() throws {
    let filters = try place.loadFilters(policy)
    let explanation = try CallExplanation(
      filters, call: call, arguments: arguments, phase: phase)
    Console.print(json ? explanation.json.description : explanation.text)
  }
}

/// What becomes of one call, and why.
struct CallExplanation {
  private let policy: Policy
  private let phase: PolicyPhase
  private let call: String
  private let given: [(name: String, value: UInt64)]
  private let answer: PolicyFilters.Answer
  private let verdict: RuleVerdict

  init(
    _ filters: PolicyFilters, call: String, arguments: [String], phase: String?
  ) throws(ValidationError) {
    policy = filters.policy
    guard let number = SystemCallNames.number(of: call) else {
      throw Self.unknown("system call", call, SystemCallNames.all)
    }
    guard let chosen = PolicyPhase(rawValue: phase ?? (policy.isSingleStage ? "startup" : "serve"))
    else { throw ValidationError("--phase is startup or serve") }
    self.phase = chosen
    self.call = call
    given = try Self.parse(arguments, of: call)
    var registers = [UInt64](repeating: 0, count: 6)
    for argument in SystemCallSignatures.arguments(of: call) ?? [] {
      for (name, value) in given where name == argument.name { registers[argument.index] = value }
    }
    answer = filters.answer(number: number, arguments: registers, in: chosen)
    verdict = policy.verdict(on: call, arguments: registers, in: chosen)
  }

  private static func unknown(_ what: String, _ name: String, _ known: [String]) -> ValidationError
  {
    let suggestion = PolicyError.suggestion(for: name, among: known)
    return ValidationError(
      "unknown \(what) '\(name)'" + (suggestion.map { " (did you mean '\($0)'?)" } ?? ""))
  }

  /// `--prot 5` or `--prot=5`.
  private static func parse(
    _ arguments: [String], of call: String
  ) throws(ValidationError) -> [(name: String, value: UInt64)] {
    let names = (SystemCallSignatures.arguments(of: call) ?? []).map(\.name)
    var result: [(name: String, value: UInt64)] = []
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard option.hasPrefix("--") else {
        throw ValidationError("expected --ARGUMENT VALUE, found '\(option)'")
      }
      let parts = option.dropFirst(2).split(separator: "=", maxSplits: 1)
      let name = String(parts.first ?? "")
      guard names.contains(name) else { throw unknown("argument of \(call)", name, names) }
      guard let text = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
        throw ValidationError("--\(name) needs a value")
      }
      result.append((name, try value(text)))
    }
    return result
  }

  private static func value(_ text: String) throws(ValidationError) -> UInt64 {
    var bits: UInt64 = 0
    for term in text.split(separator: "|") {
      let term = term.filter { !$0.isWhitespace }
      if let number = PolicyConstants.number(term) {
        bits |= number
      } else if let constant = PolicyConstants.value(of: term) {
        bits |= constant
      } else {
        throw unknown("constant", term, PolicyConstants.names)
      }
    }
    return bits
  }

  private var rules: [Rule] {
    let all =
      policy.isSingleStage || phase == .startup
      ? policy.startup.rules + policy.serve.rules : policy.serve.rules + policy.startup.rules
    return all.filter { $0.call == call }
  }

  private var decider: String {
    if let rule = verdict.rule {
      return "\(rule.position.map { "\($0): " } ?? "")\(rule)"
    }
    if call == "clone3" { return "the language: clone3's flags cannot be seen" }
    return rules.isEmpty ? "no rule names \(call)" : "no rule of \(call) matches"
  }

  var text: String {
    let arguments = given.map { "\($0.name): 0x\(String($0.value, radix: 16))" }
    var lines = [
      "\(call)(\(arguments.joined(separator: ", "))) under \(policy.name), \(phase.rawValue): \(answer)",
      "  decided by \(decider)",
    ]
    let others = rules.filter { $0 != verdict.rule }
    if !others.isEmpty { lines.append("  other rules of \(call):") }
    for rule in others {
      lines.append("    \(rule.position.map { "\($0): " } ?? "")\(rule)")
    }
    return lines.joined(separator: "\n")
  }

  var json: JSONValue {
    .object([
      ("policy", .string(policy.name)), ("phase", .string(phase.rawValue)),
      ("call", .string(call)),
      ("arguments", .object(given.map { ($0.name, .number($0.value)) })),
      ("answer", .string("\(answer)")),
      ("rule", verdict.rule.map { .string("\($0)") } ?? .null),
      ("policyLine", verdict.rule?.position.map { .string("\($0)") } ?? .null),
    ])
  }
}
