internal import MagePolicy
internal import MagenCore

/// The policy's text and JSON forms: what is read is printed, and read again it is the same policy.
enum PolicyTarget {
  static func run(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return true }
    if bytes.first == UInt8(ascii: "{") {
      return check(try? PolicyParser.parseJSON(text, file: "fuzz"))
    }
    do throws(PolicyError) {
      return check(try PolicyParser.parse(text, file: "fuzz", include: include))
    } catch {
      return "\(error)".utf8.count < 10_000
    }
  }

  private static func check(_ policy: Policy?) -> Bool {
    guard let policy else { return true }
    guard let again = try? PolicyParser.parse("\(policy)", file: "again"),
      let third = try? PolicyParser.parseJSON("\(again.json)", file: "third")
    else { return false }
    return "\(again)" == "\(policy)" && "\(third)" == "\(policy)"
  }

  private static func include(_ name: String) throws(IncludeFailure) -> String {
    "group \(name.count > 3 ? "a" : "b") version 1\nsyscalls startup { allow read }\n"
  }
}

/// Interface files through everything that the compiler does with them.
enum InterfaceTarget {
  static func run(_ bytes: [UInt8]) -> Bool {
    let files = OneFile(bytes: bytes)
    let outcome = Checker.check(["fuzz.magen"], reader: files)
    for diagnostic in outcome.diagnostics.list { _ = diagnostic.rendered(in: outcome.files) }
    guard let program = outcome.program, let file = outcome.roots.first ?? nil else {
      _ = Formatter.format(SourceFile(path: "fuzz.magen", bytes: bytes))
      return true
    }
    let generator = Generator(program)
    if !generator.refusals(for: file).hasErrors { _ = generator.generate(file) }
    _ = Linter.lint(program, file: file)
    _ = Describer.describe(program, file: file)
    _ = Corpus(program).messages(file: file, count: 3, seed: 1)
    return isStable(bytes)
  }

  /// Formatting what is formatted changes nothing.
  private static func isStable(_ bytes: [UInt8]) -> Bool {
    let source = SourceFile(path: "fuzz.magen", bytes: bytes)
    guard let text = Formatter.format(source).text else { return false }
    return Formatter.format(SourceFile(path: "fuzz.magen", bytes: Array(text.utf8))).text == text
  }

  private struct OneFile: SourceReader {
    let bytes: [UInt8]
    func read(_ path: String) -> [UInt8]? {
      switch path {
      case "fuzz.magen": bytes
      case "colours.magen": Array("enum Colour { kRed }; enum Hue { kRed };".utf8)
      default: nil
      }
    }
  }
}
