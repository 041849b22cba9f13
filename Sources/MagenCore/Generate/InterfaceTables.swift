extension InterfaceCode {
  /// The table by which a host checks the messages that it passes on from one worker to another.
  func rules(_ writer: inout CodeWriter) {
    guard !interface.methods.isEmpty else { return }
    writer.line()
    let items = interface.methods.map { "MethodRule(\($0.swiftName))" }
    writer.list("public static let rules = [", items, "]", isDeclaration: true)
  }

  /// The table by which messages are checked where nobody handles them.
  func shapes(_ writer: inout CodeWriter) {
    guard !interface.methods.isEmpty else { return }
    writer.line()
    writer.line("public static let messages = [")
    writer.indent { writer in
      for method in interface.methods {
        var arguments = [
          "\(method.ordinal)", StringLiteral.swift(method.name),
          "request: \(method.parametersName).self",
        ]
        if let reply = method.replyName { arguments.append("reply: \(reply).self") }
        writer.list("MethodMessages(", arguments, "),")
      }
    }
    writer.line("]")
  }
}

extension FieldModel {
  /// The name as a label of an argument, where words of Swift need no quotes.
  var label: String {
    ["`inout`", "`var`", "`let`"].contains(swiftName) ? swiftName : swiftName.filter { $0 != "`" }
  }
}

extension MethodModel {
  /// The type of the parameters on the wire.
  var parametersName: String { parameters.isEmpty ? "Empty" : SwiftNames.type(name) + "Parameters" }

  /// The type of the reply on the wire; `nil` for methods without one.
  var replyName: String? {
    switch reply {
    case nil: nil
    case .parameters(let list) where list.isEmpty: "Empty"
    case .parameters, .result: SwiftNames.type(name) + "Reply"
    }
  }
}
