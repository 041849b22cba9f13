/// How much is made of an interface file.
package enum Bindings: Sendable {
  /// Everything: values, protocols, proxies, tables of handlers.
  case whole
  /// The values and what messages are checked by, for a module that stands on `MageWire` alone and names the types of handles itself.
  case messages

  var runtime: String {
    switch self {
    case .whole: "Mage"
    case .messages: "MageWire"
    }
  }
}

/// Writes the Swift of one interface file.
package struct Generator {
  private let program: Program
  private let values: PlainValues
  private let capabilities: Capabilities
  private let bindings: Bindings

  package init(
    _ program: Program, capabilities: Capabilities? = nil, bindings: Bindings = .whole
  ) {
    self.program = program
    self.capabilities = capabilities ?? (bindings == .whole ? .current : .all)
    self.bindings = bindings
    values = PlainValues(program)
  }

  /// What the file uses that cannot be generated.
  package func refusals(for file: Int) -> Diagnostics {
    program.unsupported(in: file, by: capabilities)
  }

  /// The Swift of a file for which there are no ``refusals(for:)``.
  package func generate(_ file: Int) -> String {
    var writer = CodeWriter()
    let source = program.files[file].path.split(separator: "/").last.map(String.init) ?? ""
    writer.line("// Made by magen from \(Documentation.lines("//" + source).joined()).")
    writer.line("// Changes belong there: here they are lost.")
    let modules = Set(program.imports[file].compactMap(\.swiftModule)).sorted()
    let imports = (needsRuntime(program.topLevel[file]) ? [bindings.runtime] : []) + modules
    if !imports.isEmpty { writer.line() }
    for module in imports { writer.line("public import \(module)") }
    for symbol in program.topLevel[file] {
      writer.line()
      write(symbol, &writer)
    }
    for symbol in program.topLevel[file] { errorConformances(symbol, &writer) }
    return writer.text
  }

  /// Enums and constants alone need nothing but Swift, which warns of an import that is not used.
  private func needsRuntime(_ symbols: [Symbol]) -> Bool {
    symbols.contains { symbol in
      switch symbol {
      case .interface, .structure, .union: true
      case .enumeration, .constant: false
      }
    }
  }

  private func write(_ symbol: Symbol, _ writer: inout CodeWriter) {
    switch symbol {
    case .interface(let index):
      let code = InterfaceCode(
        program: program, interface: program.interfaces[index], values: values,
        bindings: bindings, isPassedOn: capabilities.movingEndpoints)
      code.write(&writer) { writer in
        nested(program.interfaces[index].declared, &writer)
      }
    case .structure(let index):
      let model = program.structures[index]
      let code = StructCode(
        program: program, name: model.declared.swiftLeaf, fields: model.fields,
        isHashable: values.isPlain(structure: index), isRecursive: model.isRecursive)
      code.write(&writer, documentation: model.declared.documentation) { writer in
        nested(model.declared, &writer)
      }
    case .union(let index):
      UnionCode(
        program: program, union: program.unions[index], isHashable: values.isPlain(union: index)
      ).write(&writer)
    case .enumeration(let index):
      EnumerationCode(enumeration: program.enumerations[index]).write(&writer)
    case .constant(let index): constant(program.constants[index], &writer)
    }
  }

  private func nested(_ declared: Declared, _ writer: inout CodeWriter) {
    for symbol in declared.nested {
      writer.line()
      write(symbol, &writer)
    }
  }

  private func constant(_ constant: ConstantModel, _ writer: inout CodeWriter) {
    let types = SwiftTypes(program: program)
    writer.documentation(constant.declared.documentation)
    let isStatic = constant.declared.isNested ? "static " : ""
    writer.line(
      "public \(isStatic)let \(constant.declared.swiftLeaf): \(types.name(constant.type)) = "
        + types.literal(constant.value))
  }

  /// Types of declared errors are Swift's errors, so that they fit a `Result`.
  private func errorConformances(_ symbol: Symbol, _ writer: inout CodeWriter) {
    let declared = program.declared(symbol)
    if declared.isError {
      writer.line()
      writer.line("extension \(declared.swiftName): Error {}")
    }
    for symbol in declared.nested { errorConformances(symbol, &writer) }
  }
}
