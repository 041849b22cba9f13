/// Writes an interface: its methods, the protocol that implementations conform to, the proxy that calls them elsewhere, and the table that
/// leads messages to an implementation.
struct InterfaceCode {
  let program: Program
  let interface: InterfaceModel
  let values: PlainValues
  let bindings: Bindings
  /// Whether messages of the interface may be passed on, by a host between two workers.
  let isPassedOn: Bool
  private var types: SwiftTypes { SwiftTypes(program: program) }
  var name: String { interface.declared.swiftLeaf }

  func write(_ writer: inout CodeWriter, nested: (inout CodeWriter) -> Void) {
    writer.documentation(interface.declared.documentation)
    let kind = bindings == .whole ? "Interface" : "WireInterface"
    writer.block("public enum \(name): \(kind)") { writer in
      writer.line(
        "public static let name = \(StringLiteral.swift(interface.declared.fullName))")
      if bindings == .whole, let sandbox = interface.sandbox {
        writer.line("/// The weakest policy under which an implementation may run.")
        writer.line("public static let sandbox: String? = \(StringLiteral.swift(sandbox))")
      }
      if bindings == .whole, let from = interface.from {
        writer.line("/// The only side that calls.")
        writer.line("public static let from: CallingSide? = .\(from.rawValue)")
      }
      if bindings == .whole, interface.version > 0 {
        writer.line("public static let version: UInt32 = \(interface.version)")
      }
      nested(&writer)
      switch bindings {
      case .whole:
        methods(&writer)
        if isPassedOn { rules(&writer) }
      case .messages: shapes(&writer)
      }
    }
    let qualified = interface.declared.swiftName
    if bindings == .whole {
      writer.line()
      writer.line("// MARK: - \(qualified): implementing and calling")
      writer.line()
      writer.block("extension \(qualified)") { writer in
        service(&writer)
        writer.line()
        handlers(&writer)
        writer.line()
        proxy(&writer)
      }
    }
    let messages = MessageCode(program: program, interface: interface, values: values)
    guard interface.methods.contains(where: messages.hasMessages) else { return }
    writer.line()
    writer.line("// MARK: - \(qualified): messages")
    writer.line()
    writer.block("extension \(qualified)") { messages.write(&$0) }
  }

  private func methods(_ writer: inout CodeWriter) {
    guard !interface.methods.isEmpty else { return }
    writer.line()
    for method in interface.methods {
      let type = "\(method.reply == nil ? "OneWay" : "Method")"
      var generics = [name, method.parametersName]
      if let reply = method.replyName { generics.append(reply) }
      var arguments = ["\(method.ordinal)", StringLiteral.swift(method.name)]
      if let from = method.from { arguments.append("from: .\(from.rawValue)") }
      if let rate = method.rate { arguments.append("rate: \(types.grouped(Int128(rate)))") }
      if method.isIdempotent { arguments.append("isIdempotent: true") }
      let head =
        "public static let \(method.swiftName) = \(type)<\(generics.joined(separator: ", "))>("
      writer.list(head, arguments, ")")
    }
  }

  // MARK: The protocol

  private func service(_ writer: inout CodeWriter) {
    writer.line(
      "/// What an implementation does: conform to this, and bind it with ``handlers(_:)``.")
    writer.line("///")
    writer.line(
      "/// Every value that arrives has been checked against the interface before a method runs. Throw"
    )
    writer.line("/// `BadMessage` for one that still cannot come from a peer that works.")
    writer.block("public protocol Service: Sendable") { writer in
      for (index, method) in interface.methods.enumerated() {
        if index > 0 { writer.line() }
        documentation(of: method, &writer)
        signature(method, "", " async throws", "", &writer)
      }
    }
  }

  private func documentation(of method: MethodModel, _ writer: inout CodeWriter) {
    var lines = method.documentation
    let documented = method.parameters.filter { !notes($0).isEmpty }
    if !documented.isEmpty {
      if !lines.isEmpty { lines.append("") }
      lines.append("- Parameters:")
      for field in documented {
        let name = field.swiftName.filter { $0 != "`" }
        for (index, note) in notes(field).enumerated() {
          lines.append(index == 0 ? "  - \(name): \(note)" : "    \(note)")
        }
      }
    }
    var facts: [String] = []
    if let from = method.from { facts.append("Called by the \(from.rawValue).") }
    if let rate = method.rate {
      facts.append("At most \(types.grouped(Int128(rate))) times a second.")
    }
    if method.isIdempotent { facts.append("A pool may call again when a worker ends over it.") }
    if method.minVersion > 0 { facts.append("Since version \(method.minVersion).") }
    if !facts.isEmpty {
      if !lines.isEmpty { lines.append("") }
      lines.append(facts.joined(separator: " "))
    }
    writer.documentation(lines)
  }

  private func notes(_ field: FieldModel) -> [String] {
    field.documentation + FieldNotes(field, program).lines
  }

  private func signature(
    _ method: MethodModel, _ access: String, _ effects: String, _ end: String,
    _ writer: inout CodeWriter
  ) {
    let parameters = method.parameters.map { "\($0.swiftName): \(types.name($0.type))" }
    let result = returnType(method).map { " -> \($0)" } ?? ""
    writer.list(
      "\(access)func \(method.swiftName)(", parameters, ")\(effects)\(result)\(end)",
      isDeclaration: true)
  }

  /// `nil` for nothing.
  private func returnType(_ method: MethodModel) -> String? {
    switch method.reply {
    case nil: return nil
    case .result(let success, let failure):
      return "Result<\(types.name(success.type)), \(types.name(failure.type))>"
    case .parameters(let list):
      guard list.count > 1 else { return list.first.map { types.name($0.type) } }
      return "(" + list.map { "\($0.swiftName): \(types.name($0.type))" }.joined(separator: ", ")
        + ")"
    }
  }

  // MARK: The table

  private func handlers(_ writer: inout CodeWriter) {
    writer.line(
      "/// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`."
    )
    writer.block(
      "public static func handlers(_ service: some Service) -> Handlers<\(name)>"
    ) { writer in
      guard !interface.methods.isEmpty else { return writer.line("Handlers()") }
      writer.line("var handlers = Handlers<\(name)>()")
      for method in interface.methods { handler(method, &writer) }
      writer.line("return handlers")
    }
  }

  private func handler(_ method: MethodModel, _ writer: inout CodeWriter) {
    let arguments = method.parameters.map { "\($0.label): parameters.\($0.swiftName)" }
    let call = CallExpression(
      function: "try await service.\(method.swiftName)", arguments: arguments)
    let binding = method.parameters.isEmpty ? "_" : "parameters"
    writer.line("handlers.on(\(name).\(method.swiftName)) { \(binding) in")
    writer.indent { writer in
      switch method.reply {
      case nil: writer.call("", call)
      case .parameters(let list) where list.isEmpty:
        writer.call("", call)
        writer.line("return Empty()")
      case .parameters(let list) where list.count > 1:
        writer.call("let reply = ", call)
        let fields = list.map { "\($0.label): reply.\($0.swiftName)" }
        writer.list("return \(method.replyName ?? "")(", fields, ")")
      case .parameters(let list):
        answer(method, list.first?.label ?? "", call, &writer)
      case .result: answer(method, "result", call, &writer)
      }
    }
    writer.line("}")
  }

  private func answer(
    _ method: MethodModel, _ label: String, _ call: CallExpression, _ writer: inout CodeWriter
  ) {
    let short = "\(method.replyName ?? "")(\(label): \(call.flat))"
    if writer.fits(short) { return writer.line(short) }
    writer.call("let reply = ", call)
    writer.line("return \(method.replyName ?? "")(\(label): reply)")
  }

  // MARK: The proxy

  private func proxy(_ writer: inout CodeWriter) {
    writer.line("/// Calls an implementation at the other end of a pipe as if it were here.")
    writer.block("public struct Proxy: Service, InterfaceProxy") { writer in
      writer.line("public let remote: Remote<\(name)>")
      writer.line("/// How long each call may take; `nil` is the remote's own limit.")
      writer.line("public let limit: Duration?")
      writer.line()
      writer.block("public init(_ remote: Remote<\(name)>, within limit: Duration? = nil)") {
        $0.line("self.remote = remote")
        $0.line("self.limit = limit")
      }
      writer.line()
      writer.line("/// The same peer, with another limit for each call.")
      writer.line("public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }")
      for method in interface.methods {
        writer.line()
        forward(method, &writer)
        guard method.isSync, method.from == .worker else { continue }
        writer.line()
        writer.documentation([
          "The same for code that cannot be suspended: waits, and nothing else of the worker runs."
        ])
        forward(method, isWaiting: true, &writer)
      }
    }
  }

  private func forward(
    _ method: MethodModel, isWaiting: Bool = false, _ writer: inout CodeWriter
  ) {
    signature(
      method, "public ", isWaiting ? " throws(CallError)" : " async throws(CallError)", " {",
      &writer)
    writer.indent { writer in
      let token = "\(name).\(method.swiftName)"
      let taken = Set(method.parameters.map(\.swiftName))
      func local(_ name: String) -> String {
        taken.contains(name) ? "own" + name.capitalisedFirst : name
      }
      func member(_ name: String) -> String { taken.contains(name) ? "self." + name : name }
      var parameters = "Empty()"
      if !method.parameters.isEmpty {
        parameters = local("parameters")
        let fields = method.parameters.map { "\($0.label): \($0.swiftName)" }
        writer.list("let \(parameters) = \(method.parametersName)(", fields, ")")
      }
      let remote = "try \(isWaiting ? "" : "await ")\(member("remote"))"
      let name = isWaiting ? "callAndWait" : "call"
      let limit = "within: \(member("limit"))"
      let call = "\(remote).\(name)(\(token), \(parameters), \(limit))"
      switch method.reply {
      case nil: writer.line("\(remote).send(\(token), \(parameters), \(limit))")
      case .parameters(let list) where list.isEmpty: writer.line("_ = \(call)")
      case .parameters(let list) where list.count > 1:
        let reply = local("reply")
        writer.line("let \(reply) = \(call)")
        writer.list("return (", list.map { "\($0.label): \(reply).\($0.swiftName)" }, ")")
      case .parameters(let list):
        writer.line("return \(call).\(list.first?.swiftName ?? "")")
      case .result: writer.line("return \(call).result")
      }
    }
    writer.line("}")
  }
}
