/// Writes a union as an enum.
struct UnionCode {
  let program: Program
  let union: UnionModel
  let isHashable: Bool
  private var coding: FieldCoding { FieldCoding(program: program) }
  private var types: SwiftTypes { SwiftTypes(program: program) }

  func write(_ writer: inout CodeWriter) {
    writer.documentation(union.declared.documentation)
    let indirect = union.isRecursive ? "indirect " : ""
    let conformances = isHashable ? "WireUnion, Hashable" : "WireUnion"
    writer.block("public \(indirect)enum \(union.declared.swiftLeaf): \(conformances)") { writer in
      for field in union.fields {
        writer.documentation(field.documentation + FieldNotes(field, program).lines)
        writer.line("case \(field.swiftName)(\(types.name(field.type)))")
      }
      writer.line()
      writer.line("public init(")
      writer.indent {
        $0.line("decoding message: inout MessageDecoder, at fields: StructView, field: String")
      }
      writer.block(") throws(Malformed)") { decoding(&$0) }
      writer.line()
      writer.block(
        "public func encode(into message: inout MessageEncoder, at fields: StructView)"
      ) { encoding(&$0) }
    }
  }

  private func place() -> CodePlace {
    CodePlace(view: "fields", offset: 8, isInUnion: true)
  }

  private func decoding(_ writer: inout CodeWriter) {
    writer.line("switch try message.unionTag(fields, 0, field) {")
    for field in union.fields {
      let call = coding.decode(field.type, place(), field.name)
      UnionCode.decodeCase(field, call, "self = .\(field.swiftName)", &writer)
    }
    if let member = union.fields.first(where: \.isDefault) {
      writer.line("default:")
      writer.indent { writer in
        writer.line("// A member of a later version: what is in it means nothing to this one.")
        writer.line("message.skipUnionData(fields, 8)")
        writer.line("self = .\(member.swiftName)(\(types.absent(member.type)))")
      }
    } else {
      UnionCode.unknownTag("field", &writer)
    }
    writer.line("}")
  }

  /// `case 0: target(call)`
  static func decodeCase(
    _ field: FieldModel, _ call: CallExpression, _ target: String, _ writer: inout CodeWriter
  ) {
    let short = "case \(field.ordinal): \(target)(\(call.flat))"
    if call.closures.isEmpty, writer.fits(short) { return writer.line(short) }
    writer.line("case \(field.ordinal):")
    writer.indent { writer in
      if call.closures.isEmpty, writer.fits("\(target)(\(call.flat))") {
        writer.line("\(target)(\(call.flat))")
      } else {
        writer.call("let value = ", call)
        writer.line("\(target)(value)")
      }
    }
  }

  static func unknownTag(_ field: String, _ writer: inout CodeWriter) {
    writer.line("case let tag:")
    writer.indent {
      $0.line("throw Malformed(.message(.unknownUnionTag), field: \(field), detail: \"\\(tag)\")")
    }
  }

  private func encoding(_ writer: inout CodeWriter) {
    writer.line("switch self {")
    for field in union.fields {
      writer.line("case .\(field.swiftName)(let value):")
      writer.indent { writer in
        writer.line("message.union(fields, 0, tag: \(field.ordinal))")
        writer.call("", coding.encode(field.type, place(), "value"))
      }
    }
    writer.line("}")
  }
}
