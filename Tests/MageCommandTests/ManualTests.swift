import Foundation
import TestSupport
import Testing

/// The manual pages are made by hand (`Scripts/regenerate-manuals`), so they could be older than what they tell about.
@Suite struct ManualTests {
  /// What a command says of itself, as the pages' generator reads it.
  private struct Dump: Decodable {
    let command: CommandInfo
  }

  private struct CommandInfo: Decodable {
    let commandName: String
    let shouldDisplay: Bool
    let abstract: String?
    let discussion: String?
    let arguments: [ArgumentInfo]?
    let subcommands: [CommandInfo]?

    /// Each list item of the page, in its order.
    var items: [String] {
      let shown = (arguments ?? []).filter(\.shouldDisplay).map(\.item)
      let commands = (subcommands ?? []).filter(\.shouldDisplay)
      return shown + commands.flatMap { ["Em \($0.commandName)"] + $0.items }
    }

    var texts: [String] {
      [abstract, discussion].compactMap(\.self)
        + (arguments ?? []).filter(\.shouldDisplay).flatMap {
          [$0.abstract, $0.discussion].compactMap(\.self)
        }
        + (subcommands ?? []).filter(\.shouldDisplay).flatMap(\.texts)
    }
  }

  private struct ArgumentInfo: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let kind: String
    let shouldDisplay: Bool
    let isRepeating: Bool
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let discussion: String?

    var item: String {
      let value = "Ar \(valueName ?? "")" + (isRepeating ? "..." : "")
      guard kind != "positional" else { return value }
      let names = names ?? []
      let short = names.filter { $0.kind == "short" }.map(\.name)
      let long = names.filter { $0.kind != "short" }.map { "-\($0.name)" }
      let option = "Fl " + (short + long).joined(separator: " , ")
      return kind == "option" ? "\(option) \(value)" : option
    }
  }

  @Test("The pages have every command and option, and no other", arguments: ["mage", "magen"])
  func pagesAreUpToDate(_ tool: String) throws {
    let dump = try Command.run(Places.product(tool), ["--experimental-dump-help"])
    let command = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
    let page = try String(
      contentsOfFile: "\(Places.package)/Documentation/man/\(tool).1", encoding: .utf8)
    let items = page.split(separator: "\n").filter { $0.hasPrefix(".It ") }
    #expect(command.items.count > 10)
    #expect(items.map { String($0.dropFirst(4)).replacing("\"", with: "") } == command.items)
    for text in command.texts {
      // The generator leaves out every other character, without a word.
      let isKept = text.allSatisfy { $0.isASCII }
      #expect(isKept, "\(text)")
      for line in text.split(separator: "\n") {
        let written = String(line.replacing("\\", with: #"\e"#))
        let isWritten = page.contains(written)
        #expect(isWritten, "\(tool).1 lacks: \(written)")
      }
    }
  }
}
