extension Checker {
  private static let mostMethods = 10_000
  /// The highest ordinals are control messages.
  private static let lastOrdinal: UInt32 = 0xFFFF_FFFD

  mutating func resolveInterface(_ index: Int) {
    guard !diagnostics.isFull else { return }
    let interface = program.interfaces[index]
    let syntax = interfaceSyntax[index]
    guard syntax.count <= Self.mostMethods else {
      return report(
        "the interface has more than \(Self.mostMethods) methods", at: interface.declared.span)
    }
    var names: Set<String> = []
    var ordinals: [UInt32: String] = [:]
    var next: UInt32 = 0
    for method in syntax {
      let name = method.name
      if !names.insert(name.text).inserted {
        report(
          "'\(name.text)' is declared twice", at: name.span, hint: "methods are not overloaded")
      }
      let ordinal = method.ordinal?.value ?? next
      let span = method.ordinal?.span ?? name.span
      guard ordinal <= Self.lastOrdinal else {
        report("the ordinals from 0xFFFFFFFE are control messages", at: span)
        return
      }
      if let other = ordinals.updateValue(name.text, forKey: ordinal) {
        report("the ordinal \(ordinal) is that of '\(other)' already", at: span)
      }
      next = ordinal + 1
      program.interfaces[index].methods.append(self.method(method, ordinal, index))
    }
    let attributes = attributes[.interface(index)] ?? []
    let methods = program.interfaces[index].methods
    program.interfaces[index].version =
      ([minVersion(attributes)] + methods.map(\.minVersion)).max() ?? 0
  }

  private mutating func method(
    _ syntax: MethodSyntax, _ ordinal: UInt32, _ index: Int
  ) -> MethodModel {
    let declared = program.interfaces[index].declared
    let attributes = checkAttributes(syntax.attributes, on: .method, file: declared.file)
    let outer = self.attributes[.interface(index)] ?? []
    var model = MethodModel(
      name: syntax.name.text, swiftName: SwiftNames.member(syntax.name.text), ordinal: ordinal,
      parameters: fields(syntax.parameters, .parameter, of: "method", declared),
      span: syntax.name.span)
    model.reply = syntax.reply.map { reply($0, syntax, declared) }
    model.from = side(attributes) ?? program.interfaces[index].from
    model.rate = rate(attributes) ?? rate(outer)
    model.isSync = attributes.contains { $0.name.text == "Sync" }
    model.isIdempotent = attributes.contains { $0.name.text == "Idempotent" }
    model.minVersion = minVersion(attributes)
    model.documentation = documentation(syntax.documentation)
    model.allowances = allowances(attributes)
    checkSides(model, interface: program.interfaces[index])
    checkSync(model, isMojom: program.files[declared.file].isMojom)
    return model
  }

  private func rate(_ attributes: [Attribute]) -> Int? {
    guard case .integer(let rate) = attributes.first(where: { $0.name.text == "Rate" })?.value?.kind
    else { return nil }
    return Int(clamping: rate)
  }

  private mutating func reply(
    _ syntax: MethodSyntax.Reply, _ method: MethodSyntax, _ declared: Declared
  ) -> MethodModel.Reply {
    switch syntax {
    case .parameters(let list):
      return .parameters(fields(list, .parameter, of: "reply", declared))
    case .result(let success, let failure):
      let types = [success, failure].map {
        resolve($0, [], in: declared.fullName, file: declared.file)
      }
      checkResult(types[0], success.span, canBeAnything: true)
      checkResult(types[1], failure.span, canBeAnything: false)
      markError(types[1], failure.span, file: declared.file)
      return .result(
        success: FieldModel(
          name: "success", swiftName: "success", type: types[0], ordinal: 0, span: success.span),
        failure: FieldModel(
          name: "failure", swiftName: "failure", type: types[1], ordinal: 1, span: failure.span))
    }
  }

  private mutating func checkResult(_ type: TypeModel, _ span: Span, canBeAnything: Bool) {
    switch type.kind {
    case .unknown: return
    case .bool, .number, .enumeration:
      if type.isNullable {
        report("numbers, bools and enums in a result cannot be null", at: span)
      }
    default: break
    }
    guard !canBeAnything else { return }
    if type.isNullable { report("the error of a result cannot be null", at: span) }
    switch type.kind {
    case .structure, .union, .enumeration: break
    default:
      report(
        "the error of a result is a struct, a union or an enum", at: span,
        hint: "an enum that names what can go wrong tells callers most")
    }
  }

  /// A type that is an error somewhere is one in its own bindings, which are made without looking at those who import it.
  private mutating func markError(_ type: TypeModel, _ span: Span, file: Int) {
    func isMarked(_ declared: inout Declared) -> Bool {
      if declared.file == file { declared.isError = true }
      return declared.isError
    }
    let isMarked =
      switch type.kind {
      case .structure(let index): isMarked(&program.structures[index].declared)
      case .union(let index): isMarked(&program.unions[index].declared)
      case .enumeration(let index): isMarked(&program.enumerations[index].declared)
      default: true
      }
    guard !isMarked else { return }
    report(
      "\(program.describe(type)) is not declared as an error", at: span,
      hint: "write [Error] in front of it, in the file that declares it")
  }

  private mutating func checkSides(_ method: MethodModel, interface: InterfaceModel) {
    guard let outer = interface.from, method.from != outer else { return }
    report(
      "the interface is called by the \(outer.rawValue) alone", at: method.span,
      hint: "take [From] off the interface, or off the method")
  }

  private mutating func checkSync(_ method: MethodModel, isMojom: Bool) {
    guard method.isSync else { return }
    if method.reply == nil {
      report("a method without a reply cannot be synchronous", at: method.span)
    } else if method.from != .worker, !isMojom {
      report(
        "only a worker may wait for its host", at: method.span,
        hint: "write [From=worker, Sync]: a host that waits for a worker can be stopped by it")
    }
  }
}
