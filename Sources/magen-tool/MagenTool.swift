internal import Glibc
internal import MagenCore

/// What the build plugin runs: `magen-tool [--messages] INPUT OUTPUT [IMPORT-ROOT…]`. It links nothing but the compiler itself, so that a package that
/// uses the plugin does not build the command line's dependencies. People use `magen`.
@main enum MagenTool {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let bindings: Bindings = arguments.first == "--messages" ? .messages : .whole
    if bindings == .messages { arguments.removeFirst() }
    guard arguments.count >= 2 else {
      Files().complain("usage: magen-tool [--messages] INPUT OUTPUT [IMPORT-ROOT…]\n")
      exit(64)  // EX_USAGE, sysexits.h
    }
    let generation = Generation(importRoots: Array(arguments.dropFirst(2)), bindings: bindings)
    exit(generation.generate(arguments[0], to: arguments[1]) ? 0 : 65)  // EX_DATAERR
  }
}
