/// Cuts an interface file into tokens, one at a time: a file of ten million tokens takes no more memory than one of ten.
///
/// White space separates and means nothing else, but for comments: those directly above a declaration are its documentation.
struct Lexer {
  private let bytes: [UInt8]
  private let file: Int
  private var index = 0
  /// What the lexer itself found wrong since it was last asked.
  private(set) var problems: [Diagnostic] = []
  /// Every comment is reported here when somebody wants them all.
  private(set) var allComments: [Span] = []
  private let keepsComments: Bool

  init(_ source: SourceFile, file: Int, keepsComments: Bool = false) {
    bytes = source.bytes
    self.file = file
    self.keepsComments = keepsComments
    // A byte order mark at the start is no character of the text.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  mutating func takeProblems() -> [Diagnostic] {
    defer { problems = [] }
    return problems
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    index + ahead < bytes.count ? bytes[index + ahead] : nil
  }

  private func span(from start: Int) -> Span { Span(file: file, start: start, end: index) }

  mutating func next() -> Token {
    while true {
      let (comments, startsLine) = skipBlanks()
      let start = index
      guard let byte = peek() else {
        return Token(kind: .end, span: span(from: start), comments: comments, startsLine: true)
      }
      if let kind = kind(startingWith: byte) {
        return Token(
          kind: kind, span: span(from: start), comments: comments, startsLine: startsLine)
      }
      skipStrangers()
      report(strangerMessage(byte), from: start)
    }
  }

  private mutating func kind(startingWith byte: UInt8) -> Token.Kind? {
    switch byte {
    case _ where byte.startsName:
      skip { $0.continuesName }
      return .name
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "=") where peek(1) == UInt8(ascii: ">"):
      index += 2
      return .arrow
    case UInt8(ascii: ".") where peek(1) == UInt8(ascii: "."):
      index += 2
      return .range
    case _ where byte.isSymbol:
      index += 1
      return .symbol(byte)
    default: return nil
    }
  }

  /// Several strange bytes in a row are one mistake.
  private mutating func skipStrangers() {
    let start = index
    while let byte = peek(), !byte.isBlank, !byte.startsName, !byte.isSymbol, !byte.isDigit,
      byte != UInt8(ascii: "\""), index == start || byte != UInt8(ascii: "/")
    {
      index += 1
    }
    if index == start { index += 1 }
  }

  private func strangerMessage(_ byte: UInt8) -> String {
    switch byte {
    case 0: "a NUL byte"
    case 0x80...: "only comments and strings may hold characters outside ASCII"
    case 0x21...0x7E: "'\(Character(Unicode.Scalar(byte)))' means nothing here"
    default: "control character \(byte)"
    }
  }

  private mutating func report(_ message: String, from start: Int, hint: String? = nil) {
    // Nobody reads the thousandth; the parser asks after each token.
    guard problems.count < Diagnostics.most else { return }
    problems.append(Diagnostic(message, at: span(from: start), hint: hint))
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = peek(), condition(byte) { index += 1 }
  }

  private mutating func number() -> Token.Kind {
    let start = index
    if peek() == UInt8(ascii: "0"), peek(1) == UInt8(ascii: "x") || peek(1) == UInt8(ascii: "X") {
      index += 2
      skip { $0.isHexDigit }
      return finishNumber(start, .integer)
    }
    skip { $0.isDigit }
    var kind = Token.Kind.integer
    if peek() == UInt8(ascii: "."), let digit = peek(1), digit.isDigit {
      kind = .float
      index += 1
      skip { $0.isDigit }
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      kind = .float
      index += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
      skip { $0.isDigit }
    }
    return finishNumber(start, kind)
  }

  private mutating func finishNumber(_ start: Int, _ kind: Token.Kind) -> Token.Kind {
    guard let byte = peek(), byte.continuesName else { return kind }
    skip { $0.continuesName }
    report("not a number", from: start, hint: "a name cannot start with a digit")
    return kind
  }

  /// A string ends on its line; `\` takes the next character as it is.
  private mutating func string() -> Token.Kind {
    let start = index
    index += 1
    while let byte = peek(), byte != UInt8(ascii: "\n") {
      index += 1
      if byte == UInt8(ascii: "\"") { return .string }
      if byte == UInt8(ascii: "\\"), let next = peek(), next != UInt8(ascii: "\n") { index += 1 }
    }
    report("the string does not end on its line", from: start, hint: "close it with '\"'")
    return .string
  }
}

// MARK: - Blanks and comments

extension Lexer {
  /// Skips to the next token; returns the comments directly above it.
  private mutating func skipBlanks() -> (comments: [Span], startsLine: Bool) {
    var comments: [Span] = []
    var startsLine = index == 0
    var newlines = 0
    while let byte = peek() {
      if byte == UInt8(ascii: "\n") {
        newlines += 1
        startsLine = true
        // A blank line ends what belongs to the next declaration.
        if newlines > 1 { comments = [] }
        index += 1
      } else if byte.isBlank {
        index += 1
      } else if let comment = comment() {
        if keepsComments { allComments.append(comment) }
        // One that stands behind something on its line is about that.
        if startsLine { comments.append(comment) }
        newlines = 0
      } else {
        break
      }
    }
    return (comments, startsLine)
  }

  private mutating func comment() -> Span? {
    guard peek() == UInt8(ascii: "/") else { return nil }
    let start = index
    if peek(1) == UInt8(ascii: "/") {
      skip { $0 != UInt8(ascii: "\n") }
      return span(from: start)
    }
    guard peek(1) == UInt8(ascii: "*") else { return nil }
    index += 2
    while let byte = peek() {
      index += 1
      if byte == UInt8(ascii: "*"), peek() == UInt8(ascii: "/") {
        index += 1
        return span(from: start)
      }
    }
    report("the comment does not end", from: start, hint: "close it with '*/'")
    return span(from: start)
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  var isHexDigit: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
  }

  var startsName: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
  }

  var continuesName: Bool { startsName || isDigit }

  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

  var isSymbol: Bool {
    switch self {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "?"),
      UInt8(ascii: "@"), UInt8(ascii: "="), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "|"), UInt8(ascii: "&"):
      true
    default: false
    }
  }
}
