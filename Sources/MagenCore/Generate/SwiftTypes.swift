/// How types of the interface language are written in Swift.
struct SwiftTypes {
  let program: Program

  func name(_ type: TypeModel) -> String { plainName(type) + (type.isNullable ? "?" : "") }

  /// Without the `?` of a nullable type.
  func plainName(_ type: TypeModel) -> String {
    if type.isView { return viewName(type) }
    if type.isInPlace { return "UntrustedBytes" }
    return switch type.kind {
    case .bool: "Bool"
    case .number(let kind): kind.swiftName
    case .string: "String"
    case .array(let element, _): "[\(name(element))]"
    case .map(let key, let value): "[\(name(key)): \(name(value))]"
    case .handle(.messagePipe): "MessagePipeEnd"
    case .handle(.dataPipeConsumer): "DataPipeConsumer"
    case .handle(.dataPipeProducer): "DataPipeProducer"
    case .handle(.any): "AnyHandle"
    case .handle(.sharedBuffer), .handle(.platform): "Attachment"
    case .pending(let kind, let index):
      "\(kind.swiftName)<\(program.interfaces[index].declared.swiftName)>"
    case .structure(let index): program.structures[index].declared.swiftName
    case .union(let index): program.unions[index].declared.swiftName
    case .enumeration(let index): program.enumerations[index].declared.swiftName
    case .unknown: "Never"
    }
  }

  /// Types that share the message's bytes.
  private func viewName(_ type: TypeModel) -> String {
    guard case .array(let element, _) = type.kind else { return "TextView" }
    return element.kind == .number(.uint8) ? "BytesView" : "NumbersView<\(name(element))>"
  }

  func literal(_ value: ValueModel) -> String {
    switch value {
    case .bool(let value): "\(value)"
    case .integer(let value): grouped(value)
    case .double(let value): "\(value)"
    case .string(let text): StringLiteral.swift(text)
    case .member(let index, let member):
      ".\(program.enumerations[index].members[member].swiftName)"
    }
  }

  /// `1_048_576`
  func grouped(_ value: Int128) -> String {
    let digits = String(value.magnitude)
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3, digits.count > 4 {
      groups.append(rest.suffix(3))
      rest = rest.dropLast(3)
    }
    groups.append(rest)
    return (value < 0 ? "-" : "") + groups.reversed().joined(separator: "_")
  }

  /// `1...512`
  func range(_ range: NumberRange) -> String {
    switch range {
    case .integers(let low, let high): "\(grouped(low))...\(grouped(high))"
    case .doubles(let low, let high): "\(low)...\(high)"
    }
  }

  /// What a field is before anybody sets it; `nil` when it must be given.
  func initial(_ field: FieldModel) -> String? {
    if let value = field.initial { return literal(value) }
    return field.type.isNullable ? "nil" : nil
  }

  /// What a field of a later version reads as in an older message.
  func absent(_ type: TypeModel) -> String {
    if type.isNullable { return "nil" }
    switch type.kind {
    case .bool: return "false"
    case .enumeration(let index):
      let member = program.enumerations[index].absentMember
      return member.map { ".\($0.swiftName)" } ?? ".unknown(0)"
    default: return "0"
    }
  }
}

extension EnumerationModel {
  /// What a field of a later version reads as in an older message: zero.
  var absentMember: Member? {
    members.first { $0.value == 0 } ?? members.first { $0.isDefault }
  }
}

enum StringLiteral {
  static func swift(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\n": literal += "\\n"
      default:
        if scalar.breaksLine || scalar.properties.generalCategory == .format {
          literal += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          literal.unicodeScalars.append(scalar)
        }
      }
    }
    return literal + "\""
  }
}

extension NumberKind {
  var swiftName: String {
    switch self {
    case .int8: "Int8"
    case .uint8: "UInt8"
    case .int16: "Int16"
    case .uint16: "UInt16"
    case .int32: "Int32"
    case .uint32: "UInt32"
    case .int64: "Int64"
    case .uint64: "UInt64"
    case .float: "Float"
    case .double: "Double"
    }
  }
}

extension PendingKind {
  var swiftName: String {
    switch self {
    case .remote: "PendingRemote"
    case .receiver: "PendingReceiver"
    case .associatedRemote: "PendingAssociatedRemote"
    case .associatedReceiver: "PendingAssociatedReceiver"
    }
  }

  /// The name of the methods that read and write it.
  var coder: String {
    switch self {
    case .remote: "pendingRemote"
    case .receiver: "pendingReceiver"
    case .associatedRemote: "pendingAssociatedRemote"
    case .associatedReceiver: "pendingAssociatedReceiver"
    }
  }
}
