extension Checker {
  /// Chains of constants that are longer are taken for a mistake, and cannot exhaust the stack.
  private static let deepestEvaluation = 64
  /// More members than this in an enum, and more fields in a struct, are taken for a mistake.
  static let mostMembers = 10_000
  static let mostFields = 500

  // MARK: Enums

  mutating func evaluateEnumeration(_ index: Int) {
    guard enumerationState[index] == .untouched else { return }
    enumerationState[index] = .running
    evaluationDepth += 1
    defer {
      evaluationDepth -= 1
      enumerationState[index] = .done
    }
    let declared = program.enumerations[index].declared
    let syntax = enumerationSyntax[index]
    guard syntax.count <= Self.mostMembers else {
      report("the enum has more than \(Self.mostMembers) values", at: declared.span)
      return
    }
    var names: Set<String> = []
    var next: Int128 = 0
    for member in syntax {
      if !names.insert(member.name.text).inserted {
        report("'\(member.name.text)' is declared twice", at: member.name.span)
      }
      if let value = member.value {
        next = integer(value, in: declared.fullName, file: declared.file) ?? next
      }
      guard let value = Int32(exactly: next) else {
        report("the value \(next) does not fit 32 bits", at: member.value?.span ?? member.name.span)
        return
      }
      add(member, value, to: index)
      next += 1
    }
    checkDefaultMember(of: index)
  }

  private mutating func add(_ syntax: MemberSyntax, _ value: Int32, to index: Int) {
    let file = program.enumerations[index].declared.file
    let attributes = checkAttributes(syntax.attributes, on: .member, file: file)
    program.enumerations[index].members.append(
      EnumerationModel.Member(
        name: syntax.name.text, swiftName: SwiftNames.member(syntax.name.text), value: value,
        minVersion: minVersion(attributes),
        isDefault: attributes.contains { $0.name.text == "Default" },
        documentation: documentation(syntax.documentation), span: syntax.name.span))
    // Kept for the linter, which reads them from the enum.
    program.enumerations[index].declared.allowances += allowances(attributes)
  }

  private mutating func checkDefaultMember(of index: Int) {
    let model = program.enumerations[index]
    let defaults = model.members.filter(\.isDefault)
    if let first = defaults.first, !model.isExtensible {
      report(
        "'[Default]' has no use in an enum that is not extensible", at: first.span,
        hint: "write [Extensible] in front of the enum")
    }
    if defaults.count > 1 { report("two values are the default", at: defaults[1].span) }
  }

  // MARK: Constants

  mutating func evaluateConstant(_ index: Int) {
    guard constantState[index] == .untouched else { return }
    constantState[index] = .running
    evaluationDepth += 1
    defer {
      evaluationDepth -= 1
      constantState[index] = .done
    }
    let declared = program.constants[index].declared
    let (typeSyntax, valueSyntax) = constantSyntax[index]
    let type = resolve(typeSyntax, [], in: declared.fullName, file: declared.file)
    switch type.kind {
    case .bool, .number, .string, .enumeration, .unknown: break
    default:
      report(
        "a constant is a number, a bool, a string or an enum's value", at: typeSyntax.span)
      return
    }
    if type.isNullable { report("a constant cannot be null", at: typeSyntax.span) }
    program.constants[index].type = type
    if let value = value(valueSyntax, of: type, in: declared.fullName, file: declared.file) {
      program.constants[index].value = value
    }
  }

  // MARK: Values

  /// The value, if it is one of that type; reports it if not.
  mutating func value(
    _ syntax: ValueSyntax, of type: TypeModel, in scope: String, file: Int
  ) -> ValueModel? {
    if case .unknown = type.kind { return nil }
    guard let value = anyValue(syntax, type, in: scope, file: file) else { return nil }
    guard let fitting = fit(value, type, at: syntax.span) else {
      report("the value is not \(program.describe(type))", at: syntax.span)
      return nil
    }
    return fitting
  }

  private mutating func anyValue(
    _ syntax: ValueSyntax, _ type: TypeModel, in scope: String, file: Int
  ) -> ValueModel? {
    switch syntax.kind {
    case .integer(let value): return .integer(value)
    case .double(let value): return .double(value)
    case .string(let text): return .string(text)
    case .range:
      report("a range is no value", at: syntax.span)
      return nil
    case .path(let path):
      if path.text == "true" || path.text == "false" { return .bool(path.text == "true") }
      // `RED` for a colour, without saying so again.
      if case .enumeration(let index) = type.kind, path.names.count == 1,
        let member = member(path.text, of: index)
      {
        return .member(enumeration: index, index: member)
      }
      return named(path, in: scope, file: file)
    }
  }

  private mutating func member(_ name: String, of index: Int) -> Int? {
    evaluateEnumeration(index)
    return program.enumerations[index].members.firstIndex { $0.name == name }
  }

  /// What a name stands for: a constant, or a value of an enum.
  private mutating func named(_ path: Path, in scope: String, file: Int) -> ValueModel? {
    guard evaluationDepth <= Self.deepestEvaluation else {
      report(
        "constants that are made of one another more than \(Self.deepestEvaluation) deep",
        at: path.span)
      return nil
    }
    if case .constant(let index) = find(path.text, in: scope) {
      _ = lookUp(path, in: scope, file: file)
      guard constantState[index] != .running else {
        report("'\(path.text)' is made of itself", at: path.span)
        return nil
      }
      evaluateConstant(index)
      if case .unknown = program.constants[index].type.kind { return nil }
      return program.constants[index].value
    }
    // Within an enum its members have no prefix.
    let enumeration =
      path.names.count == 1 ? scope : path.names.dropLast().map(\.text).joined(separator: ".")
    if let last = path.names.last, case .enumeration(let index) = find(enumeration, in: scope) {
      if let found = program.enumerations[index].members.firstIndex(where: { $0.name == last.text })
      {
        return .member(enumeration: index, index: found)
      }
      if enumerationState[index] != .running, let found = member(last.text, of: index) {
        return .member(enumeration: index, index: found)
      }
    }
    let isConstant: (Symbol) -> Bool = { if case .constant = $0 { true } else { false } }
    report(
      "unknown value '\(path.text)'", at: path.span,
      hint: Spelling.hint(for: path.text, among: visibleNames(of: isConstant)))
    return nil
  }

  /// The value as one of that type, if it is.
  private mutating func fit(_ value: ValueModel, _ type: TypeModel, at span: Span) -> ValueModel? {
    switch (type.kind, value) {
    case (.bool, .bool), (.string, .string): return value
    case (.number(let kind), .double) where kind.isFloating: return value
    case (.number(let kind), .integer(let number)):
      if kind.isFloating { return .double(Double(number)) }
      return kind.bounds.contains(number) ? value : nil
    case (.enumeration(let wanted), .member(let found, _)) where wanted == found: return value
    default: return nil
    }
  }

  /// An integer where one is wanted: a length, an enum's value.
  mutating func integer(_ syntax: ValueSyntax, in scope: String, file: Int) -> Int128? {
    switch anyValue(syntax, TypeModel(kind: .number(.int64)), in: scope, file: file) {
    case .integer(let value): return value
    case .member(let index, let member):
      return Int128(program.enumerations[index].members[member].value)
    case nil: return nil
    default:
      report("expected a whole number", at: syntax.span)
      return nil
    }
  }

  mutating func number(_ syntax: ValueSyntax, in scope: String, file: Int) -> Double? {
    switch anyValue(syntax, TypeModel(kind: .number(.double)), in: scope, file: file) {
    case .integer(let value): return Double(value)
    case .double(let value): return value
    case nil: return nil
    default:
      report("expected a number", at: syntax.span)
      return nil
    }
  }
}
