internal import ArgumentParser
internal import ExampleSupport
internal import Glibc

/// The command line.
@main
struct PluginHost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin-host",
    abstract:
      "Runs other people's plug-ins on your documents, each in a sandbox with what you have granted it.",
    discussion: """
      A plug-in is a directory with plugin.json, its manifest, and an executable. It is refused when its manifest asks for more than \
      the file of grants allows.

      Exit status: 0 done; 1 the plug-in failed, or was ended; 64 wrong options; 65 a mistake in a manifest, the grants or the \
      policy; 66 no such plug-in or file; 69 workers cannot be started here; 73 the picture cannot be written; 77 the plug-in asks for \
      more than is allowed.
      """,
    subcommands: [List.self, Run.self])

  struct Places: ParsableArguments {
    @Option(help: "The directory of plug-ins.")
    var plugins = "plugins"

    @Option(help: "What plug-ins are allowed (default: allowed.json in the directory of plug-ins).")
    var allowed: String?
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What is there, what it asks for, and whether you allow it.")

    @OptionGroup var places: Places

    func run() async throws {
      try await reporting {
        var mistake: Failed?
        for (name, plugin) in try Shelf(places).all() {
          switch plugin {
          case .success(let plugin):
            Output.write(plugin.line + "\n", to: STDOUT_FILENO)
            for reason in plugin.excess { Output.write("    \(reason)\n", to: STDOUT_FILENO) }
          case .failure(let error):
            mistake = mistake ?? error
            Output.write(
              InstalledPlugin.line(name, "broken ", error.text) + "\n", to: STDOUT_FILENO)
          }
        }
        if let mistake { throw ExitCode(mistake.status) }
      }
    }
  }

  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs a plug-in on a document.")

    @OptionGroup var places: Places

    @Option(
      name: .shortAndLong,
      help: "Where to write a picture (default: beside the document's name, in this directory).")
    var output: String?

    @Argument(help: "The plug-in's name.")
    var plugin: String

    @Argument(help: "The document.")
    var document: String

    func run() async throws {
      try await reporting {
        let plugin = try Shelf(places).plugin(named: plugin)
        try await Session(plugin: plugin, output: output).run(on: document)
      }
    }
  }
}

/// Why a command did not do what it was asked, with the exit status by sysexits.h(3head).
struct Failed: Error {
  static let plugin: Int32 = 1
  static let data: Int32 = 65
  static let noInput: Int32 = 66
  static let noWorkers: Int32 = 69
  static let noOutput: Int32 = 73
  static let notAllowed: Int32 = 77

  let status: Int32
  let text: String
}

/// Says what went wrong and exits with its status.
private func reporting(_ body: () async throws -> Void) async throws {
  do {
    try await body()
  } catch let failure as Failed {
    Output.write("plugin-host: \(failure.text)\n", to: STDERR_FILENO)
    throw ExitCode(failure.status)
  }
}
