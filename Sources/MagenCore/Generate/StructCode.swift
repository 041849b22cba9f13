/// Writes a struct: a declared one, or the parameters of a method.
struct StructCode {
  let program: Program
  /// As it is named where it is written.
  let name: String
  let fields: [FieldModel]
  let layout: Layout
  let isHashable: Bool
  /// Nullable fields that hold the struct's own type, by way of others perhaps.
  let isRecursive: Bool
  private let coding: FieldCoding
  private var types: SwiftTypes { coding.types }

  init(
    program: Program, name: String, fields: [FieldModel], isHashable: Bool,
    isRecursive: Bool = false
  ) {
    self.program = program
    self.name = name
    self.fields = fields
    self.isHashable = isHashable
    self.isRecursive = isRecursive
    layout = Layout(fields)
    coding = FieldCoding(program: program)
  }

  func write(
    _ writer: inout CodeWriter, documentation: [String],
    nested: (inout CodeWriter) -> Void = { _ in }
  ) {
    writer.documentation(documentation)
    let conformances = isHashable ? "WireStruct, Hashable" : "WireStruct"
    writer.block("public struct \(name): \(conformances)") { writer in
      sizes(&writer)
      nested(&writer)
      properties(&writer)
      initializer(&writer)
      decoding(&writer)
      encoding(&writer)
    }
  }

  private func sizes(_ writer: inout CodeWriter) {
    // Inlinable, like the reading and writing: who decodes in another module would else call through tables for each field.
    writer.line("@inlinable public static var wireSize: Int { \(layout.size) }")
    guard layout.versions.count > 1 else { return }
    writer.line("public static let wireVersions = [")
    writer.indent { writer in
      for version in layout.versions {
        writer.line("WireVersion(\(version.number), size: \(version.size)),")
      }
    }
    writer.line("]")
  }

  // MARK: Properties

  private func isBoxed(_ field: FieldModel) -> Bool {
    guard isRecursive, field.type.isNullable, case .structure(let index) = field.type.kind else {
      return false
    }
    return program.structures[index].isRecursive
  }

  private func storage(_ field: FieldModel) -> String {
    field.swiftName.filter { $0 != "`" } + "Storage"
  }

  private func properties(_ writer: inout CodeWriter) {
    if !fields.isEmpty { writer.line() }
    for field in fields {
      writer.documentation(field.documentation + FieldNotes(field, program).lines)
      let type = types.name(field.type)
      if isBoxed(field) {
        writer.block("public var \(field.swiftName): \(type)") { writer in
          writer.line("get { \(storage(field)).first }")
          writer.line("set { \(storage(field)) = newValue.map { [$0] } ?? [] }")
        }
        writer.line("// A value cannot hold one of its own type; an array of at most one can.")
        writer.line("@usableFromInline var \(storage(field)): [\(types.plainName(field.type))]")
      } else {
        writer.line("public var \(field.swiftName): \(type)")
      }
    }
  }

  private func initializer(_ writer: inout CodeWriter) {
    writer.line()
    if isReadFirst { writer.line("@inlinable") }
    guard !fields.isEmpty else { return writer.line("public init() {}") }
    let parameters = fields.map { field in
      let initial = types.initial(field).map { " = \($0)" } ?? ""
      return "\(field.swiftName): \(types.name(field.type))\(initial)"
    }
    let assignments = fields.map { field in
      isBoxed(field)
        ? "\(storage(field)) = \(field.swiftName).map { [$0] } ?? []"
        : "self.\(field.swiftName) = \(field.swiftName)"
    }
    let short =
      "public init(\(parameters.joined(separator: ", "))) { \(assignments.joined(separator: "")) }"
    if fields.count == 1, writer.fits(short) { return writer.line(short) }
    writer.list("public init(", parameters, ") {", isDeclaration: true)
    writer.indent { writer in
      for assignment in assignments { writer.line(assignment) }
    }
    writer.line("}")
  }

  /// With `self.` where a parameter has the same name.
  private func reference(_ field: FieldModel) -> String {
    ["message", "fields"].contains(field.swiftName) ? "self.\(field.swiftName)" : field.swiftName
  }

  // MARK: Reading

  private func decoding(_ writer: inout CodeWriter) {
    writer.line()
    let canThrow = fields.contains { !isPlain($0) }
    let head = "public init(decoding message: inout MessageDecoder, at fields: StructView)"
    writer.line("@inlinable")
    guard !fields.isEmpty else { return writer.line("\(head) {}") }
    writer.block(canThrow ? "\(head) throws(Malformed)" : head) { writer in
      for (field, place) in zip(fields, layout.places) { decode(field, place, &writer) }
      guard isReadFirst else { return }
      // Whole at once: a struct that is filled one by one is copied when it is done.
      let arguments = fields.map { "\(label($0)): \(local($0))" }
      writer.list("self.init(", arguments, ")")
    }
  }

  /// Whether the fields are read before the struct is made.
  private var isReadFirst: Bool { !fields.contains(where: isBoxed) && !fields.allSatisfy(isPlain) }

  /// What a field is called while it is read: not as a parameter is.
  private func local(_ field: FieldModel) -> String {
    ["message", "fields"].contains(field.swiftName) ? field.swiftName + "Value" : field.swiftName
  }

  /// Before an argument few words mean anything but a name.
  private func label(_ field: FieldModel) -> String {
    let name = field.swiftName.filter { $0 != "`" }
    return ["inout", "let", "var"].contains(name) ? "`\(name)`" : name
  }

  /// Whether reading the field cannot fail.
  private func isPlain(_ field: FieldModel) -> Bool {
    switch field.type.kind {
    case .bool: true
    case .number: field.type.range == nil
    default: false
    }
  }

  private func decode(_ field: FieldModel, _ place: Layout.Place, _ writer: inout CodeWriter) {
    let code = CodePlace(view: "fields", offset: place.value.offset, bit: place.value.bit)
    let call = coding.decode(field.type, code, field.name)
    let name = isReadFirst ? local(field) : isBoxed(field) ? storage(field) : reference(field)
    let target = isReadFirst ? "let \(name)" : name
    let suffix = isBoxed(field) ? ".map { [$0] } ?? []" : ""
    var conditions: [String] = []
    if field.minVersion > 0 { conditions.append("fields.version >= \(field.minVersion)") }
    if let flag = place.flag {
      conditions.append("message.bool(fields, \(flag.offset), bit: \(flag.bit))")
    }
    guard !conditions.isEmpty else { return writer.call("\(target) = ", call, suffix) }
    let condition = conditions.joined(separator: ", ")
    let absent = isBoxed(field) ? "[]" : place.flag != nil ? "nil" : types.absent(field.type)
    // A throwing call says `try` once, in front of all of it.
    let isThrowing = call.function.hasPrefix("try ")
    let plain = isThrowing ? String(call.flat.dropFirst(4)) : call.flat
    let short =
      "\(target)\(isReadFirst ? ": \(types.name(field.type))" : "") = \(isThrowing ? "try " : "")\(condition) ? \(plain) : \(absent)"
    if call.closures.isEmpty, suffix.isEmpty, conditions.count == 1, writer.fits(short) {
      return writer.line(short)
    }
    if isReadFirst { writer.line("\(target): \(types.name(field.type))") }
    writer.line("if \(condition) {")
    writer.indent { $0.call("\(name) = ", call, suffix) }
    writer.line("} else {")
    writer.indent { $0.line("\(name) = \(absent)") }
    writer.line("}")
  }

  // MARK: Writing

  private func encoding(_ writer: inout CodeWriter) {
    writer.line()
    let head = "public func encode(into message: inout MessageEncoder, at fields: StructView)"
    writer.line("@inlinable")
    guard !fields.isEmpty else { return writer.line("\(head) {}") }
    writer.block(head) { writer in
      for (field, place) in zip(fields, layout.places) { encode(field, place, &writer) }
    }
  }

  private func encode(_ field: FieldModel, _ place: Layout.Place, _ writer: inout CodeWriter) {
    let code = CodePlace(view: "fields", offset: place.value.offset, bit: place.value.bit)
    guard let flag = place.flag else {
      return writer.call("", coding.encode(field.type, code, reference(field)))
    }
    let name = field.swiftName
    let binding = reference(field) == name ? name : "value = self.\(name)"
    let value = reference(field) == name ? name : "value"
    writer.block("if let \(binding)") { writer in
      writer.line("message.bool(fields, \(flag.offset), bit: \(flag.bit), true)")
      writer.call("", coding.encode(field.type, code, value))
    }
  }
}

/// What documentation of a field says without its author's help.
struct FieldNotes {
  let lines: [String]

  init(_ field: FieldModel, _ program: Program) {
    let types = SwiftTypes(program: program)
    var notes: [String] = []
    switch field.type.kind {
    case .string:
      if let length = field.type.maxLength {
        notes.append("At most \(types.grouped(Int128(length))) bytes of UTF-8.")
      }
    case .array(_, let count?): notes.append("Exactly \(types.grouped(Int128(count))) elements.")
    case .array, .map:
      if let length = field.type.maxLength {
        notes.append("At most \(types.grouped(Int128(length))) elements.")
      }
    default: break
    }
    switch field.type.range {
    case .integers(let low, let high):
      notes.append("From \(types.grouped(low)) to \(types.grouped(high)).")
    case .doubles(let low, let high): notes.append("From \(low) to \(high).")
    case nil: break
    }
    if field.minVersion > 0 { notes.append("Since version \(field.minVersion).") }
    lines = notes
  }
}
