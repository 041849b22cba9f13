import Foundation
import TestSupport

/// One run of a program under Tests/Programs, as its source says it: `// run: --cpu 500ms -- arguments => limit cpu`.
struct ProgramCase: CustomStringConvertible, Sendable {
  enum Input: Equatable {
    case empty
    /// A pipe into which nobody writes.
    case silent
    case text(String)
  }

  let program: String
  let options: [String]
  let arguments: [String]
  let input: Input
  /// As in the report: `limit`, `finished`.
  let ending: String
  /// The limit's name, the exit code, the signal or the call's name.
  let detail: String

  var description: String { "\(program) \(options.joined(separator: " ")) => \(ending) \(detail)" }

  static let all: [ProgramCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".c") }.sorted().flatMap { name in
      cases(of: String(name.dropLast(2)))
    }
  }()

  static var directory: String { Places.package + "/Tests/Programs" }

  static func source(_ program: String) -> [String] {
    let text = try? String(contentsOfFile: "\(directory)/\(program).c", encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }

  private static func cases(of program: String) -> [ProgramCase] {
    let prefix = "// run:"
    return source(program).filter { $0.hasPrefix(prefix) }.compactMap { line in
      ProgramCase(program, String(line.dropFirst(prefix.count)))
    }
  }

  private init?(_ program: String, _ text: String) {
    let sides = text.components(separatedBy: "=>").map { $0.trimmingCharacters(in: .whitespaces) }
    guard sides.count == 2, let space = sides[1].firstIndex(of: " ") else { return nil }
    var words = sides[0].split(separator: " ").map(String.init)
    var arguments: [String] = []
    if let dashes = words.firstIndex(of: "--") {
      arguments = Array(words[(dashes + 1)...])
      words = Array(words[..<dashes])
    }
    self.program = program
    self.arguments = arguments
    let stdin = words.first { $0.hasPrefix("--stdin=") }.map { String($0.dropFirst(8)) }
    input = stdin.map { $0 == "open" ? .silent : .text($0) } ?? .empty
    options = words.filter { !$0.hasPrefix("--stdin=") }
    ending = String(sides[1][..<space])
    detail = String(sides[1][sides[1].index(after: space)...])
  }

  /// The limit of an option, in seconds.
  func seconds(_ option: String) -> Double? {
    guard let place = options.firstIndex(of: option), place + 1 < options.count else { return nil }
    let text = options[place + 1]
    if text.hasSuffix("ms") { return Double(text.dropLast(2)).map { $0 / 1000 } }
    return Double(text.dropLast(1))
  }
}
