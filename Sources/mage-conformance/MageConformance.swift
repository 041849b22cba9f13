internal import ArgumentParser
internal import MageSystem

/// Runs vectors of the message format.
@main
struct MageConformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mage-conformance",
    abstract: "Checks this build's message decoder against vectors.",
    discussion: """
      DIRECTORY holds pairs NAME.data, the bytes of a message as commented text, and NAME.expected, one line: PASS or the name of an error. The \
      beginning of NAME says which interface the message is for, and whether it is a request or a reply.

      Names that begin with own_ are read as pipes read, strictly, and what passes must be written again as the same bytes; the other \
      vectors are those of the Mojo bindings, which take more.

      Prints NAME EXPECTED ACTUAL ok|FAIL for each run, and a total. Exit status: 0 all as expected; 1 a failure; 66 a file cannot be read.
      """)

  @Argument(help: "A folder of vectors.")
  var directory: String

  func run() throws {
    let names: [String]
    do {
      names = try VectorFile.names(in: directory)
    } catch {
      complain("\(directory): error: \(error)")
      throw ExitCode(66)
    }
    guard !names.isEmpty else {
      complain("\(directory): error: no file NAME.data in it")
      throw ExitCode(66)
    }
    let runs = names.flatMap { VectorFile(directory: directory, name: $0).runs() }
    for run in runs { print(run.line) }
    let failures = runs.count { !$0.isAsExpected }
    print("\(runs.count) runs of \(names.count) vectors, \(failures) failed")
    if failures > 0 { throw ExitCode.failure }
  }

  private func complain(_ text: String) {
    var errors = StandardError()
    print(text, to: &errors)
  }
}
