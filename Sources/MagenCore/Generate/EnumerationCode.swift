/// Writes an enum.
struct EnumerationCode {
  let enumeration: EnumerationModel

  /// The first name of each value; others for the same value are constants.
  private var cases: [EnumerationModel.Member] {
    var seen: Set<Int32> = []
    return enumeration.members.filter { seen.insert($0.value).inserted }
  }

  private var aliases: [EnumerationModel.Member] {
    var seen: Set<Int32> = []
    return enumeration.members.filter { !seen.insert($0.value).inserted }
  }

  func write(_ writer: inout CodeWriter) {
    writer.documentation(enumeration.declared.documentation)
    let name = enumeration.declared.swiftLeaf
    if enumeration.isExtensible {
      writer.block("public enum \(name): RawRepresentable, Hashable, Sendable") { extensible(&$0) }
    } else if cases.isEmpty {
      // No enum of Swift: what holds one could not be made, and the compiler says so of each line that would make it.
      writer.block("public struct \(name): RawRepresentable, Hashable, Sendable") { writer in
        writer.line("public let rawValue: Int32")
        writer.line()
        writer.line("/// No value is known.")
        writer.line("public init?(rawValue: Int32) { nil }")
      }
    } else {
      writer.block("public enum \(name): Int32, CaseIterable, Sendable") { writer in
        var next: Int32? = 0
        for member in cases {
          writer.documentation(member.documentation)
          let value = member.value == next ? "" : " = \(member.value)"
          writer.line("case \(member.swiftName)\(value)")
          next = member.value == .max ? nil : member.value + 1
        }
        writeAliases(&writer)
      }
    }
  }

  private func writeAliases(_ writer: inout CodeWriter) {
    for alias in aliases {
      guard let original = cases.first(where: { $0.value == alias.value }) else { continue }
      writer.line()
      writer.documentation(alias.documentation)
      writer.line(
        "public static let \(alias.swiftName) = \(enumeration.declared.swiftLeaf).\(original.swiftName)"
      )
    }
  }

  /// Values that this version does not know are kept, or become the default.
  private func extensible(_ writer: inout CodeWriter) {
    let fallback = enumeration.members.first(where: \.isDefault)
    for member in cases {
      writer.documentation(member.documentation)
      writer.line("case \(member.swiftName)")
    }
    if fallback == nil {
      writer.line("/// A value that a later version of the interface has.")
      writer.line("case unknown(Int32)")
    }
    writeAliases(&writer)
    writer.line()
    writer.block("public init(rawValue: Int32)") { writer in
      let other = fallback.map { ".\($0.swiftName)" } ?? ".unknown(rawValue)"
      guard !cases.isEmpty else { return writer.line("self = \(other)") }
      writer.line("switch rawValue {")
      for member in cases { writer.line("case \(member.value): self = .\(member.swiftName)") }
      writer.line("default: self = \(other)")
      writer.line("}")
    }
    writer.line()
    writer.block("public var rawValue: Int32") { writer in
      writer.line("switch self {")
      for member in cases { writer.line("case .\(member.swiftName): \(member.value)") }
      if fallback == nil { writer.line("case .unknown(let value): value") }
      writer.line("}")
    }
  }
}
