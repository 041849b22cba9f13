/// Looks for the rules that implementations break in Swift: 10, 11 and 12.
///
/// It reads words, not Swift: comments and strings are skipped, everything else is taken as it stands. `// magen: allow 10 because …` on the
/// line or the one above grants an exception.
package struct SourceLinter {
  private let source: SourceFile
  private let file: Int
  private var index = 0
  private var findings: [Finding] = []
  private var allowances: [(line: Int, rule: Int)] = []
  private var line = 1
  private var previous: UInt8 = 0x20

  package static func lint(_ source: SourceFile, file: Int) -> [Finding] {
    var linter = SourceLinter(source: source, file: file)
    linter.run()
    return linter.findings.filter { finding in
      let line = source.lineColumn(finding.span.start).line
      return !linter.allowances.contains {
        $0.rule == finding.rule && (line - 1...line).contains($0.line)
      }
    }
  }

  private init(source: SourceFile, file: Int) {
    self.source = source
    self.file = file
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    index + ahead < source.bytes.count ? source.bytes[index + ahead] : nil
  }

  private mutating func run() {
    // Each finding asks for its line: more than this nobody reads.
    while let byte = byte(), findings.count < 1_000 {
      if byte == UInt8(ascii: "\n") { line += 1 }
      if byte == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "/") {
        skipComment()
      } else if byte == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "*") {
        skipBlockComment()
      } else if byte == UInt8(ascii: "\"") {
        skipString()
      } else if byte.startsName {
        word()
      } else {
        symbol(byte)
      }
    }
  }

  private mutating func skipComment() {
    let start = index
    while let byte = byte(), byte != UInt8(ascii: "\n") { index += 1 }
    let text = String(decoding: source.bytes[start..<index], as: UTF8.self)
    let words = text.split(separator: " ")
    guard words.count >= 6, words[1] == "magen:", words[2] == "allow", let rule = Int(words[3]),
      words[4] == "because"
    else { return }
    allowances.append((line, rule))
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        depth -= 1
        index += 2
      } else {
        if byte() == UInt8(ascii: "\n") { line += 1 }
        index += 1
      }
    } while depth > 0 && byte() != nil
  }

  private mutating func skipString() {
    let isLong = byte(1) == UInt8(ascii: "\"") && byte(2) == UInt8(ascii: "\"")
    index += isLong ? 3 : 1
    while let byte = byte() {
      if byte == UInt8(ascii: "\n") {
        line += 1
        if !isLong { return }
      }
      index += byte == UInt8(ascii: "\\") ? 2 : 1
      guard byte == UInt8(ascii: "\"") else { continue }
      if !isLong { break }
      if self.byte() == UInt8(ascii: "\""), self.byte(1) == UInt8(ascii: "\"") {
        index += 2
        break
      }
    }
    previous = UInt8(ascii: "\"")
  }

  private mutating func find(_ rule: Int, _ start: Int, _ message: String, _ hint: String) {
    findings.append(
      Finding(
        rule: rule, span: Span(file: file, start: start, end: index), message: message, hint: hint))
  }

  private static let traps: Set<String> = [
    "fatalError", "precondition", "preconditionFailure", "unsafeDowncast",
  ]
  private static let numbers: Set<String> = Set(
    ["Int", "UInt"].flatMap { base in ["", "8", "16", "32", "64"].map { base + $0 } })

  private mutating func word() {
    let start = index
    while let byte = byte(), byte.continuesName { index += 1 }
    let text = String(decoding: source.bytes[start..<min(index, start + 40)], as: UTF8.self)
    let next = byte()
    if next == UInt8(ascii: "!"), text == "try" || text == "as" {
      index += 1
      find(10, start, "'\(text)!' ends the process", "handle the error, or throw BadMessage")
    } else if next == UInt8(ascii: "("), Self.traps.contains(text) {
      find(
        10, start, "'\(text)' ends the process", "throw BadMessage: the sender ends, not the host")
    } else if next == UInt8(ascii: "("), text == "assert" || text == "assertionFailure" {
      find(11, start, "'\(text)' is left out of release builds", "guard, and throw BadMessage")
    } else if next == UInt8(ascii: "("), Self.numbers.contains(text), converts() {
      find(
        12, start, "'\(text)(…)' traps when the value does not fit",
        "\(text)(exactly:), \(text)(clamping:) or \(text)(truncatingIfNeeded:)")
    }
    previous = source.bytes[index - 1]
  }

  /// Whether the bracket opens a conversion of a value, and not one with a label, of a literal, or nothing.
  private func converts() -> Bool {
    var ahead = 1
    while let byte = byte(ahead), byte.continuesName { ahead += 1 }
    guard let first = byte(1), first.startsName else { return false }
    return byte(ahead) != UInt8(ascii: ":")
  }

  private mutating func symbol(_ byte: UInt8) {
    let start = index
    index += 1
    let isForced =
      byte == UInt8(ascii: "!")
      && (previous.continuesName || previous == UInt8(ascii: ")") || previous == UInt8(ascii: "]"))
      && self.byte() != UInt8(ascii: "=")
    if isForced { find(10, start, "'!' ends the process when there is nothing", "guard let") }
    previous = byte
  }
}
