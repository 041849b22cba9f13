internal import ArgumentParser
internal import Glibc
internal import MagenCore

/// The interface compiler's command line.
@main
struct Magen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "magen",
    abstract: "Checks, formats and explains interface files, and writes their Swift bindings.",
    discussion: """
      In a package nobody needs to call it: MagenPlugin makes the bindings when a target is built.

      Exit status: 0 all is well; 1 a finding (lint, format --check, breaking); 64 wrong options; 65 a mistake in a file; \
      66 a file cannot be read; 73 a file cannot be written.
      """,
    subcommands: [
      Check.self, Generate.self, Format.self, Lint.self, Describe.self, Breaking.self, Fuzz.self,
    ])
}

/// Exit statuses of sysexits.h, and 1 for findings.
enum Status {
  static let finding = ExitCode(1)
  static let badInput = ExitCode(65)
  static let noInput = ExitCode(66)
  static let cannotCreate = ExitCode(73)
}

/// The files that a command is about, and where their imports are.
struct InputOptions: ParsableArguments {
  @Argument(help: "Interface files.")
  var files: [String]

  @OptionGroup var imports: ImportOptions

  /// Everything checked; ends the command when something is wrong.
  func checked() throws -> (program: Program, numbers: [Int]) {
    try imports.check(files)
  }
}

struct ImportOptions: ParsableArguments {
  @Option(
    name: [.customShort("I"), .customLong("import")],
    help: "A folder in which imports are looked for, after the file's own.")
  var roots: [String] = []

  func check(_ files: [String]) throws -> (program: Program, numbers: [Int]) {
    let outcome = Checker.check(files, reader: Files(), importRoots: roots)
    for (path, number) in zip(files, outcome.roots) where number == nil {
      Files().complain("\(path): error: cannot read the file\n")
      throw Status.noInput
    }
    Generation(importRoots: roots).report(outcome.diagnostics, outcome.files)
    guard let program = outcome.program else { throw Status.badInput }
    return (program, outcome.roots.compactMap { $0 })
  }
}

func show(_ text: String) {
  print(text, terminator: "")
}
