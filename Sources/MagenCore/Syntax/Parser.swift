// The grammar of interface files. `{ }` repeats, `[ ]` may be left out, words in quotes are written as they are.
//
//   file        = { module | import | declaration }
//   module      = [ attributes ] "module" path ";"
//   import      = [ attributes ] "import" string ";"
//   declaration = [ attributes ] ( interface | struct | union | enum | const )
//   interface   = "interface" name "{" { declaration | method } "}" [ ";" ]
//   struct      = "struct" name "{" { declaration | field } "}" [ ";" ]
//   union       = "union" name "{" { field } "}" [ ";" ]
//   enum        = "enum" name "{" [ member { "," member } [ "," ] ] "}" [ ";" ]
//   const       = "const" type name "=" value ";"
//   method      = [ attributes ] name [ ordinal ] "(" [ parameters ] ")" [ "=>" reply ] ";"
//   reply       = "(" [ parameters ] ")" | "result" "<" type "," type ">"
//   parameters  = parameter { "," parameter }
//   parameter   = [ attributes ] type name [ ordinal ]
//   field       = [ attributes ] type name [ ordinal ] [ "=" value ] ";"
//   member      = [ attributes ] name [ "=" value ]
//   ordinal     = "@" integer
//   type        = [ attributes ] plain [ "?" ]
//   plain       = path
//               | "array" "<" type [ "," value ] ">"
//               | "map" "<" type "," type ">"
//               | "handle" [ "<" name ">" ]
//               | pending "<" path ">"
//   pending     = "pending_remote" | "pending_receiver"
//               | "pending_associated_remote" | "pending_associated_receiver"
//   attributes  = "[" [ attribute { "," attribute } [ "," ] ] "]" { attributes }
//   attribute   = name [ "=" avalue ]
//   avalue      = value [ ".." value ]
//   value       = [ "-" | "+" ] ( integer | float ) | string | path
//   path        = name { "." name }
//
// Names of types: bool, int8 to uint64, float, double, string; Mage's int, long, char, MessagePipe; or those declared. Keywords are names
// wherever a name is expected. `//` and `/* */` are comments; those directly above a declaration are its documentation.

/// Makes a tree of an interface file. Reports every mistake it can tell apart, and goes on behind each.
struct Parser {
  /// Deeper types and declarations are refused, so that no file can exhaust the stack.
  static let deepest = 16

  private var lexer: Lexer
  let source: SourceFile
  var token: Token
  /// The token after ``token``.
  private var following: Token
  /// Where the last token ended: what is missing is missed there.
  private(set) var lastEnd: Span
  private(set) var diagnostics = Diagnostics()
  var depth = 0

  /// Thrown where a construct cannot be finished; it is reported already.
  struct Abandoned: Error {}

  static func parse(_ source: SourceFile, file: Int) -> (SyntaxFile, Diagnostics) {
    guard source.bytes.count <= SourceFile.largest else {
      var diagnostics = Diagnostics()
      diagnostics.error(
        "the file is larger than \(SourceFile.largest >> 20) MiB",
        at: Span(file: file, start: 0, end: 0), hint: "divide it, and import the parts")
      return (SyntaxFile(), diagnostics)
    }
    var parser = Parser(source, file: file)
    let tree = parser.file()
    return (tree, parser.diagnostics)
  }

  private init(_ source: SourceFile, file: Int) {
    self.source = source
    lexer = Lexer(source, file: file)
    token = lexer.next()
    following = lexer.next()
    lastEnd = Span(file: file, start: 0, end: 0)
    report(lexer.takeProblems())
  }

  // MARK: Tokens

  mutating func advance() {
    lastEnd = Span(file: token.span.file, start: token.span.end, end: token.span.end)
    token = following
    guard following.kind != .end else { return }
    following = lexer.next()
    if !lexer.problems.isEmpty { report(lexer.takeProblems()) }
  }

  private mutating func report(_ problems: [Diagnostic]) {
    for problem in problems { diagnostics.add(problem) }
  }

  mutating func report(_ message: String, at span: Span, hint: String? = nil) {
    diagnostics.error(message, at: span, hint: hint)
  }

  mutating func abandon(_ message: String, at span: Span, hint: String? = nil) -> Abandoned {
    report(message, at: span, hint: hint)
    return Abandoned()
  }

  func isSymbol(_ symbol: Character) -> Bool {
    symbol.asciiValue.map { token.kind == .symbol($0) } ?? false
  }

  /// Whether the next token but one is that symbol.
  func isFollowed(by symbol: Character) -> Bool {
    symbol.asciiValue.map { following.kind == .symbol($0) } ?? false
  }

  func isFollowedByName() -> Bool { following.kind == .name }

  mutating func take(_ symbol: Character) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  /// - Parameter hint: what to do when the symbol is missing.
  mutating func expect(
    _ symbol: Character, _ place: String, hint: String? = nil
  ) throws(Abandoned) {
    if take(symbol) { return }
    // What is missing at a line's end is missed there, and not at the start of the next.
    let span = token.startsLine ? lastEnd : token.span
    throw abandon("expected '\(symbol)' \(place)\(found)", at: span, hint: hint)
  }

  /// `, found '…'`, where that helps.
  var found: String {
    if token.kind == .end { return ", found the end of the file" }
    return token.startsLine ? "" : ", found '\(tokenText)'"
  }

  var tokenText: String {
    let span = token.span
    let short = Span(file: span.file, start: span.start, end: min(span.end, span.start + 40))
    return source.text(short)
  }

  /// Whether the token is this word; words are keywords only where the grammar asks for them.
  func isWord(_ word: String) -> Bool {
    token.kind == .name && token.span.end - token.span.start == word.utf8.count
      && source.bytes[token.span.range].elementsEqual(word.utf8)
  }

  mutating func name(_ what: String) throws(Abandoned) -> Name {
    guard token.kind == .name else {
      let span = token.startsLine ? lastEnd : token.span
      throw abandon("expected \(what)\(found)", at: span)
    }
    guard token.span.end - token.span.start <= 200 else {
      throw abandon("the name is longer than 200 characters", at: token.span)
    }
    let name = Name(text: tokenWord, span: token.span)
    advance()
    return name
  }

  private var tokenWord: String { source.text(token.span) }

  // MARK: Going on after a mistake

  /// Skips to where the next item of a block may begin: behind a `;` or a closed block, or before the `}` of this one.
  mutating func skipItem() {
    var open = 0
    while token.kind != .end {
      if isSymbol("{") {
        open += 1
      } else if isSymbol("}") {
        guard open > 0 else { return }
        open -= 1
        if open == 0 {
          advance()
          _ = take(";")
          return
        }
      } else if isSymbol(";"), open == 0 {
        advance()
        return
      }
      advance()
    }
  }

  /// Runs `body` for each item up to `}`. A mistake in one leaves the others whole.
  mutating func items(
    of what: String, opened: Span, _ body: (inout Parser) throws(Abandoned) -> Void
  ) {
    while !isSymbol("}"), token.kind != .end, !diagnostics.isFull {
      let start = token.span.start
      do throws(Abandoned) {
        try body(&self)
      } catch {
        skipItem()
      }
      // Nothing above may stand still, whatever comes.
      if token.span.start == start, !isSymbol("}") { advance() }
    }
    if !take("}"), !diagnostics.isFull {
      report("the \(what) is not closed", at: opened, hint: "its '}' is missing")
    }
  }
}
