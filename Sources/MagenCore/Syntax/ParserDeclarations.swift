extension Parser {
  mutating func file() -> SyntaxFile {
    var file = SyntaxFile()
    while token.kind != .end, !diagnostics.isFull {
      let start = token.span.start
      do throws(Abandoned) {
        try statement(into: &file)
      } catch {
        skipItem()
      }
      if token.span.start == start, token.kind != .end {
        if isSymbol("}") { report("this '}' closes nothing", at: token.span) }
        advance()
      }
    }
    return file
  }

  private mutating func statement(into file: inout SyntaxFile) throws(Abandoned) {
    let documentation = token.comments
    let attributes = try attributes()
    if isWord("module"), isFollowedByName() {
      try module(attributes, into: &file)
    } else if isWord("import") {
      advance()
      let span = token.span
      guard token.kind == .string else {
        throw abandon("expected the path of a file in quotes\(found)", at: span)
      }
      file.imports.append(ImportSyntax(attributes: attributes, path: try string(), span: span))
      try expect(";", "after the import")
    } else if let declaration = try declaration(documentation, attributes) {
      file.declarations.append(declaration)
    } else if !isSymbol("}") || !attributes.isEmpty {
      throw abandon(
        "expected a declaration, found '\(tokenText)'", at: token.span,
        hint: Spelling.hint(for: tokenText, among: Self.keywords)
          ?? "interface, struct, union, enum, const, module or import")
    }
  }

  private static let keywords = [
    "interface", "struct", "union", "enum", "const", "module", "import",
  ]

  private mutating func module(
    _ attributes: [Attribute], into file: inout SyntaxFile
  ) throws(Abandoned) {
    let span = token.span
    advance()
    let path = try path("the module's name")
    if file.module != nil { report("the file has a module already", at: span) }
    file.module = path
    file.moduleAttributes = attributes
    try expect(";", "after the module's name")
  }

  /// A declaration, if the token begins one.
  mutating func declaration(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> DeclarationSyntax? {
    // `struct(int a);` is a method of that name.
    guard isFollowedByName() || (isWord("const") && !isFollowed(by: "(")) else { return nil }
    guard depth < Self.deepest else {
      throw abandon("declarations are nested more than \(Self.deepest) deep", at: token.span)
    }
    depth += 1
    defer { depth -= 1 }
    if isWord("interface") { return try interface(documentation, attributes) }
    if isWord("struct") { return try structure(documentation, attributes) }
    if isWord("union") { return try union(documentation, attributes) }
    if isWord("enum") { return try enumeration(documentation, attributes) }
    if isWord("const") { return try constant(documentation, attributes) }
    return nil
  }

  /// The head of a block: its keyword, name and `{`.
  private mutating func open(_ what: String) throws(Abandoned) -> (name: Name, brace: Span) {
    advance()
    let name = try name("a name for the \(what)")
    let brace = token.span
    if isSymbol(";") {
      throw abandon(
        "the \(what) has no body", at: brace, hint: "types of other languages cannot be declared")
    }
    try expect("{", "after the name of the \(what)")
    return (name, brace)
  }

  private mutating func interface(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> DeclarationSyntax {
    let (name, brace) = try open("interface")
    var methods: [MethodSyntax] = []
    var nested: [DeclarationSyntax] = []
    items(of: "interface", opened: brace) { (parser) throws(Abandoned) in
      let documentation = parser.token.comments
      let attributes = try parser.attributes()
      if let declaration = try parser.declaration(documentation, attributes) {
        nested.append(declaration)
      } else {
        methods.append(try parser.method(documentation, attributes))
      }
    }
    _ = take(";")
    return DeclarationSyntax(
      documentation: documentation, attributes: attributes, name: name,
      kind: .interface(methods: methods), nested: nested)
  }

  private mutating func structure(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> DeclarationSyntax {
    let (name, brace) = try open("struct")
    var fields: [FieldSyntax] = []
    var nested: [DeclarationSyntax] = []
    items(of: "struct", opened: brace) { (parser) throws(Abandoned) in
      let documentation = parser.token.comments
      let attributes = try parser.attributes()
      if let declaration = try parser.declaration(documentation, attributes) {
        nested.append(declaration)
      } else {
        fields.append(try parser.field(documentation, attributes))
      }
    }
    _ = take(";")
    return DeclarationSyntax(
      documentation: documentation, attributes: attributes, name: name,
      kind: .structure(fields: fields), nested: nested)
  }

  private mutating func union(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> DeclarationSyntax {
    let (name, brace) = try open("union")
    var fields: [FieldSyntax] = []
    items(of: "union", opened: brace) { (parser) throws(Abandoned) in
      let documentation = parser.token.comments
      let attributes = try parser.attributes()
      fields.append(try parser.field(documentation, attributes))
    }
    _ = take(";")
    return DeclarationSyntax(
      documentation: documentation, attributes: attributes, name: name,
      kind: .union(fields: fields))
  }

  private mutating func enumeration(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> DeclarationSyntax {
    let (name, brace) = try open("enum")
    var members: [MemberSyntax] = []
    items(of: "enum", opened: brace) { (parser) throws(Abandoned) in
      let documentation = parser.token.comments
      let attributes = try parser.attributes()
      let name = try parser.name("the name of a value")
      let value = parser.take("=") ? try parser.value() : nil
      members.append(
        MemberSyntax(
          documentation: documentation, attributes: attributes, name: name, value: value))
      if !parser.isSymbol("}") { try parser.expect(",", "after the value '\(name.text)'") }
    }
    _ = take(";")
    return DeclarationSyntax(
      documentation: documentation, attributes: attributes, name: name,
      kind: .enumeration(members: members))
  }

  private mutating func constant(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> DeclarationSyntax {
    advance()
    let type = try type()
    let name = try name("a name for the constant")
    try expect("=", "and the value of the constant")
    let value = try value()
    try expect(";", "after the constant")
    return DeclarationSyntax(
      documentation: documentation, attributes: attributes, name: name,
      kind: .constant(type, value))
  }
}
