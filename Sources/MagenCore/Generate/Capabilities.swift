/// What the runtime of this version can carry. What it cannot is refused here, and not by errors in generated code.
package struct Capabilities: Sendable {
  /// Ends of pipes inside messages: `pending_remote`, `pending_receiver`, `handle<message_pipe>`.
  package var movingEndpoints: Bool
  /// Further interfaces on one pipe.
  package var associatedEndpoints: Bool

  /// Data pipes, and handles of any kind.
  package var otherHandles: Bool

  package static let current = Capabilities(movingEndpoints: true, associatedEndpoints: false)
  /// Of bindings that are compiled against other types than the runtime's.
  package static let all = Capabilities(
    movingEndpoints: true, associatedEndpoints: true, otherHandles: true)

  package init(movingEndpoints: Bool, associatedEndpoints: Bool, otherHandles: Bool = false) {
    self.movingEndpoints = movingEndpoints
    self.associatedEndpoints = associatedEndpoints
    self.otherHandles = otherHandles
  }

  /// Why a type cannot be generated; `nil` when it can.
  func refusal(of type: TypeModel) -> (what: String, hint: String?)? {
    switch type.kind {
    case .array(let element, _): return refusal(of: element) ?? rangeRefusal(element)
    case .map(let key, let value):
      return refusal(of: key) ?? refusal(of: value) ?? rangeRefusal(key) ?? rangeRefusal(value)
    case .handle(.messagePipe) where !movingEndpoints: return ("a pipe inside a message", nil)
    case .handle(.dataPipeConsumer) where !otherHandles,
      .handle(.dataPipeProducer) where !otherHandles:
      return ("a data pipe", "send a handle<shared_buffer>, or the bytes")
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
    func check(_ fields: [FieldModel]) {
      for field in fields {
        guard let refusal = capabilities.refusal(of: field.type) else { continue }
        diagnostics.error(
          "\(refusal.what) is not supported by this version", at: field.span, hint: refusal.hint)
      }
    }
    for structure in structures where structure.declared.file == file { check(structure.fields) }
    for union in unions where union.declared.file == file { check(union.fields) }
    for interface in interfaces where interface.declared.file == file {
      for method in interface.methods {
        check(method.parameters)
        switch method.reply {
        case .parameters(let list): check(list)
        case .result(let success, let failure): check([success, failure])
        case nil: break
        }
      }
    }
    return diagnostics
  }
}
