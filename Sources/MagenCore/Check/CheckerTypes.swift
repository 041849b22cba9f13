extension Checker {
  /// What a type means; reports what it cannot mean.
  ///
  /// - Parameter outer: the attributes of the field or parameter, which are about its type.
  mutating func resolve(
    _ syntax: TypeSyntax, _ outer: [Attribute], in scope: String, file: Int
  ) -> TypeModel {
    var type = TypeModel(kind: kind(syntax, in: scope, file: file), isNullable: syntax.isNullable)
    if case .path(let path) = syntax.kind, path.text == "char" { type.isCharacter = true }
    let own = checkAttributes(syntax.attributes, on: .type, file: file)
    for attribute in own + outer {
      switch attribute.name.text {
      case "MaxLength": setMaxLength(attribute, &type, in: scope, file: file)
      case "Range": setRange(attribute, &type, in: scope, file: file)
      case "Frozen": setFrozen(attribute, &type)
      case "View": setView(attribute, &type)
      case "InPlace": setInPlace(attribute, &type)
      default: break
      }
    }
    return type
  }

  private mutating func kind(
    _ syntax: TypeSyntax, in scope: String, file: Int
  ) -> TypeModel.Kind {
    switch syntax.kind {
    case .path(let path): return named(path, in: scope, file: file)
    case .array(let element, let count):
      let element = resolve(element, [], in: scope, file: file)
      guard let count else { return .array(element, count: nil) }
      let length = integer(count, in: scope, file: file) ?? 1
      guard (1...Int128(1 << 24)).contains(length) else {
        report("a fixed array has 1 to \(1 << 24) elements", at: count.span)
        return .unknown
      }
      return .array(element, count: Int(length))
    case .map(let key, let value):
      let keyType = resolve(key, [], in: scope, file: file)
      checkKey(keyType, at: key.span)
      return .map(keyType, resolve(value, [], in: scope, file: file))
    case .handle(let name):
      guard let name else { return .handle(.any) }
      if name.text != "any", let kind = HandleKind(rawValue: name.text) { return .handle(kind) }
      let known = HandleKind.allCases.map(\.rawValue).filter { $0 != "any" }
      report(
        "unknown handle '\(name.text)'", at: name.span,
        hint: Spelling.hint(for: name.text, among: known) ?? known.joined(separator: ", "))
      return .unknown
    case .pending(let keyword, let path): return pending(keyword, path, in: scope, file: file)
    }
  }

  private mutating func pending(
    _ keyword: String, _ path: Path, in scope: String, file: Int
  ) -> TypeModel.Kind {
    guard let kind = PendingKind(rawValue: keyword) else { return .unknown }
    guard let symbol = lookUp(path, in: scope, file: file) else {
      let isInterface: (Symbol) -> Bool = { if case .interface = $0 { true } else { false } }
      report(
        "unknown interface '\(path.text)'", at: path.span,
        hint: Spelling.hint(for: path.text, among: visibleNames(of: isInterface)))
      return .unknown
    }
    guard case .interface(let index) = symbol else {
      report("'\(path.text)' is no interface", at: path.span)
      return .unknown
    }
    return .pending(kind, interface: index)
  }

  private mutating func named(_ path: Path, in scope: String, file: Int) -> TypeModel.Kind {
    if path.names.count == 1, let kind = Self.plain[path.text] { return kind }
    switch lookUp(path, in: scope, file: file) {
    case .structure(let index): return .structure(index)
    case .union(let index): return .union(index)
    case .enumeration(let index): return .enumeration(index)
    case .interface:
      report(
        "an interface cannot be sent", at: path.span,
        hint: "send one end of a pipe for it: pending_remote<\(path.text)>")
    case .constant: report("'\(path.text)' is a constant and no type", at: path.span)
    case nil: reportUnknownType(path)
    }
    return .unknown
  }

  private mutating func reportUnknownType(_ path: Path) {
    let isType: (Symbol) -> Bool = {
      switch $0 {
      case .structure, .union, .enumeration: true
      case .interface, .constant: false
      }
    }
    let known = ["array", "map", "handle"] + Self.plain.keys.sorted() + visibleNames(of: isType)
    report(
      "unknown type '\(path.text)'", at: path.span,
      hint: Spelling.hint(for: path.text, among: known))
  }

  /// The types that need no declaration; the last four are Mage's own words.
  private static let plain: [String: TypeModel.Kind] = {
    var table: [String: TypeModel.Kind] = [
      "bool": .bool, "string": .string, "int": .number(.int32), "long": .number(.int64),
      "char": .number(.uint8), "MessagePipe": .handle(.messagePipe),
    ]
    for kind in NumberKind.allCases { table[kind.rawValue] = .number(kind) }
    return table
  }()

  private mutating func checkKey(_ type: TypeModel, at span: Span) {
    if type.isNullable { report("the keys of a map cannot be null", at: span) }
    switch type.kind {
    case .bool, .number, .string, .enumeration, .structure, .unknown: break
    default:
      report(
        "\(program.describe(type)) cannot be the key of a map", at: span,
        hint: "numbers, bools, strings, enums and structs can")
    }
  }

  private mutating func setFrozen(_ attribute: Attribute, _ type: inout TypeModel) {
    if type.kind == .handle(.sharedBuffer) {
      type.isFrozen = true
    } else {
      report("only a handle<shared_buffer> can be frozen", at: attribute.span)
    }
  }

  private mutating func setView(_ attribute: Attribute, _ type: inout TypeModel) {
    if type.isInPlace {
      report("a View is in the message, which nobody can change", at: attribute.span)
    } else if type.canBeView {
      type.isView = true
    } else if type.kind != .unknown {
      report(
        "'View' has no use for \(program.describe(type))", at: attribute.span,
        hint: "a string, an array<uint8> or an array of other numbers can be read in place")
    }
  }

  private mutating func setInPlace(_ attribute: Attribute, _ type: inout TypeModel) {
    if type.isView {
      report("a View is in the message, which nobody can change", at: attribute.span)
    } else if case .array(let element, _) = type.kind, element.isByte {
      type.isInPlace = true
    } else if type.kind != .unknown {
      report(
        "'InPlace' has no use for \(program.describe(type))", at: attribute.span,
        hint: "an array<uint8> can be read in the memory that it comes in")
    }
  }

  // MARK: Limits

  private mutating func setMaxLength(
    _ attribute: Attribute, _ type: inout TypeModel, in scope: String, file: Int
  ) {
    guard let value = attribute.value else { return }
    switch type.kind {
    case .string, .map, .array(_, count: nil): break
    case .unknown: return
    default:
      report(
        "'MaxLength' has no use for \(program.describe(type))", at: attribute.span,
        hint: "it limits the bytes of a string and the elements of an array or map")
      return
    }
    guard let length = integer(value, in: scope, file: file) else { return }
    guard (0...Int128(UInt32.max)).contains(length) else {
      report("a length is a number of 32 bits", at: value.span)
      return
    }
    type.maxLength = Int(length)
  }

  private mutating func setRange(
    _ attribute: Attribute, _ type: inout TypeModel, in scope: String, file: Int
  ) {
    guard case .range(let low, let high) = attribute.value?.kind else { return }
    if case .unknown = type.kind { return }
    guard case .number(let kind) = type.kind else {
      report(
        "'Range' has no use for \(program.describe(type))", at: attribute.span,
        hint: "it limits numbers; for those in an array write array<[Range=1..9] uint8>")
      return
    }
    if kind.isFloating {
      guard let low = number(low, in: scope, file: file),
        let high = number(high, in: scope, file: file)
      else { return }
      guard low <= high else { return report("the range is empty", at: attribute.span) }
      type.range = .doubles(low, high)
      return
    }
    guard let from = integer(low, in: scope, file: file),
      let to = integer(high, in: scope, file: file)
    else { return }
    guard from <= to else { return report("the range is empty", at: attribute.span) }
    guard kind.bounds.contains(from), kind.bounds.contains(to) else {
      return report("no \(kind.rawValue) has all the values of the range", at: attribute.span)
    }
    type.range = .integers(from, to)
  }
}

extension TypeModel {
  /// Text, bytes and numbers can be read where they lie; what is made of other values cannot.
  fileprivate var canBeView: Bool {
    switch kind {
    case .string: return true
    case .array(let element, _):
      if case .number = element.kind { return !element.isNullable && element.range == nil }
      return false
    default: return false
    }
  }
}

extension Program {
  /// A type in words, for messages.
  package func describe(_ type: TypeModel) -> String {
    let text =
      switch type.kind {
      case .bool: "bool"
      case .number(let kind): type.isCharacter ? "char" : kind.rawValue
      case .string: "string"
      case .array(let element, let count):
        "array<\(describe(element))\(count.map { ", \($0)" } ?? "")>"
      case .map(let key, let value): "map<\(describe(key)), \(describe(value))>"
      case .handle(.any): "handle"
      case .handle(let kind): "handle<\(kind.rawValue)>"
      case .pending(let kind, let index):
        "\(kind.rawValue)<\(interfaces[index].declared.fullName)>"
      case .structure(let index): structures[index].declared.fullName
      case .union(let index): unions[index].declared.fullName
      case .enumeration(let index): enumerations[index].declared.fullName
      case .unknown: "a type that is not known"
      }
    return limits(type) + text + (type.isNullable ? "?" : "")
  }

  private func limits(_ type: TypeModel) -> String {
    var list: [String] = []
    if let length = type.maxLength { list.append("MaxLength=\(length)") }
    switch type.range {
    case .integers(let low, let high): list.append("Range=\(low)..\(high)")
    case .doubles(let low, let high): list.append("Range=\(low)..\(high)")
    case nil: break
    }
    if type.isFrozen { list.append("Frozen") }
    if type.isView { list.append("View") }
    if type.isInPlace { list.append("InPlace") }
    return list.isEmpty ? "" : "[\(list.joined(separator: ", "))] "
  }
}
