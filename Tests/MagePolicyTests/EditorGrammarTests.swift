import Foundation
import Testing

/// The grammars that editors colour files by know every word of the two languages, as the grammars above the parsers have them.
@Suite struct EditorGrammarTests {
  private static let package = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  @Test(
    "Every word in quotes above the parser is in the editors' grammar",
    arguments: [
      ("MagePolicy/Text", "sandbox", 70), ("MagenCore/Syntax", "magen", 15),
    ])
  func words(_ parser: String, _ language: String, _ atLeast: Int) throws {
    let source = try String(
      contentsOfFile: "\(Self.package)/Sources/\(parser)/Parser.swift", encoding: .utf8)
    let grammar = try String(
      contentsOfFile: "\(Self.package)/Documentation/Grammars/\(language).tmLanguage.json",
      encoding: .utf8)
    let lines = source.split(separator: "\n").filter { $0.hasPrefix("//") }
    let comments = lines.joined(separator: " ")
    let words = Set(comments.matches(of: /"([a-z][a-z_0-9-]*)"/).map { String($0.output.1) })
    #expect(words.count >= atLeast, "\(words.sorted())")
    let known = Set(grammar.matches(of: /[A-Za-z][A-Za-z_0-9-]*/).map { String($0.output) })
    for word in words where !known.contains(word) && !Self.isSpelledOtherwise(word) {
      Issue.record("\(language).tmLanguage.json lacks '\(word)'")
    }
  }

  /// Words of which the grammar has the parts.
  private static func isSpelledOtherwise(_ word: String) -> Bool { word.hasPrefix("pending_") }
}
