extension Parser {
  mutating func method(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> MethodSyntax {
    let name = try name("a method or a declaration")
    let ordinal = try ordinal()
    if token.kind == .name {
      throw abandon(
        "expected '(' after the method '\(name.text)', found '\(tokenText)'", at: token.span,
        hint: "a method has no type in front: write what it returns behind '=>'")
    }
    try expect("(", "after the method '\(name.text)'")
    let parameters = try parameters()
    var reply: MethodSyntax.Reply?
    if token.kind == .arrow {
      advance()
      reply = try self.reply()
    }
    try expect(";", "after the method '\(name.text)'")
    return MethodSyntax(
      documentation: documentation, attributes: attributes, name: name, ordinal: ordinal,
      parameters: parameters, reply: reply)
  }

  private mutating func reply() throws(Abandoned) -> MethodSyntax.Reply {
    if isWord("result") {
      advance()
      try expect("<", "after 'result'")
      let success = try type()
      try expect(",", "and the type of the error")
      let failure = try type()
      try expect(">", "after the type of the error")
      return .result(success, failure)
    }
    try expect("(", "or 'result<' after '=>'")
    return .parameters(try parameters())
  }

  /// What is left of a list whose `(` is taken.
  private mutating func parameters() throws(Abandoned) -> [FieldSyntax] {
    var list: [FieldSyntax] = []
    if take(")") { return list }
    repeat {
      let documentation = token.comments
      let attributes = try attributes()
      let type = try type()
      let name = try name("a name for the parameter")
      list.append(
        FieldSyntax(
          documentation: documentation, attributes: attributes, type: type, name: name,
          ordinal: try ordinal()))
    } while take(",")
    try expect(")", "or ',' after the parameter")
    return list
  }

  mutating func field(
    _ documentation: [Span], _ attributes: [Attribute]
  ) throws(Abandoned) -> FieldSyntax {
    let type = try type()
    let name = try name("a name for the field")
    let ordinal = try ordinal()
    let initial = take("=") ? try value() : nil
    try expect(";", "after the field '\(name.text)'")
    return FieldSyntax(
      documentation: documentation, attributes: attributes, type: type, name: name,
      ordinal: ordinal, initial: initial)
  }

  private mutating func ordinal() throws(Abandoned) -> Located<UInt32>? {
    guard take("@") else { return nil }
    let span = token.span
    guard token.kind == .integer, let value = integer(), let ordinal = UInt32(exactly: value) else {
      throw abandon("expected a number of 32 bits after '@'\(found)", at: span)
    }
    advance()
    return Located(value: ordinal, span: span)
  }

  // MARK: Types

  mutating func type() throws(Abandoned) -> TypeSyntax {
    guard depth < Self.deepest else {
      throw abandon(
        "types are nested more than \(Self.deepest) deep", at: token.span,
        hint: "give the inner ones a name: make them structs")
    }
    depth += 1
    defer { depth -= 1 }
    let attributes = try attributes()
    let start = token.span
    let kind = try plainType()
    let isNullable = take("?")
    return TypeSyntax(
      attributes: attributes, kind: kind, isNullable: isNullable, span: start.through(lastEnd))
  }

  private mutating func plainType() throws(Abandoned) -> TypeSyntax.Kind {
    if isFollowed(by: "<") {
      if isWord("array") { return try array() }
      if isWord("map") { return try map() }
      if isWord("handle") { return try handle() }
      let known = [
        "pending_remote", "pending_receiver", "pending_associated_remote",
        "pending_associated_receiver",
      ]
      for keyword in known where isWord(keyword) {
        advance()
        advance()
        let interface = try path("the name of an interface")
        try expect(">", "after the interface")
        return .pending(keyword, interface)
      }
      throw abandon(
        "'\(tokenText)<…>' is no type", at: token.span,
        hint: Spelling.hint(for: tokenText, among: known + ["array", "map", "handle"]))
    }
    if isWord("handle") {
      advance()
      return .handle(nil)
    }
    return .path(try path("a type"))
  }

  private mutating func array() throws(Abandoned) -> TypeSyntax.Kind {
    advance()
    advance()
    let element = try type()
    let count = take(",") ? try value() : nil
    try expect(">", "after the type of the elements")
    return .array(element, count: count)
  }

  private mutating func map() throws(Abandoned) -> TypeSyntax.Kind {
    advance()
    advance()
    let key = try type()
    try expect(",", "and the type of the values", hint: "map<string, uint32>")
    let value = try type()
    try expect(">", "after the type of the values")
    return .map(key, value)
  }

  private mutating func handle() throws(Abandoned) -> TypeSyntax.Kind {
    advance()
    advance()
    let kind = try name("what the handle is of")
    try expect(">", "after '\(kind.text)'")
    return .handle(kind)
  }

  mutating func path(_ what: String) throws(Abandoned) -> Path {
    var names = [try name(what)]
    while take(".") {
      guard names.count < Self.deepest else {
        throw abandon("a name of more than \(Self.deepest) parts", at: token.span)
      }
      names.append(try name("a name after '.'"))
    }
    return Path(names: names)
  }
}
