/// Writes what a reviewer of an interface reads: who may call what, with which limits, and where each byte lies.
package struct Describer {
  private let program: Program
  private var text = ""

  package static func describe(_ program: Program, file: Int) -> String {
    var describer = Describer(program: program)
    for symbol in program.topLevel[file] { describer.describe(symbol) }
    return describer.text
  }

  private init(program: Program) { self.program = program }

  private mutating func line(_ line: String = "") { text += line + "\n" }

  private mutating func describe(_ symbol: Symbol) {
    if !text.isEmpty { line() }
    switch symbol {
    case .interface(let index): describe(program.interfaces[index])
    case .structure(let index):
      let model = program.structures[index]
      line("struct \(model.declared.fullName)\(model.isRecursive ? " (may hold itself)" : "")")
      note(model.declared.documentation)
      table(model.fields, "  ")
    case .union(let index):
      let model = program.unions[index]
      line("union \(model.declared.fullName)\(model.isExtensible ? " (extensible)" : "")")
      note(model.declared.documentation)
      for field in model.fields {
        line("  tag \(field.ordinal)  \(field.name): \(program.describe(field.type))")
      }
    case .enumeration(let index):
      let model = program.enumerations[index]
      line("enum \(model.declared.fullName)\(model.isExtensible ? " (extensible)" : "")")
      for member in model.members {
        line("  \(member.value)  \(member.name)\(member.isDefault ? " (what is not known)" : "")")
      }
    case .constant(let index):
      let model = program.constants[index]
      line(
        "const \(model.declared.fullName) = \(SwiftTypes(program: program).literal(model.value))")
    }
    for nested in program.declared(symbol).nested { describe(nested) }
  }

  private mutating func note(_ documentation: [String]) {
    for text in documentation { line(text.isEmpty ? "" : "  # \(text)") }
  }

  private mutating func describe(_ interface: InterfaceModel) {
    line("interface \(interface.declared.fullName)")
    note(interface.declared.documentation)
    line("  called by: \(interface.from?.rawValue ?? "either side")")
    line("  sandbox of the implementation: \(interface.sandbox ?? "not named")")
    if interface.version > 0 { line("  version: \(interface.version)") }
    for method in interface.methods {
      line()
      line("  @\(method.ordinal) \(method.name)")
      for text in method.documentation where !text.isEmpty { line("    # \(text)") }
      let caller = method.from?.rawValue ?? "either side"
      line("    called by: \(caller)\(rate(method))\(retries(method))")
      line("    parameters: \(Layout(method.parameters).size) bytes and what they point to")
      table(method.parameters, "      ")
      reply(method)
    }
  }

  private func rate(_ method: MethodModel) -> String {
    method.rate.map { ", at most \($0) times a second" } ?? ", as often as it likes"
  }

  private func retries(_ method: MethodModel) -> String {
    method.isIdempotent ? ", again when a worker ends over it" : ""
  }

  private mutating func reply(_ method: MethodModel) {
    switch method.reply {
    case nil: line("    reply: none")
    case .parameters(let list):
      line("    reply: \(Layout(list).size) bytes and what they point to")
      table(list, "      ")
    case .result(let success, let failure):
      line("    reply: 24 bytes and what they point to")
      line("      @8 union, tag 0 success: \(program.describe(success.type))")
      line("      @8 union, tag 1 failure: \(program.describe(failure.type))")
    }
  }

  private mutating func table(_ fields: [FieldModel], _ indentation: String) {
    let layout = Layout(fields)
    for (field, place) in zip(fields, layout.places) {
      var entry = "\(indentation)@\(place.value.offset)"
      if place.value.isBit { entry += " bit \(place.value.bit)" }
      entry += "  \(field.name): \(program.describe(field.type))"
      if let flag = place.flag { entry += ", null by @\(flag.offset) bit \(flag.bit)" }
      if field.minVersion > 0 { entry += ", from version \(field.minVersion)" }
      if isUnbounded(field.type) { entry += ", NO LIMIT but the message's own" }
      line(entry)
    }
    guard layout.versions.count > 1 else { return }
    let versions = layout.versions.map { "\($0.number) has \($0.size) bytes" }
    line("\(indentation)versions: \(versions.joined(separator: ", "))")
  }

  private func isUnbounded(_ type: TypeModel) -> Bool {
    switch type.kind {
    case .string, .array(_, count: nil), .map:
      if type.maxLength == nil { return true }
    default: break
    }
    switch type.kind {
    case .array(let element, _): return isUnbounded(element)
    case .map(let key, let value): return isUnbounded(key) || isUnbounded(value)
    default: return false
    }
  }
}
