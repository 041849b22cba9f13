/// Writes the structs that carry parameters and replies.
struct MessageCode {
  let program: Program
  let interface: InterfaceModel
  let values: PlainValues

  func hasMessages(_ method: MethodModel) -> Bool {
    method.parametersName != "Empty" || method.replyName.map { $0 != "Empty" } ?? false
  }

  func write(_ writer: inout CodeWriter) {
    var isFirst = true
    func separate(_ writer: inout CodeWriter) {
      if !isFirst { writer.line() }
      isFirst = false
    }
    for method in interface.methods {
      if method.parametersName != "Empty" {
        separate(&writer)
        structure(method.parametersName, method.parameters).write(
          &writer, documentation: ["The parameters of ``\(method.swiftName)``."])
      }
      switch method.reply {
      case .parameters(let list) where !list.isEmpty:
        separate(&writer)
        structure(method.replyName ?? "", list).write(
          &writer, documentation: ["The reply of ``\(method.swiftName)``."])
      case .result(let success, let failure):
        separate(&writer)
        result(method, success, failure, &writer)
      default: break
      }
    }
  }

  private func structure(_ name: String, _ fields: [FieldModel]) -> StructCode {
    StructCode(
      program: program, name: name, fields: fields,
      isHashable: fields.allSatisfy { values.isPlain($0.type) })
  }

  /// A reply that is a value or a declared error travels as a union of the two.
  private func result(
    _ method: MethodModel, _ success: FieldModel, _ failure: FieldModel,
    _ writer: inout CodeWriter
  ) {
    let types = SwiftTypes(program: program)
    let type = "Result<\(types.name(success.type)), \(types.name(failure.type))>"
    let shortInitializer = "public init(result: \(type)) { self.result = result }"
    let isHashable = [success, failure].allSatisfy { values.isPlain($0.type) }
    writer.line("/// The reply of ``\(method.swiftName)``.")
    writer.block(
      "public struct \(method.replyName ?? ""): WireStruct\(isHashable ? ", Hashable" : "")"
    ) { writer in
      writer.line("@inlinable public static var wireSize: Int { 24 }")
      writer.line()
      writer.line("public var result: \(type)")
      writer.line()
      if writer.fits(shortInitializer) {
        writer.line(shortInitializer)
      } else {
        writer.block("public init(result: \(type))") { $0.line("self.result = result") }
      }
      writer.line()
      writer.line("@inlinable")
      writer.block(
        "public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed)"
      ) { decoding([success, failure], &$0) }
      writer.line()
      writer.line("@inlinable")
      writer.block(
        "public func encode(into message: inout MessageEncoder, at fields: StructView)"
      ) { encoding([success, failure], &$0) }
    }
  }

  private var place: CodePlace { CodePlace(view: "fields", offset: 16, isInUnion: true) }

  private func decoding(_ cases: [FieldModel], _ writer: inout CodeWriter) {
    let coding = FieldCoding(program: program)
    writer.line("switch try message.unionTag(fields, 8, \"result\") {")
    for field in cases {
      let call = coding.decode(field.type, place, field.name)
      UnionCode.decodeCase(field, call, "result = .\(field.swiftName)", &writer)
    }
    UnionCode.unknownTag("\"result\"", &writer)
    writer.line("}")
  }

  private func encoding(_ cases: [FieldModel], _ writer: inout CodeWriter) {
    let coding = FieldCoding(program: program)
    writer.line("switch result {")
    for field in cases {
      writer.line("case .\(field.swiftName)(let value):")
      writer.indent { writer in
        writer.line("message.union(fields, 8, tag: \(field.ordinal))")
        writer.call("", coding.encode(field.type, place, "value"))
      }
    }
    writer.line("}")
  }
}
