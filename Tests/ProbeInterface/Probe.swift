package import Mage
package import MageWire

/// What the tests' worker can be asked.
package enum Probe: Interface {
  package static let name = "test.Probe"
  /// Answers with the same text.
  package static let echo = Method<Probe, Text, Text>(0, "Echo")
  /// Commits the crime of that name; answers with it when the crime leaves it the chance.
  package static let commit = Method<Probe, Text, Text>(1, "Commit")
  /// Answers with the first bytes of a file.
  package static let readFile = Method<Probe, FileRequest, Text>(2, "ReadFile")
  /// Throws an error of the worker's own.
  package static let fail = Method<Probe, Empty, Empty>(3, "Fail")
  /// Counted by the worker.
  package static let note = OneWay<Probe, Text>(4, "Note")
  /// How many notes came.
  package static let notes = Method<Probe, Empty, Text>(5, "Notes")
  /// The worker answers every call of this one with a text that is too long for the interface.
  package static let lie = Method<Probe, Empty, Text>(6, "Lie")
  /// Answers with the sum of a frozen region's bytes.
  package static let sum = Method<Probe, RegionRequest, Text>(7, "Sum")
  /// Answers with a frozen region of as many bytes as the text says.
  package static let makeRegion = Method<Probe, Text, RegionRequest>(8, "MakeRegion")
  /// Tries to bind a TCP socket; answers with the result of bind(2), negated errno for a failure.
  package static let bind = Method<Probe, Empty, Text>(9, "Bind")
  /// The worker does not know it.
  package static let unknown = Method<Probe, Empty, Empty>(99, "Unknown")
}

package struct Text: WireStruct, Equatable {
  package static let wireSize = 16
  package static let longest = 200_000

  package var text: String

  package init(_ text: String) { self.text = text }

  package init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    text = try message.string(fields, 8, "text", max: Self.longest)
  }

  package func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.string(fields, 8, text)
  }
}

package struct FileRequest: WireStruct {
  package static let wireSize = 16

  package var file: Attachment

  package init(_ file: Attachment) { self.file = file }

  package init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    file = try message.attachment(fields, 8, "file", .file)
  }

  package func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.handle(fields, 8, file)
  }
}

package struct RegionRequest: WireStruct {
  package static let wireSize = 16

  package var region: Attachment

  package init(_ region: Attachment) { self.region = region }

  package init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    region = try message.attachment(fields, 8, "region", .frozenRegion)
  }

  package func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.handle(fields, 8, region)
  }
}
