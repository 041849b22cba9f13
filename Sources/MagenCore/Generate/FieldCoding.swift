/// Where a value lies, in generated code: a view and an offset in it.
struct CodePlace {
  /// `fields`, `element`, `map`
  var view: String
  var offset: Int
  var bit = 0
  /// In a union a union lies behind a pointer.
  var isInUnion = false
}

/// Writes the calls that read and write one value.
struct FieldCoding {
  let program: Program
  var types: SwiftTypes { SwiftTypes(program: program) }

  // MARK: Reading

  /// The call that reads a value; nullable numbers, bools and enums have none, see ``StructCode``.
  ///
  /// - Parameter field: the field's name as the interface file has it, for reports.
  func decode(_ type: TypeModel, _ place: CodePlace, _ field: String) -> CallExpression {
    let start = [place.view, "\(place.offset)"]
    let named = start + [StringLiteral.swift(field)]
    switch type.kind {
    case .bool:
      return CallExpression(function: "message.bool", arguments: start + ["bit: \(place.bit)"])
    case .number(let kind):
      guard let range = type.range else {
        return CallExpression(function: "message.\(kind.rawValue)", arguments: start)
      }
      return CallExpression(
        function: "try message.\(kind.rawValue)", arguments: named + ["in: \(types.range(range))"])
    case .enumeration: return reading("enumeration", named + ["\(types.plainName(type)).self"])
    case .string: return reading(type.isView ? "textView" : "string", named + limits(type), type)
    case .structure:
      return reading("structure", named + ["\(types.plainName(type)).self"], type)
    case .union:
      let function = place.isInUnion ? "unionObject" : "union"
      return reading(function, named + ["\(types.plainName(type)).self"], type)
    case .handle(.messagePipe): return reading("messagePipe", named, type)
    case .handle(.dataPipeConsumer): return reading("dataPipeConsumer", named, type)
    case .handle(.dataPipeProducer): return reading("dataPipeProducer", named, type)
    case .handle(.any): return reading("handle", named, type)
    case .handle(let kind):
      let attachment = kind == .platform ? ".file" : type.isFrozen ? ".frozenRegion" : ".region"
      return reading("attachment", named + [attachment], type)
    case .pending(let kind, let index):
      let interface = program.interfaces[index].declared.swiftName
      return reading(kind.coder, named + ["\(interface).self"], type)
    case .array: return decodeArray(type, named, field)
    case .map(let key, let value): return decodeMap(type, key, value, named, field)
    case .unknown: return reading("nothing", named)
    }
  }

  private func reading(
    _ function: String, _ arguments: [String], _ type: TypeModel? = nil
  ) -> CallExpression {
    let name = type?.isNullable == true ? "optional" + function.capitalisedFirst : function
    return CallExpression(function: "try message.\(name)", arguments: arguments)
  }

  private func limits(_ type: TypeModel) -> [String] {
    if case .array(_, let count?) = type.kind { return ["count: \(types.grouped(Int128(count)))"] }
    return type.maxLength.map { ["max: \(types.grouped(Int128($0)))"] } ?? []
  }

  private func decodeArray(
    _ type: TypeModel, _ named: [String], _ field: String
  ) -> CallExpression {
    guard case .array(let element, _) = type.kind else { return reading("nothing", named) }
    if type.isView {
      let elementType = element.isByte ? [] : ["\(types.plainName(element)).self"]
      let function = element.isByte ? "bytesView" : "numbersView"
      return reading(function, named + elementType + limits(type), type)
    }
    if type.isInPlace { return reading("untrustedBytes", named + limits(type), type) }
    if let form = ArrayForm(element) {
      let elementType = form.needsType ? ["\(types.plainName(element)).self"] : []
      return reading(form.name, named + elementType + limits(type), type)
    }
    var call = reading(
      "array", named + ["stride: \(element.inlineSize.size)"] + limits(type), type)
    call.closures = [
      CallExpression.Closure(
        label: nil, head: "(message, element) throws(Malformed) in",
        body: decode(element, CodePlace(view: "element", offset: 0), field))
    ]
    return call
  }

  /// A map is a struct of two arrays, its keys at 8 and its values at 16.
  private func decodeMap(
    _ type: TypeModel, _ key: TypeModel, _ value: TypeModel, _ named: [String], _ field: String
  ) -> CallExpression {
    var call = reading("map", named, type)
    let (keys, values) = type.mapArrays(key, value)
    call.closures = [("keys", keys, 8), ("values", values, 16)].map { label, array, offset in
      CallExpression.Closure(
        label: label, head: "(message, map) throws(Malformed) in",
        body: decode(array, CodePlace(view: "map", offset: offset), field))
    }
    return call
  }

  // MARK: Writing

  func encode(_ type: TypeModel, _ place: CodePlace, _ value: String) -> CallExpression {
    let start = [place.view, "\(place.offset)"]
    func writing(_ function: String) -> CallExpression {
      CallExpression(function: "message.\(function)", arguments: start + [value])
    }
    switch type.kind {
    case .bool:
      return CallExpression(
        function: "message.bool", arguments: start + ["bit: \(place.bit)", value])
    case .number(let kind): return writing(kind.rawValue)
    case .enumeration: return writing("enumeration")
    case .string: return writing(type.isView ? "textView" : "string")
    case .structure: return writing("structure")
    case .union: return writing(place.isInUnion ? "unionObject" : "union")
    case .handle(.messagePipe): return writing("messagePipe")
    case .handle(.dataPipeConsumer): return writing("dataPipeConsumer")
    case .handle(.dataPipeProducer): return writing("dataPipeProducer")
    case .handle: return writing("handle")
    case .pending(let kind, _): return writing(kind.coder)
    case .array(let element, _):
      if type.isView { return writing(element.isByte ? "bytesView" : "numbersView") }
      if type.isInPlace { return writing("untrustedBytes") }
      return encodeArray(element, writing("array"))
    case .map(let key, let mapped): return encodeMap(type, key, mapped, writing("map"))
    case .unknown: return writing("nothing")
    }
  }

  private func encodeArray(_ element: TypeModel, _ call: CallExpression) -> CallExpression {
    var call = call
    if let form = ArrayForm(element) {
      call.function = "message.\(form.name)"
      return call
    }
    call.arguments.append("stride: \(element.inlineSize.size)")
    call.closures = [
      CallExpression.Closure(
        label: nil, head: "message, element, value in",
        body: encode(element, CodePlace(view: "element", offset: 0), "value"))
    ]
    return call
  }

  private func encodeMap(
    _ type: TypeModel, _ key: TypeModel, _ value: TypeModel, _ call: CallExpression
  ) -> CallExpression {
    var call = call
    let (keys, values) = type.mapArrays(key, value)
    call.closures = [("keys", keys, 8), ("values", values, 16)].map { label, array, offset in
      CallExpression.Closure(
        label: label, head: "message, map, \(label) in",
        body: encode(array, CodePlace(view: "map", offset: offset), label))
    }
    return call
  }
}

/// Arrays whose elements have a coder of their own; all others are read element by element.
private struct ArrayForm {
  let name: String
  let needsType: Bool

  init?(_ element: TypeModel) {
    let prefix = element.isNullable ? "nullable" : ""
    switch element.kind {
    case .number where element.range != nil: return nil
    case .number(.uint8) where !element.isNullable: (name, needsType) = ("bytes", false)
    case .number: (name, needsType) = (Self.joined(prefix, "numbers"), true)
    case .bool: (name, needsType) = (Self.joined(prefix, "bools"), false)
    case .enumeration: (name, needsType) = (Self.joined(prefix, "enumerations"), true)
    case .structure where !element.isNullable: (name, needsType) = ("structures", true)
    default: return nil
    }
  }

  private static func joined(_ prefix: String, _ name: String) -> String {
    prefix.isEmpty ? name : prefix + name.capitalisedFirst
  }
}

extension TypeModel {
  var isByte: Bool { kind == .number(.uint8) }

  /// The two arrays that a map is made of; its limit is that of both.
  func mapArrays(_ key: TypeModel, _ value: TypeModel) -> (keys: TypeModel, values: TypeModel) {
    var keys = TypeModel(kind: .array(key, count: nil))
    var values = TypeModel(kind: .array(value, count: nil))
    keys.maxLength = maxLength
    values.maxLength = maxLength
    return (keys, values)
  }
}

extension String {
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
