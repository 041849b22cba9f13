internal import ArgumentParser
internal import MagenCore

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what is wrong with interface files, and writes nothing.")

  @OptionGroup var input: InputOptions

  func run() throws {
    _ = try input.checked()
  }
}

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes Swift bindings: NAME.magen.swift for each NAME.magen.")

  @OptionGroup var input: InputOptions

  @Option(name: .shortAndLong, help: "The folder for the bindings.")
  var output = "."

  @Flag(help: "Only values and what messages are checked by, for a module that stands on MageWire.")
  var messages = false

  func run() throws {
    let (program, numbers) = try input.checked()
    guard Files().makeFolder(output) else { throw Status.cannotCreate }
    let generator = Generator(program, bindings: messages ? .messages : .whole)
    for number in numbers {
      let refusals = generator.refusals(for: number)
      Generation(importRoots: []).report(refusals, program.files)
      guard !refusals.hasErrors else { throw Status.badInput }
      let path = "\(output)/\(program.files[number].stem).magen.swift"
      guard Files().write(Array(generator.generate(number).utf8), to: path) else {
        Files().complain("\(path): error: cannot write the file\n")
        throw Status.cannotCreate
      }
    }
  }
}

struct Format: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes interface files in the one way that all are written.",
    discussion: "Without options the result goes to standard output. Comments stay where they are.")

  @Argument(help: "Interface files.")
  var files: [String]

  @Flag(name: [.customShort("i"), .long], help: "Change the files.")
  var inPlace = false

  @Flag(help: "Change nothing; exit 1 when a file is not formatted.")
  var check = false

  func run() throws {
    var isFormatted = true
    for path in files {
      guard let bytes = Files().read(path) else {
        Files().complain("\(path): error: cannot read the file\n")
        throw Status.noInput
      }
      let source = SourceFile(path: path, bytes: bytes)
      let (text, diagnostics) = Formatter.format(source)
      Generation(importRoots: []).report(diagnostics, [source])
      guard let text else { throw Status.badInput }
      if check {
        guard Array(text.utf8) != bytes else { continue }
        Files().complain("\(path): not formatted\n")
        isFormatted = false
      } else if inPlace {
        guard Files().write(Array(text.utf8), to: path) else { throw Status.cannotCreate }
      } else {
        show(text)
      }
    }
    guard isFormatted else { throw Status.finding }
  }
}

struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks for breaches of the rules for interfaces that cross a privilege boundary.",
    discussion: """
      Rules have numbers. In an interface file, [Allow="17 because the host shows both"] in front of a declaration, method or \
      field grants an exception. Files that end in .swift are read for rules 10, 11 and 12, where a comment \
      "// magen: allow 10 because REASON" does the same.
      """)

  @Argument(help: "Interface files, and Swift files that implement them.")
  var files: [String] = []

  @OptionGroup var imports: ImportOptions

  @Flag(help: "List the rules and exit.")
  var rules = false

  func run() throws {
    if rules {
      for (number, text) in LintRules.summaries.sorted(by: { $0.key < $1.key }) {
        print("\(number)  \(text)")
      }
      return
    }
    guard !files.isEmpty else { throw ValidationError("no files") }
    var count = 0
    let interfaces = files.filter { !$0.hasSuffix(".swift") }
    if !interfaces.isEmpty {
      let (program, numbers) = try imports.check(interfaces)
      for number in numbers {
        count += report(Linter.lint(program, file: number), in: program.files)
      }
    }
    for path in files where path.hasSuffix(".swift") {
      guard let bytes = Files().read(path) else { throw Status.noInput }
      let source = SourceFile(path: path, bytes: bytes)
      count += report(SourceLinter.lint(source, file: 0), in: [source])
    }
    guard count == 0 else { throw Status.finding }
  }

  /// Nobody reads more, and each has its line looked for.
  private static let mostShown = 200

  private func report(_ findings: [Finding], in files: [SourceFile]) -> Int {
    for finding in findings.prefix(Self.mostShown) {
      let diagnostic = Diagnostic(
        "rule \(finding.rule): \(finding.message)", at: finding.span, hint: finding.hint,
        severity: .warning)
      show(diagnostic.rendered(in: files))
    }
    if findings.count > Self.mostShown { print("and \(findings.count - Self.mostShown) more") }
    return findings.count
  }
}

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows methods, ordinals, layouts, limits and who may call.")

  @OptionGroup var input: InputOptions

  func run() throws {
    let (program, numbers) = try input.checked()
    for number in numbers { show(Describer.describe(program, file: number)) }
  }
}

struct Breaking: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a change does to peers that were built before it.",
    discussion: "Exit status 1 when messages of one side would be malformed to the other.")

  @Argument(help: "The interface file as it was.")
  var old: String

  @Argument(help: "The interface file as it is.")
  var new: String

  @OptionGroup var imports: ImportOptions

  func run() throws {
    let changes = BreakingChanges.compare(
      try imports.check([old]).program, try imports.check([new]).program)
    for change in changes { print("\(change.effect.rawValue): \(change.place): \(change.text)") }
    guard !changes.contains(where: { $0.effect == .breaks }) else { throw Status.finding }
  }
}

struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes valid messages for every method: a corpus for a fuzzer.")

  @OptionGroup var input: InputOptions

  @Option(name: .shortAndLong, help: "The folder for the messages.")
  var output: String

  @Option(help: "How many of each request and each reply, 1 to 1000.")
  var count = 8

  @Option(help: "The same seed makes the same messages.")
  var seed: UInt64 = 1

  @Flag(help: "Write the text form of test vectors (.data) instead of bytes.")
  var text = false

  func validate() throws {
    guard (1...1_000).contains(count) else {
      throw ValidationError("--count is \(count), must be 1 to 1000")
    }
  }

  func run() throws {
    let (program, numbers) = try input.checked()
    guard Files().makeFolder(output) else { throw Status.cannotCreate }
    for number in numbers {
      let messages = Corpus(program).messages(file: number, count: count, seed: seed)
      for message in messages {
        let path = "\(output)/\(message.name)\(text ? ".data" : ".message")"
        guard Files().write(text ? Array(message.text.utf8) : message.bytes, to: path) else {
          Files().complain("\(path): error: cannot write the file\n")
          throw Status.cannotCreate
        }
      }
    }
  }
}
