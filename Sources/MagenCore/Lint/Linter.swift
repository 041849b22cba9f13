/// Applies the rules to an interface file. `[Allow="17 because …"]` grants an exception to what it stands in front of, and to all in it; one
/// that nothing needs is a finding itself.
package struct Linter {
  let program: Program
  private(set) var findings: [Finding] = []
  private var used: Set<Int> = []

  package static func lint(_ program: Program, file: Int) -> [Finding] {
    var linter = Linter(program: program)
    for symbol in program.topLevel[file] { linter.lint(symbol, LintContext()) }
    linter.reportUnused(in: file)
    return linter.findings.sorted {
      ($0.span.start, $0.rule) < ($1.span.start, $1.rule)
    }
  }

  private init(program: Program) { self.program = program }

  mutating func find(
    _ rule: Int, _ message: String, at span: Span, _ context: LintContext, hint: String? = nil
  ) {
    if let allowance = context.allowances.last(where: { $0.rule == rule }) {
      used.insert(allowance.span.start)
      return
    }
    findings.append(Finding(rule: rule, span: span, message: message, hint: hint))
  }

  private mutating func reportUnused(in file: Int) {
    for allowance in program.allowances(in: file) where !used.contains(allowance.span.start) {
      findings.append(
        Finding(
          rule: allowance.rule, span: allowance.span,
          message: "the exception is not needed: nothing here breaks rule \(allowance.rule)",
          hint: "take it away"))
    }
  }

  private mutating func lint(_ symbol: Symbol, _ outer: LintContext) {
    let declared = program.declared(symbol)
    let context = outer.within(declared.allowances)
    switch symbol {
    case .interface(let index): lint(program.interfaces[index], context)
    case .structure(let index):
      let model = program.structures[index]
      checkDocumentation(declared, "struct", context)
      checkNames(of: declared, context)
      lint(model.fields, context)
      checkVersions(model.fields, context)
    case .union(let index): lint(program.unions[index].fields, context, isUnion: true)
    case .enumeration(let index): lint(program.enumerations[index], context)
    case .constant: break
    }
    for nested in declared.nested { lint(nested, context) }
  }

  // MARK: Interfaces

  private mutating func lint(_ interface: InterfaceModel, _ context: LintContext) {
    var context = context
    context.interface = interface
    let declared = interface.declared
    checkDocumentation(declared, "interface", context)
    if interface.from == nil, interface.methods.contains(where: { $0.from == nil }) {
      find(
        42, "nothing says who may call '\(declared.name)'", at: declared.span, context,
        hint: "write [From=host] or [From=worker] in front of it")
    }
    if interface.methods.contains(where: { $0.from == .host }), interface.sandbox == nil {
      find(
        43, "a worker implements '\(declared.name)', and its sandbox is not named",
        at: declared.span, context, hint: "write [Sandbox=\"name-of-the-policy\"]")
    }
    let names = interface.methods.map { Words($0.name) }
    let setters = names.filter { $0.first == "set" }.count
    let starts = names.filter {
      $0.starts(with: ["go", "start", "run", "commit", "begin", "execute"])
    }
    if setters >= 2, !starts.isEmpty {
      find(
        18, "set, set and go: what is set must be remembered in between", at: declared.span,
        context,
        hint: "pass all of it with the call that needs it")
    }
    let given = interface.givenIDs
    for method in interface.methods { lint(method, given, context) }
  }

  private mutating func lint(
    _ method: MethodModel, _ given: Set<String>, _ outer: LintContext
  ) {
    var context = outer.within(method.allowances)
    context.method = method
    context.isFromWorker = method.from != .host
    let words = Words(method.name)
    if method.documentation.isEmpty {
      find(23, "'\(method.name)' is not documented", at: method.span, context)
    }
    if context.isFromWorker,
      words.starts(with: ["crash", "terminate", "abort", "kill", "exit", "shutdown", "panic"])
    {
      find(10, "a worker can call '\(method.name)', which ends something", at: method.span, context)
    }
    if words.contains(["unused", "deprecated", "stub", "dummy", "unimplemented", "placeholder"]) {
      find(22, "'\(method.name)' looks unused", at: method.span, context, hint: "remove it")
    }
    if method.isSync {
      find(36, "'\(method.name)' blocks its caller", at: method.span, context)
    }
    if context.isFromWorker, method.reply == nil, method.rate == nil {
      find(
        35, "a worker can send '\(method.name)' as often as it likes", at: method.span, context,
        hint: "write [Rate=100]: messages in a second")
    }
    lint(method.parameters, context)
    checkVersions(method.parameters, context)
    checkReply(method, given, context)
  }

  private mutating func checkReply(
    _ method: MethodModel, _ given: Set<String>, _ context: LintContext
  ) {
    var replyContext = context
    replyContext.isFromWorker = method.from != .worker
    switch method.reply {
    case .parameters(let list):
      lint(list, replyContext)
      checkVersions(list, replyContext)
    case .result(let success, let failure): lint([success, failure], replyContext, isUnion: true)
    case nil: break
    }
    guard context.isFromWorker else { return }
    for field in method.parameters where field.isID && given.contains(field.name) {
      find(
        27, "'\(field.name)' is given out by a reply and believed when it comes back",
        at: field.span, context.within(field.allowances),
        hint: "send a pipe for the object: pending_remote<…>")
    }
  }

  // MARK: Enums, documentation, versions

  private mutating func lint(_ enumeration: EnumerationModel, _ context: LintContext) {
    for member in enumeration.members {
      let words = Words(member.name)
      let counts =
        words.last.map { ["count", "max", "last", "size", "end"].contains($0) } ?? false
        || words.starts(with: ["num"])
      if counts, words.count <= 2 || member.name == enumeration.members.last?.name {
        find(
          21, "'\(member.name)' counts or ends the enum", at: member.span, context,
          hint: "Swift knows allCases; a count on the wire is a value nobody means")
      }
    }
  }

  private mutating func checkDocumentation(
    _ declared: Declared, _ what: String, _ context: LintContext
  ) {
    guard declared.documentation.isEmpty else { return }
    find(
      23, "the \(what) '\(declared.name)' is not documented", at: declared.span, context,
      hint: "say what it is, who sends it and what it may be trusted for")
  }

  private mutating func checkNames(of declared: Declared, _ context: LintContext) {
    guard Words(declared.name).contains(["origin", "principal", "credentials", "identity"]) else {
      return
    }
    find(
      6, "'\(declared.name)' claims an identity", at: declared.span, context,
      hint:
        "bind it to the pipe when that is made; if it must travel, compare it with the receiver's own record"
    )
  }

  private mutating func checkVersions(_ fields: [FieldModel], _ context: LintContext) {
    // The compiler sees to the nulls; which field is which must not hang on their order.
    guard let field = fields.first(where: { $0.minVersion > 0 }), !field.hasOrdinal else { return }
    find(
      49, "'\(field.name)' came later, and the fields are not numbered", at: field.span,
      context.within(field.allowances),
      hint: "write @\(field.ordinal) behind it, and number the others")
  }
}

extension InterfaceModel {
  /// The ids that its replies give out.
  fileprivate var givenIDs: Set<String> {
    var ids: Set<String> = []
    for method in methods {
      guard case .parameters(let list) = method.reply else { continue }
      for field in list where field.isID { ids.insert(field.name) }
    }
    return ids
  }
}

extension Program {
  /// Every exception that a file grants.
  func allowances(in file: Int) -> [Allowance] {
    var list: [Allowance] = []
    for symbol in topLevel[file] { collect(symbol, &list) }
    return list
  }

  private func collect(_ symbol: Symbol, _ list: inout [Allowance]) {
    let declared = declared(symbol)
    list += declared.allowances
    switch symbol {
    case .interface(let index):
      for method in interfaces[index].methods {
        list += method.allowances + method.parameters.flatMap(\.allowances)
        if case .parameters(let reply) = method.reply { list += reply.flatMap(\.allowances) }
      }
    case .structure(let index): list += structures[index].fields.flatMap(\.allowances)
    case .union(let index): list += unions[index].fields.flatMap(\.allowances)
    case .enumeration, .constant: break
    }
    for nested in declared.nested { collect(nested, &list) }
  }
}
