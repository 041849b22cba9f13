internal import ArgumentParser
internal import MagePolicy
internal import MageSeccomp

/// `mage policy`: what policies say.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Checks policies, explains them and tests them.",
    discussion: """
      A policy is a name of the library or a file. Exit status: 0 yes; 1 no (a test failed, two policies differ); 65 a mistake \
      in a policy; 64 wrong options; 73 a file cannot be written.
      """,
    subcommands: [
      CheckCommand.self, PrintCommand.self, ExplainCommand.self, DumpCommand.self,
      DiffCommand.self, ScoreCommand.self, TestCommand.self, LearnCommand.self,
      ImportCommand.self,
    ])
}

extension PolicyPlace {
  /// The policy, or the end of the command with its first mistake said.
  func load(_ name: String) throws(ExitCode) -> Policy {
    do throws(PolicyError) {
      return try policy(name)
    } catch {
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.policy)
    }
  }

  func loadFilters(_ name: String) throws(ExitCode) -> PolicyFilters {
    try Self.filters(of: try load(name))
  }

  static func filters(of policy: Policy) throws(ExitCode) -> PolicyFilters {
    do throws(FilterError) {
      return try PolicyFilters(policy)
    } catch {
      Console.complain("policy \(policy.name): \(error)")
      throw ExitCode(ExitStatus.policy)
    }
  }
}

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reads and compiles policies and runs their tests.",
    discussion: "Example: mage policy check SandboxPolicies/*.sandbox")

  @OptionGroup var place: PolicyPlace
  @Flag(help: "One JSON object for each policy.") var json = false
  @Argument(help: "Policies (default: all of the library).", completion: PolicyPlace.completion)
  var policies: [String] = []

  func run() throws {
    var failed: ExitCode?
    for name in policies.isEmpty ? place.names : policies {
      do throws(ExitCode) {
        try check(name)
      } catch {
        failed = error
      }
    }
    if let failed { throw failed }
  }

  private func check(_ name: String) throws(ExitCode) {
    if json { try checkText(name) }
    let filters = try place.loadFilters(name)
    let policy = filters.policy
    let failures = PolicyTester(filters).failures()
    for failure in failures { TestReport.complain(failure) }
    let sizes = filters.bytes.map { "\($0.name) \($0.program.count / 8) instructions" }
    if json {
      Console.print(
        JSONValue.object([
          ("policy", .string(policy.name)), ("ok", .bool(failures.isEmpty)),
          ("failedTests", .integer(Int64(failures.count))),
          (
            "instructions",
            .object(
              filters.bytes.map { ($0.name, .integer(Int64($0.program.count / 8))) })
          ),
        ]).line)
    } else if failures.isEmpty {
      Console.print("\(policy.name): ok (\(sizes.joined(separator: ", ")))")
    }
    guard failures.isEmpty else { throw ExitCode(ExitStatus.no) }
  }
}

extension CheckCommand {
  /// A mistake is an answer too, for who reads answers and not complaints.
  private func checkText(_ name: String) throws(ExitCode) {
    do throws(PolicyError) {
      _ = try place.policy(name)
    } catch {
      Console.print(
        JSONValue.members([
          ("policy", .string(name)), ("ok", .bool(false)), ("file", .string(error.file)),
          ("line", .integer(Int64(error.line))), ("column", .integer(Int64(error.column))),
          ("message", .string(error.message)),
          ("suggestion", error.suggestion.map { .string($0) }),
        ]).line)
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.policy)
    }
  }
}

struct PrintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: "Prints a policy with its includes resolved and its rules sorted.",
    discussion: "Example: mage policy print renderer --json")

  @OptionGroup var place: PolicyPlace
  @Flag(help: "As JSON, which --policy and the other commands read as well.") var json = false
  @Flag(help: "As the Swift that builds it.") var swift = false
  @Argument(help: "A policy.", completion: PolicyPlace.completion) var policy: String

  func validate() throws {
    if json, swift { throw ValidationError("--json and --swift exclude each other") }
  }

  func run() throws {
    let policy = try place.load(policy)
    let text = json ? policy.json.description + "\n" : swift ? policy.swift : policy.description
    Console.write(text, to: 1)
  }
}

struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Prints the compiled filters of a policy, instruction by instruction.",
    discussion: "Example: mage policy dump renderer")

  @OptionGroup var place: PolicyPlace
  @Flag(help: "As JSON: each filter's instructions, one string each.") var json = false
  @Argument(help: "A policy.", completion: PolicyPlace.completion) var policy: String

  func run() throws {
    let filters = try place.loadFilters(policy).bytes
    guard !json else {
      let members = filters.map { name, program in
        let lines = FilterListing.text(program).split(separator: "\n")
        return (key: name, value: JSONValue.array(lines.map { .string(String($0)) }))
      }
      return Console.print(JSONValue.object(members).description)
    }
    for (name, program) in filters {
      Console.print("# \(name)")
      Console.write(FilterListing.text(program), to: 1)
    }
  }
}
