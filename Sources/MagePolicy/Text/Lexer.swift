/// Cuts a policy's text into tokens.
///
/// White space separates and means nothing else, lines included; `#` starts a comment that ends with its line.
struct Lexer {
  /// UTF-8. It is cut at ASCII characters only, so every part of it is UTF-8 too.
  private let bytes: [UInt8]
  private let file: String
  private var index = 0
  private var line = 1
  private var column = 1

  static func tokens(_ text: String, file: String) throws(PolicyError) -> [Located<Token>] {
    var lexer = Lexer(bytes: Array(text.utf8), file: file)
    var tokens: [Located<Token>] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.value != .end
    return tokens
  }

  private init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  private var position: SourcePosition { SourcePosition(file: file, line: line, column: column) }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    index + ahead < bytes.count ? bytes[index + ahead] : nil
  }

  private mutating func advance() {
    guard let byte = peek() else { return }
    index += 1
    // Columns are Unicode scalars; all bytes of one but the first look like this.
    if byte & 0xC0 != 0x80 { column += 1 }
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 1
    }
  }

  private mutating func take(while condition: (UInt8) -> Bool) -> String {
    let start = index
    while let byte = peek(), condition(byte) { advance() }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "#"):
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
      default: return
      }
    }
  }

  private mutating func next() throws(PolicyError) -> Located<Token> {
    skipBlanks()
    let start = position
    guard let byte = peek() else { return Located(value: .end, position: start) }
    let token: Token
    if byte.isLetter {
      token = .word(takeWord())
    } else if byte.isDigit {
      token = try takeNumber(start)
    } else if byte == UInt8(ascii: "\"") {
      token = .string(try takeString(start))
    } else {
      token = try takeSymbol(start)
    }
    return Located(value: token, position: start)
  }

  private mutating func takeWord() -> String {
    let start = index
    while true {
      while let byte = peek(), byte.isLetter || byte.isDigit { advance() }
      // `0..2` and `a - b` are not words: a dot or a dash belongs to one only between letters.
      guard let joint = peek(), joint == UInt8(ascii: ".") || joint == UInt8(ascii: "-"),
        let after = peek(1), after.isLetter || after.isDigit
      else { return String(decoding: bytes[start..<index], as: UTF8.self) }
      advance()
    }
  }

  private mutating func takeNumber(_ start: SourcePosition) throws(PolicyError) -> Token {
    let isHexadecimal =
      peek() == UInt8(ascii: "0") && (peek(1) == UInt8(ascii: "x") || peek(1) == UInt8(ascii: "X"))
    if isHexadecimal {
      advance()
      advance()
    }
    let digits = take { isHexadecimal ? $0.isHexadecimal : $0.isDigit }
    guard let value = UInt64(digits, radix: isHexadecimal ? 16 : 10) else {
      throw PolicyError(start, digits.isEmpty ? "a number without digits" : "number too large")
    }
    return .number(value, unit: take { $0.isLetter || $0.isDigit })
  }

  private mutating func takeString(_ start: SourcePosition) throws(PolicyError) -> String {
    advance()
    var text: [UInt8] = []
    while let byte = peek(), byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "\"") {
        advance()
        return String(decoding: text, as: UTF8.self)
      }
      text.append(byte == UInt8(ascii: "\\") ? try takeEscape() : byte)
      advance()
    }
    throw PolicyError(start, "a string that does not end on its line")
  }

  /// Leaves the escape's last character to the caller.
  private mutating func takeEscape() throws(PolicyError) -> UInt8 {
    let start = position
    advance()
    switch peek() {
    case UInt8(ascii: "\""): return UInt8(ascii: "\"")
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "n"): return UInt8(ascii: "\n")
    default: throw PolicyError(start, "unknown escape: only \\\", \\\\ and \\n are known")
    }
  }

  /// Longest first: `==` before `=`.
  private static let symbols = Token.Symbol.allCases.map { ($0, Array($0.rawValue.utf8)) }
    .sorted { $0.1.count > $1.1.count }

  private mutating func takeSymbol(_ start: SourcePosition) throws(PolicyError) -> Token {
    for (symbol, spelling) in Self.symbols where bytes[index...].starts(with: spelling) {
      for _ in spelling { advance() }
      return .symbol(symbol)
    }
    let scalar = String(decoding: bytes[index...].prefix(4), as: UTF8.self).unicodeScalars.first
    let value = scalar.map { String($0.value, radix: 16, uppercase: true) } ?? ""
    throw PolicyError(start, "unexpected character U+\(value)")
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { Unicode.Scalar(self).isLetter }
  fileprivate var isDigit: Bool { Unicode.Scalar(self).isDigit }
  fileprivate var isHexadecimal: Bool { Unicode.Scalar(self).isHexadecimal }
}

extension Unicode.Scalar {
  var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
  var isDigit: Bool { ("0"..."9").contains(self) }
  var isHexadecimal: Bool {
    isDigit || ("a"..."f").contains(self) || ("A"..."F").contains(self)
  }
}
