/// What the runtime of this version can carry. What it cannot is refused here, and not by errors in generated code.
package struct Capabilities: Sendable {
  /// Ends of pipes inside messages: `pending_remote`, `pending_receiver`, `handle<message_pipe>`.
  package var movingEndpoints: Bool
  /// Further interfaces on one pipe, in requests and one-way messages.
  package var associatedEndpoints: Bool
  /// In replies too, which the runtime does not put into the pipe's order.
  package var associatedReplies: Bool

  /// Handles of any kind.
  package var otherHandles: Bool

  package static let current = Capabilities(movingEndpoints: true, associatedEndpoints: true)
  /// Of bindings that are compiled against other types than the runtime's.
  package static let all = Capabilities(
    movingEndpoints: true, associatedEndpoints: true, associatedReplies: true, otherHandles: true)

  package init(
    movingEndpoints: Bool, associatedEndpoints: Bool, associatedReplies: Bool = false,
    otherHandles: Bool = false
  ) {
    self.movingEndpoints = movingEndpoints
    self.associatedEndpoints = associatedEndpoints
    self.associatedReplies = associatedReplies
    self.otherHandles = otherHandles
  }

  /// Why a type cannot be generated; `nil` when it can.
  func refusal(of type: TypeModel) -> (what: String, hint: String?)? {
    switch type.kind {
    case .array(let element, _): return refusal(of: element) ?? rangeRefusal(element)
    case .map(let key, let value):
      return refusal(of: key) ?? refusal(of: value) ?? rangeRefusal(key) ?? rangeRefusal(value)
    case .handle(.messagePipe) where !movingEndpoints: return ("a pipe inside a message", nil)
    case .handle(.any) where !otherHandles:
      return ("a handle of any kind", "say which: handle<platform>, handle<shared_buffer>")
    case .pending(let kind, _) where kind.isAssociated && !associatedEndpoints:
      return ("'\(kind.rawValue)'", nil)
    case .pending(let kind, _) where !movingEndpoints: return ("'\(kind.rawValue)'", nil)
    default: return nil
    }
  }

  private func rangeRefusal(_ element: TypeModel) -> (what: String, hint: String?)? {
    guard element.range != nil, element.isNullable else { return nil }
    return ("a range of nullable elements", "put the number into a struct")
  }
}

extension Program {
  /// What a file uses that this version cannot generate.
  package func unsupported(in file: Int, by capabilities: Capabilities) -> Diagnostics {
    var diagnostics = Diagnostics()
    let alone =
      capabilities.associatedReplies ? nil : PlainValues(self) { $0?.isAssociated == true }
    func check(_ fields: [FieldModel], isReply: Bool = false) {
      for field in fields {
        if let refusal = capabilities.refusal(of: field.type) {
          diagnostics.error(
            "\(refusal.what) is not supported by this version", at: field.span, hint: refusal.hint)
        } else if isReply, alone?.isPlain(field.type) == false {
          diagnostics.error(
            "an associated end in a reply is not supported by this version", at: field.span,
            hint: "take it as a parameter: replies are not in the order of the pipe's messages")
        }
      }
    }
    for structure in structures where structure.declared.file == file { check(structure.fields) }
    for union in unions where union.declared.file == file { check(union.fields) }
    for interface in interfaces where interface.declared.file == file {
      for method in interface.methods {
        check(method.parameters)
        switch method.reply {
        case .parameters(let list): check(list, isReply: true)
        case .result(let success, let failure): check([success, failure], isReply: true)
        case nil: break
        }
      }
    }
    return diagnostics
  }
}
