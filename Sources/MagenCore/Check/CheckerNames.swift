extension Checker {
  /// Enters what a file declares into the tables.
  mutating func declareAll(in file: Int) {
    let tree = trees[file]
    let module = tree.module?.text ?? ""
    program.modules.append(module)
    checkAttributes(tree.moduleAttributes, on: .module, file: file)
    let list = tree.declarations.compactMap {
      declare($0, scope: module, swiftScope: "", file: file)
    }
    program.topLevel.append(list)
  }

  private mutating func declare(
    _ syntax: DeclarationSyntax, scope: String, swiftScope: String, file: Int
  ) -> Symbol? {
    let fullName = scope.isEmpty ? syntax.name.text : "\(scope).\(syntax.name.text)"
    if let other = symbols[fullName] {
      let place = declared(other)
      report(
        "'\(fullName)' is declared twice", at: syntax.name.span,
        hint: "the other is in \(program.files[place.file].path), line \(line(of: place.span))")
      return nil
    }
    if Self.builtIn.contains(syntax.name.text) {
      report("'\(syntax.name.text)' is a type of the language", at: syntax.name.span)
      return nil
    }
    let isConstant = if case .constant = syntax.kind { true } else { false }
    let leaf =
      isConstant ? SwiftNames.member(syntax.name.text) : SwiftNames.type(syntax.name.text)
    var declared = Declared(
      name: syntax.name.text, fullName: fullName,
      swiftName: swiftScope.isEmpty ? leaf : "\(swiftScope).\(leaf)", file: file,
      span: syntax.name.span, documentation: documentation(syntax.documentation))
    declared.isNested = !swiftScope.isEmpty
    let attributes = checkAttributes(syntax.attributes, on: syntax.kind.place, file: file)
    declared.allowances = allowances(attributes)
    declared.isError = attributes.contains { $0.name.text == "Error" }
    let symbol = enter(declared, syntax.kind, attributes)
    symbols[fullName] = symbol
    self.attributes[symbol] = attributes
    let nested = syntax.nested.compactMap {
      declare($0, scope: fullName, swiftScope: declared.swiftName, file: file)
    }
    setNested(nested, of: symbol)
    return symbol
  }

  static let builtIn: Set<String> = Set(
    NumberKind.allCases.map(\.rawValue) + [
      "bool", "string", "int", "long", "char", "MessagePipe", "array", "map", "handle", "result",
    ])

  private mutating func enter(
    _ declared: Declared, _ kind: DeclarationSyntax.Kind, _ attributes: [Attribute]
  ) -> Symbol {
    switch kind {
    case .interface(let methods):
      var model = InterfaceModel(declared: declared)
      model.from = side(attributes)
      model.sandbox = attributes.first { $0.name.text == "Sandbox" }?.text
      program.interfaces.append(model)
      interfaceSyntax.append(methods)
      return .interface(program.interfaces.count - 1)
    case .structure(let fields):
      program.structures.append(StructureModel(declared: declared))
      structureSyntax.append(fields)
      return .structure(program.structures.count - 1)
    case .union(let fields):
      var model = UnionModel(declared: declared)
      model.isExtensible = attributes.contains { $0.name.text == "Extensible" }
      program.unions.append(model)
      unionSyntax.append(fields)
      return .union(program.unions.count - 1)
    case .enumeration(let members):
      var model = EnumerationModel(declared: declared)
      model.isExtensible = attributes.contains { $0.name.text == "Extensible" }
      program.enumerations.append(model)
      enumerationSyntax.append(members)
      enumerationState.append(.untouched)
      return .enumeration(program.enumerations.count - 1)
    case .constant(let type, let value):
      program.constants.append(
        ConstantModel(
          declared: declared, type: TypeModel(kind: .unknown), value: .integer(0)))
      constantSyntax.append((type, value))
      constantState.append(.untouched)
      return .constant(program.constants.count - 1)
    }
  }

  private mutating func setNested(_ nested: [Symbol], of symbol: Symbol) {
    switch symbol {
    case .interface(let index): program.interfaces[index].declared.nested = nested
    case .structure(let index): program.structures[index].declared.nested = nested
    default: break
    }
  }

  private func line(of span: Span) -> Int {
    program.files[span.file].lineColumn(span.start).line
  }

  /// What a name means in a scope: the innermost declaration of that name whose file is this one or is imported by it.
  mutating func lookUp(_ path: Path, in scope: String, file: Int) -> Symbol? {
    guard let symbol = find(path.text, in: scope) else { return nil }
    let home = declared(symbol).file
    if home != file, !program.imports[file].contains(where: { $0.file == home }) {
      report(
        "'\(path.text)' is declared in \(program.files[home].path), which is not imported",
        at: path.span, hint: "import \"\(program.files[home].path)\";")
    }
    return symbol
  }

  func find(_ name: String, in scope: String) -> Symbol? {
    var scope = Substring(scope)
    while !scope.isEmpty {
      if let symbol = symbols["\(scope).\(name)"] { return symbol }
      scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
    }
    return symbols[name]
  }

  /// Names that could be meant instead of one that is not known.
  func visibleNames(of wanted: (Symbol) -> Bool) -> [String] {
    // A file that is wrong throughout must not take long.
    guard !diagnostics.isFull else { return [] }
    return symbols.values.lazy.filter(wanted).prefix(5_000).map { declared($0).name }.sorted()
  }
}

extension DeclarationSyntax.Kind {
  var place: AttributePlace {
    switch self {
    case .interface: .interface
    case .structure: .structure
    case .union: .union
    case .enumeration: .enumeration
    case .constant: .constant
    }
  }
}
