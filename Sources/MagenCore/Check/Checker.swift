/// Makes a ``Program`` of parsed files, or says what is wrong with them.
///
/// In this order, so that each step finds what it needs: names, values of enums and constants, types, and what only the whole shows.
package struct Checker {
  var program = Program()
  var trees: [SyntaxFile]
  var diagnostics: Diagnostics
  /// Every declaration by its full name.
  var symbols: [String: Symbol] = [:]
  /// What each table entry was made of.
  var enumerationSyntax: [[MemberSyntax]] = []
  var constantSyntax: [(TypeSyntax, ValueSyntax)] = []
  var structureSyntax: [[FieldSyntax]] = []
  var unionSyntax: [[FieldSyntax]] = []
  var interfaceSyntax: [[MethodSyntax]] = []
  var attributes: [Symbol: [Attribute]] = [:]
  var enumerationState: [Progress] = []
  var constantState: [Progress] = []
  /// How many constants and enums are being evaluated for each other.
  var evaluationDepth = 0

  enum Progress { case untouched, running, done }

  /// What is wrong, and the program if nothing is.
  package struct Outcome: Sendable {
    package let files: [SourceFile]
    package let diagnostics: Diagnostics
    package let program: Program?
    /// The number of each file that was asked for; `nil` where there is none.
    package let roots: [Int?]
  }

  /// Reads and checks files together with what they import.
  package static func check(
    _ paths: [String], reader: some SourceReader, importRoots: [String] = []
  ) -> Outcome {
    var loader = Loader(reader, roots: importRoots)
    var roots: [Int?] = []
    for path in paths { roots.append(loader.load(path)) }
    var checker = Checker(
      trees: loader.trees, files: loader.files, imports: loader.imports,
      diagnostics: loader.diagnostics)
    // What could not be parsed would only make more mistakes out of those that are known.
    if !checker.diagnostics.hasErrors { checker.run() }
    let diagnostics = checker.diagnostics
    return Outcome(
      files: loader.files, diagnostics: diagnostics,
      program: diagnostics.hasErrors ? nil : checker.program, roots: roots)
  }

  private init(
    trees: [SyntaxFile], files: [SourceFile], imports: [[ImportModel]], diagnostics: Diagnostics
  ) {
    self.trees = trees
    self.diagnostics = diagnostics
    program.files = files
    program.imports = imports
  }

  private mutating func run() {
    for file in program.files.indices { declareAll(in: file) }
    for index in program.enumerations.indices { evaluateEnumeration(index) }
    for index in program.constants.indices { evaluateConstant(index) }
    for index in program.structures.indices { resolveStructure(index) }
    for index in program.unions.indices { resolveUnion(index) }
    for index in program.interfaces.indices { resolveInterface(index) }
    guard !diagnostics.hasErrors else { return }
    checkRecursion()
    checkRetries()
    checkSwiftNames()
  }

  mutating func report(_ message: String, at span: Span, hint: String? = nil) {
    diagnostics.error(message, at: span, hint: hint)
  }

  func declared(_ symbol: Symbol) -> Declared { program.declared(symbol) }

  func documentation(_ comments: [Span]) -> [String] {
    comments.flatMap { Documentation.lines(program.files[$0.file].text($0)) }
  }
}

extension Program {
  package func declared(_ symbol: Symbol) -> Declared {
    switch symbol {
    case .interface(let index): interfaces[index].declared
    case .structure(let index): structures[index].declared
    case .union(let index): unions[index].declared
    case .enumeration(let index): enumerations[index].declared
    case .constant(let index): constants[index].declared
    }
  }
}

/// Comments as text.
enum Documentation {
  /// The lines of one comment, without what makes it one.
  static func lines(_ comment: String) -> [String] {
    if comment.hasPrefix("//") {
      return [line(comment.drop { $0 == "/" || $0 == "!" })]
    }
    var body = comment.dropFirst(2)
    if body.hasSuffix("*/") { body = body.dropLast(2) }
    var lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { text in
      line(text.drop { $0 == " " || $0 == "\t" }.drop { $0 == "*" })
    }
    while lines.first == "" { lines.removeFirst() }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func line(_ text: Substring) -> String {
    var text = text.first == " " ? text.dropFirst() : text
    while let last = text.unicodeScalars.last, last.properties.isWhitespace {
      text.unicodeScalars.removeLast()
    }
    // A line break of any kind would end the comment in the generated code.
    return String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.breaksLine }))
  }
}

extension Unicode.Scalar {
  var breaksLine: Bool {
    switch properties.generalCategory {
    case .control: self != "\t"
    case .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
