extension Checker {
  mutating func resolveStructure(_ index: Int) {
    guard !diagnostics.isFull else { return }
    let declared = program.structures[index].declared
    program.structures[index].fields = fields(
      structureSyntax[index], .field, of: "struct", declared)
  }

  mutating func resolveUnion(_ index: Int) {
    guard !diagnostics.isFull else { return }
    let declared = program.unions[index].declared
    var members = fields(unionSyntax[index], .field, of: "union", declared)
    if members.isEmpty, !diagnostics.hasErrors {
      report("a union needs a member", at: declared.span)
    }
    for (position, field) in members.enumerated() {
      checkUnionMember(field)
      if field.isDefault { members[position].isDefault = true }
    }
    program.unions[index].fields = members
    let defaults = members.filter(\.isDefault)
    if defaults.count > 1 { report("two members are the default", at: defaults[1].span) }
    if program.unions[index].isExtensible {
      guard let member = defaults.first else {
        return report(
          "an extensible union needs a default", at: declared.span,
          hint: "write [Default] in front of a member: what is not known becomes that")
      }
      checkDefaultMember(member)
    } else if let first = defaults.first {
      report("'[Default]' has no use in a union that is not extensible", at: first.span)
    }
  }

  /// What is not known becomes this member with nothing in it, so it must be able to hold nothing.
  private mutating func checkDefaultMember(_ field: FieldModel) {
    if field.type.isNullable { return }
    switch field.type.kind {
    case .bool, .number, .unknown: return
    default:
      report(
        "the default member must be able to be null or zero", at: field.span,
        hint: "make it nullable")
    }
  }

  private mutating func checkUnionMember(_ field: FieldModel) {
    switch field.type.kind {
    case .bool, .number, .enumeration:
      if field.type.isNullable {
        report(
          "numbers, bools and enums in a union cannot be null", at: field.span,
          hint: "put it into a struct, or add a member for null")
      }
    default: break
    }
    if field.minVersion > 0 {
      report("a union has no versions", at: field.span, hint: "make it [Extensible]")
    }
  }

  /// Fields or parameters, in the order of their ordinals.
  mutating func fields(
    _ syntax: [FieldSyntax], _ place: AttributePlace, of what: String, _ declared: Declared
  ) -> [FieldModel] {
    guard syntax.count <= Self.mostFields else {
      report(
        "the \(what) has more than \(Self.mostFields) fields", at: declared.span,
        hint: "group them into structs")
      return []
    }
    var names: Set<String> = []
    var list: [FieldModel] = []
    for (index, field) in syntax.enumerated() {
      if !names.insert(field.name.text).inserted {
        report("'\(field.name.text)' is declared twice", at: field.name.span)
      }
      list.append(self.field(field, place, ordinal: UInt32(clamping: index), declared))
    }
    checkOrdinals(syntax)
    list.sort { $0.ordinal < $1.ordinal }
    if what != "union" { checkVersions(list) }
    return list
  }

  private mutating func field(
    _ syntax: FieldSyntax, _ place: AttributePlace, ordinal: UInt32, _ declared: Declared
  ) -> FieldModel {
    let attributes = checkAttributes(syntax.attributes, on: place, file: declared.file)
    let type = resolve(syntax.type, attributes, in: declared.fullName, file: declared.file)
    var model = FieldModel(
      name: syntax.name.text, swiftName: SwiftNames.member(syntax.name.text), type: type,
      ordinal: syntax.ordinal?.value ?? ordinal, span: syntax.name.span)
    model.hasOrdinal = syntax.ordinal != nil
    model.minVersion = minVersion(attributes)
    model.isDefault = attributes.contains { $0.name.text == "Default" }
    model.documentation = documentation(syntax.documentation)
    model.allowances = allowances(attributes)
    if let initial = syntax.initial { model.initial = self.initial(initial, type, declared) }
    return model
  }

  private mutating func initial(
    _ syntax: ValueSyntax, _ type: TypeModel, _ declared: Declared
  ) -> ValueModel? {
    if case .structure = type.kind, case .path(let path) = syntax.kind, path.text == "default" {
      return nil
    }
    guard let value = value(syntax, of: type, in: declared.fullName, file: declared.file) else {
      return nil
    }
    let fits =
      switch (type.range, value) {
      case (.integers(let low, let high), .integer(let number)): (low...high).contains(number)
      case (.doubles(let low, let high), .double(let number)): (low...high).contains(number)
      default: true
      }
    if !fits { report("the default is outside of the range", at: syntax.span) }
    if case .string(let text) = value, let length = type.maxLength, text.utf8.count > length {
      report("the default is longer than the field may be", at: syntax.span)
    }
    return value
  }

  /// Either no field has an ordinal, or they are the numbers from 0.
  private mutating func checkOrdinals(_ syntax: [FieldSyntax]) {
    let explicit = syntax.filter { $0.ordinal != nil }
    guard !explicit.isEmpty else { return }
    if let bare = syntax.first(where: { $0.ordinal == nil }) {
      return report(
        "'\(bare.name.text)' has no ordinal, others have", at: bare.name.span,
        hint: "number all of them from @0, or none")
    }
    var seen: Set<UInt32> = []
    for field in explicit {
      guard let ordinal = field.ordinal else { continue }
      if !seen.insert(ordinal.value).inserted {
        report("the ordinal \(ordinal.value) is used twice", at: ordinal.span)
      } else if ordinal.value >= explicit.count {
        report(
          "ordinals run from 0 to \(explicit.count - 1) without gaps", at: ordinal.span)
      }
    }
  }

  private mutating func checkVersions(_ fields: [FieldModel]) {
    var version: UInt32 = 0
    for field in fields {
      guard field.minVersion >= version else {
        return report(
          "'\(field.name)' is older than the field before it", at: field.span,
          hint: "new fields come last: give it [MinVersion=\(version)] or a higher one")
      }
      version = field.minVersion
      guard version > 0, !field.type.isNullable else { continue }
      switch field.type.kind {
      case .bool, .number, .unknown: break
      case .enumeration(let index):
        let enumeration = program.enumerations[index]
        guard enumeration.absentMember == nil, !enumeration.keepsUnknown else { break }
        report(
          "an enum in a field of a later version needs a value 0", at: field.span,
          hint: "or make the field nullable: peers built before do not send it")
      default:
        report(
          "a field of a later version must be able to be null", at: field.span,
          hint: "write \(program.describe(field.type))?: peers built before do not send it")
      }
    }
  }
}
