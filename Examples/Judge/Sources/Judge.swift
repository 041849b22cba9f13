internal import ArgumentParser
internal import MageHost

/// Judges solutions of a programming problem: each runs on every input, sandboxed, until one goes wrong.
@main
struct Judge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge", abstract: "Judges solutions of a problem.",
    discussion: """
      A problem is a directory: NAME.in and NAME.out for each test, and solution.sandbox, the policy under which solutions run, \
      with its limits.
      """)

  @Option(help: "Where the policies are that the problem's policy includes.")
  var policies = "SandboxPolicies"

  @Argument(help: "The problem's directory.")
  var problem: String

  @Argument(help: "Solutions: executables.")
  var solutions: [String]

  func run() async throws {
    let problem = try Problem(at: problem, library: PolicyLibrary(directory: policies))
    let host = try Host()
    for solution in solutions {
      let name = solution.split(separator: "/").last.map(String.init) ?? solution
      let padding = String(repeating: " ", count: max(1, 10 - name.count))
      print(name + padding + (try await judge(solution, problem, host)))
    }
    await host.shutDown()
  }

  /// The verdict of the first test that is not passed, or of all.
  private func judge(_ solution: String, _ problem: Problem, _ host: Host) async throws -> String {
    let trial = Trial(host: host, policy: problem.policy, solution: solution)
    for test in problem.tests {
      let verdict = try await trial.run(test)
      if verdict != .accepted { return "\(verdict), on \(test.name)" }
    }
    return "\(Verdict.accepted), \(problem.tests.count) tests"
  }
}
