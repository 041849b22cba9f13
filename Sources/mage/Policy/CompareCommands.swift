internal import ArgumentParser
internal import MagePolicy
internal import MageSeccomp

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract:
      "Says what the second policy allows that the first does not, and the other way round.",
    discussion: """
      Exit status: 0 they allow the same, 1 they differ.

      Example: mage policy diff minimal judge
      """)

  @OptionGroup var place: PolicyPlace
  @Flag(help: "As JSON.") var json = false
  @Argument(help: "A policy.", completion: PolicyPlace.completion) var first: String
  @Argument(help: "Another.", completion: PolicyPlace.completion) var second: String

  func run() throws {
    let policies = (try place.load(first), try place.load(second))
    let differences: [PolicyDifference]
    do throws(FilterError) {
      differences = try PolicyDifference.between(policies.0, policies.1)
    } catch {
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.policy)
    }
    let settings = Self.settings(policies.0, policies.1)
    if json {
      let calls = differences.map { difference in
        JSONValue.object([
          ("phase", .string(difference.phase.rawValue)), ("call", .string(difference.call)),
          ("change", .string("\(difference.kind)")),
        ])
      }
      let object: JSONValue = .object([
        ("calls", .array(calls)), ("settings", .array(settings.map { .string($0) })),
      ])
      Console.print(object.description)
    } else {
      for difference in differences {
        Console.print(
          "\(Self.sign(difference.kind)) \(difference.phase.rawValue) \(difference.call)")
      }
      for line in settings { Console.print(line) }
    }
    guard differences.isEmpty, settings.isEmpty else { throw ExitCode(ExitStatus.no) }
  }

  private static func sign(_ kind: PolicyDifference.Kind) -> String {
    switch kind {
    case .added: "+"
    case .removed: "-"
    case .widened: "+ (in more cases)"
    case .narrowed: "- (in fewer cases)"
    case .changed: "± (in other cases)"
    }
  }

  /// Lines of everything but rules and tests that only one of the two has.
  private static func settings(_ first: Policy, _ second: Policy) -> [String] {
    func lines(_ policy: Policy) -> [String] {
      var bare = policy
      (bare.name, bare.version, bare.summary, bare.tests) = ("p", 1, "", [])
      (bare.startup, bare.serve) = (PhaseRules(), PhaseRules())
      return bare.description.split(separator: "\n").map(String.init)
    }
    let (left, right) = (lines(first), lines(second))
    return left.filter { !right.contains($0) }.map { "-" + $0 }
      + right.filter { !left.contains($0) }.map { "+" + $0 }
  }
}

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Counts what a policy grants: the lower, the better.",
    discussion: """
      One point for each allowed call, half of one for each that is allowed in some cases only, ten for each dangerous one; five for \
      each file or directory, two for each brokered grant.

      Example: mage policy score
      """)

  @OptionGroup var place: PolicyPlace
  @Flag(help: "As JSON.") var json = false
  @Argument(help: "Policies (default: all of the library).", completion: PolicyPlace.completion)
  var policies: [String] = []

  func run() throws {
    for name in policies.isEmpty ? place.names : policies {
      let score = PolicyScore(try place.load(name))
      Console.print(json ? score.json.line : score.text)
    }
  }
}

/// What a policy grants, in numbers.
struct PolicyScore {
  private let policy: Policy
  private let always: Int
  private let sometimes: Int
  private let dangerous: [Rule]

  init(_ policy: Policy) {
    self.policy = policy
    let rules =
      policy.isSingleStage ? policy.startup.rules + policy.serve.rules : policy.serve.rules
    let allowed = Dictionary(grouping: rules.filter { $0.action == .allow }, by: \.call)
    dangerous = rules.filter { $0.dangerousReason != nil }
    always = allowed.values.count { $0.contains { $0.condition == nil } }
    sometimes = allowed.count - always
  }

  private var brokered: Int { policy.fileSystem.brokered.count + policy.connections.count }
  private var files: Int {
    policy.fileSystem.readOnly.count + policy.fileSystem.readWrite.count
  }

  var points: Double {
    Double(always) + Double(sometimes) / 2 + Double(dangerous.count * 10 + files * 5 + brokered * 2)
  }

  var text: String {
    var line = "\(policy.name): \(points) (\(always) calls, \(sometimes) in some cases, "
    line += "\(dangerous.count) dangerous, \(files) files, \(brokered) brokered)"
    for rule in dangerous { line += "\n  \(rule)" }
    return line
  }

  var json: JSONValue {
    .object([
      ("policy", .string(policy.name)), ("score", .decimal(points)),
      ("calls", .integer(Int64(always))), ("conditional", .integer(Int64(sometimes))),
      ("dangerous", .array(dangerous.map { .string("\($0)") })),
      ("files", .integer(Int64(files))), ("brokered", .integer(Int64(brokered))),
    ])
  }
}
