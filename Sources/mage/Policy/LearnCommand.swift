internal import ArgumentParser
internal import MageHost
internal import MagePipes
internal import MagePolicy

struct LearnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Runs a program and writes the policy that admits what it did.",
    discussion: """
      The program runs in its namespaces and under its limits, but may make every call: learn from programs that you trust. \
      Run it on all that it has to do, then read the policy: it says how often each call was seen.

      Example: mage policy learn --output solver.sandbox -- ./solver problem.txt
      """)

  @OptionGroup var place: PolicyPlace
  @Option(help: "The policy whose files, limits and streams the program gets.")
  var base = "judge"
  @Option(help: "The new policy's name.") var name = "learned"
  @Option(
    name: .customLong("bind-ro"), parsing: .singleValue,
    help: ArgumentHelp("A file or directory that the program may read.", valueName: "src[:dst]"))
  var binds: [BindOption] = []
  @Option(help: ArgumentHelp("Where to write the policy.", valueName: "file"))
  var output = "learned.sandbox"
  @Flag(help: "What was learned, as JSON on the output, beside the file.") var json = false
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program, and its arguments.", valueName: "program"))
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("no program: mage policy learn -- PROGRAM")
    }
    try BindOption.check(binds)
  }

  func run() async throws {
    StandardStreams.fill()
    let base = try place.load(base)
    let program = Program(
      Paths.program(command[0]), arguments: Array(command.dropFirst()),
      binds: binds.map { Program.Bind(source: $0.source, target: $0.target) })
    let (ending, text) = try await learn(program, base)
    try Console.writeFile(text, at: output)
    if json { Console.print(try report(ending, text).description) }
  }

  private func report(_ ending: Ending, _ text: String) throws -> JSONValue {
    do throws(PolicyError) {
      let policy = try PolicyParser.parse(text, file: output)
      return .object([
        ("ending", .string(ending.cause.name)), ("file", .string(output)), ("policy", policy.json),
      ])
    } catch {
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.policy)
    }
  }

  private func learn(_ program: Program, _ base: Policy) async throws -> (Ending, String) {
    do {
      let host = try Host()
      let result = try await host.learn(program, policy: base)
      await host.shutDown()
      Console.complain("the program \(result.ending)")
      return (result.ending, result.learned.text(name: name, base: base))
    } catch {
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.no)
    }
  }
}
