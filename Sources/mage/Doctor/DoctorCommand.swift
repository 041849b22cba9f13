internal import ArgumentParser
internal import MageHost
internal import MagePipes
internal import MagePolicy

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says what this machine offers for sandboxes, and what is lost without it.",
    discussion: """
      One line for each thing that sandboxes are made of, with what to do where it is missing.

      Exit status: 0 the shipped policies are enforced in full; 1 something is missing.

      Examples:
        mage doctor
        mage doctor --json
        mage doctor && mage run -- /bin/echo safe
      """)

  @Flag(help: "One JSON object.") var json = false

  func run() async throws {
    let findings = await Machine.examine()
    if json {
      Console.print(JSONValue.array(findings.map(\.json)).description)
    } else {
      for finding in findings { Console.print(finding.text) }
    }
    if findings.contains(where: { $0.state == .missing }) { throw ExitCode(ExitStatus.no) }
  }
}

/// One thing that sandboxes are made of.
struct Finding {
  enum State: String {
    case present = "yes"
    /// Something else stands in.
    case replaced = "no, replaced"
    /// No shipped policy needs it.
    case absent = "no"
    case missing = "NO"
  }

  let name: String
  let state: State
  let detail: String
  /// What to do about it.
  var remedy: String?

  var text: String {
    let line = "\(name): \(state.rawValue) (\(detail))"
    return remedy.map { "\(line); \($0)" } ?? line
  }

  var json: JSONValue {
    .members([
      ("name", .string(name)), ("state", .string("\(state)")), ("detail", .string(detail)),
      ("remedy", remedy.map { .string($0) }),
    ])
  }
}
