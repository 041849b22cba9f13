/// Writes an interface file in the one way that all of them are written. Every token and comment stays, in its order.
package struct Formatter {
  package static let width = 100

  /// A token or a comment.
  private struct Piece {
    var text: String
    var kind: Token.Kind?
    /// Line ends between this and the piece before.
    var newlines: Int

    var isComment: Bool { kind == nil }
    var isLineComment: Bool { isComment && text.hasPrefix("//") }

    func isSymbol(_ symbol: Character) -> Bool {
      symbol.asciiValue.map { kind == .symbol($0) } ?? false
    }
  }

  private let pieces: [Piece]
  private var lines: [FormattedLine] = []
  private var current = FormattedLine()
  /// What is open: `{` of an enum is `e`.
  private var open: [Character] = []
  private var pendingEnum = false

  /// The formatted text, or what is wrong with the file.
  package static func format(_ source: SourceFile) -> (text: String?, diagnostics: Diagnostics) {
    let (_, diagnostics) = Parser.parse(source, file: 0)
    guard !diagnostics.hasErrors else { return (nil, diagnostics) }
    var formatter = Formatter(pieces: Self.pieces(of: source))
    formatter.run()
    return (formatter.lines.map(\.text).joined(), diagnostics)
  }

  private init(pieces: [Piece]) { self.pieces = pieces }

  private static func pieces(of source: SourceFile) -> [Piece] {
    var lexer = Lexer(source, file: 0, keepsComments: true)
    var found: [(Span, Token.Kind?)] = []
    var token = lexer.next()
    while token.kind != .end {
      found.append((token.span, token.kind))
      token = lexer.next()
    }
    found += lexer.allComments.map { ($0, nil) }
    found.sort { $0.0.start < $1.0.start }
    var end = 0
    return found.map { span, kind in
      let gap = source.bytes[min(end, span.start)..<span.start]
      end = span.end
      return Piece(
        text: Self.trimmed(source.text(span)), kind: kind,
        newlines: gap.count { $0 == UInt8(ascii: "\n") })
    }
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while let last = text.unicodeScalars.last, last.properties.isWhitespace {
      text.unicodeScalars.removeLast()
    }
    return text
  }

  private mutating func run() {
    for index in pieces.indices { add(pieces[index], next: index + 1) }
    flush()
  }

  private func piece(_ index: Int) -> Piece? { index < pieces.count ? pieces[index] : nil }

  private var isInBraces: Bool { open.last.map { $0 == "{" || $0 == "e" } ?? true }

  private var depth: Int { open.count { $0 == "{" || $0 == "e" } }

  private mutating func flush() {
    guard !current.isEmpty else { return }
    lines.append(current)
    current = FormattedLine()
  }

  private mutating func begin(_ piece: Piece) {
    guard current.isEmpty else { return }
    current.depth = depth - (piece.isSymbol("}") ? 1 : 0)
    let isFirst = lines.last.map { $0.opensBlock } ?? true
    current.hasBlankBefore = piece.newlines > 1 && !isFirst && !piece.isSymbol("}")
  }

  private mutating func add(_ piece: Piece, next: Int) {
    if piece.isComment { return addComment(piece) }
    if piece.isSymbol("}"), current.lastPiece != "{" { flush() }
    begin(piece)
    current.add(piece.text, spaced: needsSpace(before: piece))
    updateBrackets(piece)
    let following = self.piece(next)
    if endsLine(piece, following) {
      // A comment behind the end of a statement belongs to it.
      if let following, following.isComment, following.newlines == 0 { return }
      flush()
    }
  }

  private mutating func addComment(_ comment: Piece) {
    if comment.newlines > 0 || current.isEmpty, isInBraces {
      if current.isComplete { flush() }
      if !current.isEmpty { flush() }
      begin(comment)
    }
    let isFirst = current.lastPiece.map { ["(", "[", "<"].contains($0) } ?? true
    current.add(
      comment.text, spaced: !isFirst, breaksBefore: comment.newlines > 0,
      breaksAfter: comment.isLineComment)
    let isOutsideStatement = isInBraces && (comment.newlines > 0 || current.isComplete)
    if isOutsideStatement || current.isOnlyComment { flush() }
  }

  private mutating func updateBrackets(_ piece: Piece) {
    guard case .symbol(let byte) = piece.kind else {
      if piece.text == "enum", isInBraces { pendingEnum = true }
      return
    }
    let symbol = Character(Unicode.Scalar(byte))
    switch symbol {
    case "{":
      open.append(pendingEnum ? "e" : "{")
      pendingEnum = false
    case "(", "[", "<": open.append(symbol)
    case "}", ")", "]", ">": _ = open.popLast()
    default: break
    }
  }

  private func endsLine(_ piece: Piece, _ following: Piece?) -> Bool {
    guard case .symbol(let byte) = piece.kind else { return false }
    switch Character(Unicode.Scalar(byte)) {
    case "{": return !(following?.isSymbol("}") ?? false)
    case "}": return !(following?.isSymbol(";") ?? false)
    case ";": return isInBraces
    case ",": return open.last == "e"
    case "]":
      // Attributes of a declaration stand above it; those of a field or parameter beside it.
      return isInBraces && current.startsWithAttributes
        && Self.declarations.contains(following?.text ?? "")
    default: return false
    }
  }

  private static let declarations: Set<String> = [
    "interface", "struct", "union", "enum", "module", "const",
  ]

  private func needsSpace(before piece: Piece) -> Bool {
    guard let last = current.lastPiece else { return false }
    if piece.kind == .range || last == ".." { return false }
    if piece.kind == .arrow || last == "=>" { return true }
    if case .symbol(let byte) = piece.kind {
      switch Character(Unicode.Scalar(byte)) {
      case ",", ";", ")", "]", ">", "?", "@", ".", "(", "<", "&": return false
      case "=": return open.last != "["
      case "[": return last != "(" && last != "<" && last != "]"
      case "}": return last != "{"
      default: break
      }
    }
    switch last {
    case "(", "[", "<", "@", ".", "-", "+": return false
    case "=": return open.last != "["
    default: return true
    }
  }
}

/// One statement, on as many lines as it needs.
private struct FormattedLine {
  var depth = 0
  var hasBlankBefore = false
  private var parts: [(text: String, spaced: Bool, breaksBefore: Bool, breaksAfter: Bool)] = []

  var isEmpty: Bool { parts.isEmpty }
  var lastPiece: String? { parts.last?.text }
  var isOnlyComment: Bool {
    parts.allSatisfy { $0.text.hasPrefix("//") || $0.text.hasPrefix("/*") }
  }
  var startsWithAttributes: Bool { parts.first?.text == "[" }
  var opensBlock: Bool {
    parts.last { !$0.text.hasPrefix("//") && !$0.text.hasPrefix("/*") }?.text == "{"
  }

  /// Whether the statement has ended, so that what follows is only a comment on it.
  var isComplete: Bool {
    [";", "{", "}", ","].contains(
      parts.last { !$0.text.hasPrefix("//") && !$0.text.hasPrefix("/*") }?.text)
  }

  mutating func add(
    _ text: String, spaced: Bool, breaksBefore: Bool = false, breaksAfter: Bool = false
  ) {
    parts.append((text, spaced && !parts.isEmpty, breaksBefore, breaksAfter))
  }

  var text: String {
    let indentation = String(repeating: "  ", count: max(0, depth))
    var lines: [String] = []
    var line = indentation
    var lineIsEmpty = true
    var mustBreak = false
    for (index, part) in parts.enumerated() {
      let chunk = self.chunk(from: index)
      let isTooLong = line.unicodeScalars.count + (part.spaced ? 1 : 0) + chunk > Formatter.width
      let canBreak = index > 0 && canBreakBefore(index)
      if !lineIsEmpty, mustBreak || part.breaksBefore || isTooLong && canBreak {
        lines.append(line)
        line = indentation + "    "
        lineIsEmpty = true
      }
      mustBreak = part.breaksAfter
      line += (part.spaced && !lineIsEmpty ? " " : "") + part.text
      lineIsEmpty = false
    }
    lines.append(line)
    return (hasBlankBefore ? "\n" : "") + lines.joined(separator: "\n") + "\n"
  }

  /// How much text there is up to the next place for a break.
  private func chunk(from start: Int) -> Int {
    var length = parts[start].text.unicodeScalars.count
    var index = start + 1
    while index < parts.count, !canBreakBefore(index), length <= Formatter.width {
      length += parts[index].text.unicodeScalars.count + (parts[index].spaced ? 1 : 0)
      index += 1
    }
    return length
  }

  private func canBreakBefore(_ index: Int) -> Bool {
    parts[index - 1].text == "," || parts[index].text == "=>"
      || parts[index - 1].text == "("
        && parts[index].text != ")"
  }
}
