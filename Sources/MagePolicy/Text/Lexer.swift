/// Cuts a policy's text into tokens.
///
/// White space separates and means nothing else, lines included; `#` starts a comment that ends with its line.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  private let file: String
  private var index = 0
  private var line = 1
  private var column = 1

  static func tokens(_ text: String, file: String) throws(PolicyError) -> [Located<Token>] {
    var lexer = Lexer(scalars: Array(text.unicodeScalars), file: file)
    var tokens: [Located<Token>] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.value != .end
    return tokens
  }

  private init(scalars: [Unicode.Scalar], file: String) {
    self.scalars = scalars
    self.file = file
  }

  private var position: SourcePosition { SourcePosition(file: file, line: line, column: column) }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    index + ahead < scalars.count ? scalars[index + ahead] : nil
  }

  private mutating func advance() {
    guard let scalar = peek() else { return }
    index += 1
    column += 1
    if scalar == "\n" {
      line += 1
      column = 1
    }
  }

  private mutating func take(while condition: (Unicode.Scalar) -> Bool) -> String {
    var taken = String.UnicodeScalarView()
    while let scalar = peek(), condition(scalar) {
      taken.append(scalar)
      advance()
    }
    return String(taken)
  }

  private mutating func skipBlanks() {
    while let scalar = peek() {
      if scalar == "#" {
        _ = take { $0 != "\n" }
      } else if " \t\r\n".unicodeScalars.contains(scalar) {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func next() throws(PolicyError) -> Located<Token> {
    skipBlanks()
    let start = position
    guard let scalar = peek() else { return Located(value: .end, position: start) }
    let token: Token
    if scalar.isLetter {
      token = .word(takeWord())
    } else if scalar.isDigit {
      token = try takeNumber(start)
    } else if scalar == "\"" {
      token = .string(try takeString(start))
    } else {
      token = try takeSymbol(start)
    }
    return Located(value: token, position: start)
  }

  private mutating func takeWord() -> String {
    var word = ""
    while true {
      word += take { $0.isLetter || $0.isDigit }
      // `0..2` and `a - b` are not words: a dot or a dash belongs to one only between letters.
      guard let joint = peek(), joint == "." || joint == "-", let after = peek(1),
        after.isLetter || after.isDigit
      else { return word }
      word.unicodeScalars.append(joint)
      advance()
    }
  }

  private mutating func takeNumber(_ start: SourcePosition) throws(PolicyError) -> Token {
    let isHexadecimal = peek() == "0" && (peek(1) == "x" || peek(1) == "X")
    if isHexadecimal {
      advance()
      advance()
    }
    let digits = isHexadecimal ? take { $0.isHexadecimal } : take { $0.isDigit }
    guard let value = UInt64(digits, radix: isHexadecimal ? 16 : 10) else {
      throw PolicyError(start, digits.isEmpty ? "a number without digits" : "number too large")
    }
    return .number(value, unit: take { $0.isLetter || $0.isDigit })
  }

  private mutating func takeString(_ start: SourcePosition) throws(PolicyError) -> String {
    advance()
    var text = String.UnicodeScalarView()
    while let scalar = peek(), scalar != "\n" {
      if scalar == "\"" {
        advance()
        return String(text)
      }
      text.append(scalar == "\\" ? try takeEscape() : scalar)
      advance()
    }
    throw PolicyError(start, "a string that does not end on its line")
  }

  /// Leaves the escape's last character to the caller.
  private mutating func takeEscape() throws(PolicyError) -> Unicode.Scalar {
    let start = position
    advance()
    switch peek() {
    case "\"": return "\""
    case "\\": return "\\"
    case "n": return "\n"
    default: throw PolicyError(start, "unknown escape: only \\\", \\\\ and \\n are known")
    }
  }

  private mutating func takeSymbol(_ start: SourcePosition) throws(PolicyError) -> Token {
    // Longest first: `==` before `=`.
    let symbols = Token.Symbol.allCases.sorted { $0.rawValue.count > $1.rawValue.count }
    for symbol in symbols {
      let spelling = Array(symbol.rawValue.unicodeScalars)
      if spelling.indices.allSatisfy({ peek($0) == spelling[$0] }) {
        for _ in spelling { advance() }
        return .symbol(symbol)
      }
    }
    let scalar = peek().map { String($0.value, radix: 16, uppercase: true) } ?? ""
    throw PolicyError(start, "unexpected character U+\(scalar)")
  }
}

extension Unicode.Scalar {
  var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
  var isDigit: Bool { ("0"..."9").contains(self) }
  var isHexadecimal: Bool {
    isDigit || ("a"..."f").contains(self) || ("A"..."F").contains(self)
  }
}
