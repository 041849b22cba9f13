internal import ArgumentParser
internal import Glibc

/// The demo's command line.
@main
struct DemoHost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-host",
    abstract: "Decodes strangers' images in sandboxed workers and shows what became of each.",
    discussion: """
      Every PNG and JPEG below DIRECTORY is decoded by libpng or libjpeg-turbo in a worker that can reach nothing but its \
      pipe. Workers that misbehave are killed and replaced. The images that come with the demo include hostile ones: they \
      make the worker behave as if it had been taken over (a simulation).

      Exit status: 0 every file was dealt with, also when workers were killed; 64 wrong options; 65 a mistake in the \
      policy; 66 no readable input; 69 workers cannot be started here; 73 the sheet cannot be written; 130 interrupted.
      """)

  @Argument(help: "Where to look for images (default: the samples that come with the demo).")
  var directory: String?

  @Option(name: .shortAndLong, help: "How many workers to run at a time, 1 to 64.")
  var workers = 4

  @Option(name: .shortAndLong, help: "Where to write the contact sheet.")
  var output = "sheet.png"

  @Option(help: "The policy for the workers (default: SandboxPolicies/renderer.sandbox).")
  var policy: String?

  @Option(help: "The worker's executable (default: demo-worker beside this program).")
  var worker: String?

  @Option(help: ArgumentHelp("The longest side of a thumbnail in pixels.", visibility: .hidden))
  var side: UInt32 = 192

  @Option(help: "How often to go through the files; a run that is watched wants to last.")
  var rounds = 1

  @Option(
    help: ArgumentHelp(
      "Let mage top look at the run: a socket at PATH, or '-' for the one that it looks for.",
      valueName: "path"))
  var observe: String?

  @Flag(help: "Show the run on a page for browsers, whose address is printed.")
  var page = false

  @Flag(help: "Write one JSON object for each file instead of a table.")
  var json = false

  @Flag(inversion: .prefixedNo, help: "Show a small preview of the sheet on a terminal.")
  var preview = true

  func validate() throws {
    guard (1...64).contains(workers) else {
      throw ValidationError("--workers is \(workers), must be 1 to 64")
    }
    guard (1...1_000_000).contains(rounds) else {
      throw ValidationError("--rounds is \(rounds), must be 1 to 1000000")
    }
    guard (16...512).contains(side) else {
      throw ValidationError("--side is \(side), must be 16 to 512")
    }
  }

  func run() async throws {
    let run = DemoRun(options: self)
    do throws(DemoFailure) {
      try await run.run()
    } catch {
      Console.complain(error.text)
      throw ExitCode(error.status)
    }
  }
}

/// Why the demo could not do its work.
struct DemoFailure: Error {
  let status: Int32
  let text: String
}
