internal import ArgumentParser
internal import Glibc
internal import MagePolicy
internal import MageSeccomp
internal import MageSystem

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Writes a policy from a container's seccomp profile or a policy of minijail.",
    discussion: """
      What could not be carried over, or means something else here, is said line by line on the standard error. Files, limits \
      and streams come from another policy, since the other languages do not speak of them.

      Examples:
        mage policy import default.json --output docker.sandbox
        mage policy import --format minijail codec.policy --name codec
      """)

  @OptionGroup var place: PolicyPlace
  @Option(help: "oci or minijail (default: by the file's first letters).") var format: FormatOption?
  @Option(help: "The policy whose files, limits and streams the new one gets.") var base = "judge"
  @Option(help: "The new policy's name.") var name = "imported"
  @Option(help: ArgumentHelp("Where to write the policy (default: the output).", valueName: "file"))
  var output: String?
  @Flag(help: "The policy and the notes as JSON.") var json = false
  @Argument(help: "The file to read.") var file: String

  func run() throws {
    let base = try place.load(base)
    let imported: ImportedPolicy
    let policy: Policy
    let text: String
    do throws(PolicyError) {
      imported = try PolicyImport.read(try read(), format: format?.format, file: file)
      text = imported.text(name: name, base: base)
      policy = try PolicyParser.parse(text, file: "\(name).sandbox")
    } catch {
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.policy)
    }
    // Its rules may still be too many for a filter.
    _ = try PolicyPlace.filters(of: policy)
    if json {
      let object: JSONValue = .object([
        ("policy", policy.json), ("notes", .array(imported.notes.map { .string($0) })),
      ])
      return try write(object.description + "\n")
    }
    for note in imported.notes { Console.complain("\(note)") }
    try write(text)
  }

  private func read() throws(PolicyError) -> String {
    do throws(SystemError) {
      let bytes = try FileReading.read(file, limit: PolicyImport.sizeLimit)
      if let text = String(validating: bytes, as: UTF8.self) { return text }
    } catch {
      let isLarge = error.errno == Errno.fileTooLarge
      let reason = isLarge ? "larger than \(PolicyImport.sizeLimit >> 20) MiB" : error.errnoName
      throw PolicyError(file: file, line: 0, column: 0, message: "cannot be read: \(reason)")
    }
    throw PolicyError(file: file, line: 0, column: 0, message: "not UTF-8")
  }

  private func write(_ text: String) throws(ExitCode) {
    guard let output else {
      Console.write(text, to: STDOUT_FILENO)
      return
    }
    try Console.writeFile(text, at: output)
  }
}

struct FormatOption: ExpressibleByArgument {
  let format: PolicyImport.Format

  init?(argument: String) {
    guard let format = PolicyImport.Format(rawValue: argument) else { return nil }
    self.format = format
  }

  static var allValueStrings: [String] { PolicyImport.Format.allCases.map(\.rawValue) }
}
