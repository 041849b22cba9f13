internal import ArgumentParser
internal import ExampleSupport
internal import Glibc

/// The browser's command line.
@main
struct MiniBrowser: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mini-browser",
    abstract: "Shows strangers' documents, each tab rendered in a sandboxed process of its own.",
    discussion: """
      Markdown (.md), SVG (.svg) and PDF (.pdf) become pictures, and a web page shows them as tabs. A tab whose document takes its \
      process over, or breaks it, is shown as what happened to it; the others do not notice.

      Exit status: 0 every tab is shown, also those that were ended; 64 wrong options; 65 a mistake in the policy; 66 a document or the \
      policy cannot be read; 69 workers cannot be started here; 73 the output cannot be written; 130 interrupted.
      """)

  @Option(
    name: .shortAndLong,
    help: "Where to write the pictures and index.html; made when it is not there.")
  var output = "tabs"

  @Option(help: "How wide pages are drawn, 16 to 2048 pixels.")
  var width: UInt32 = 720

  @Option(help: "The most pages that are drawn of one document, 1 to 100.")
  var pages = 4

  @Argument(help: "Documents, one for each tab; at most 64.")
  var documents: [String]

  func validate() throws {
    guard (16...2048).contains(width) else {
      throw ValidationError("--width is \(width), must be 16 to 2048")
    }
    guard (1...100).contains(pages) else {
      throw ValidationError("--pages is \(pages), must be 1 to 100")
    }
    guard documents.count <= 64 else {
      throw ValidationError("\(documents.count) documents, must be at most 64")
    }
  }

  func run() async throws {
    do throws(BrowserFailure) {
      try await Window(options: self).run()
    } catch {
      Output.write("mini-browser: \(error.text)\n", to: STDERR_FILENO)
      throw ExitCode(error.status)
    }
  }
}

/// Why the browser shows nothing, with the exit status by sysexits.h(3head).
struct BrowserFailure: Error {
  static let policy: Int32 = 65
  static let noInput: Int32 = 66
  static let noWorkers: Int32 = 69
  static let noOutput: Int32 = 73
  static let interrupted: Int32 = 130

  let status: Int32
  let text: String
}
