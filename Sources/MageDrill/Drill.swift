package import Mage
package import MageWire

/// What `mage torture` asks of its workers.
package enum Drill: Interface {
  package static let name = "mage.Drill"
  /// The same bytes again, with how many such calls came before.
  package static let echo = Method<Drill, Lesson, Lesson>(0, "Echo")
  /// A hostile worker asks its host for its seed, so that all of them are started alike.
  package static let orders = Method<Drill, Empty, Lesson>(1, "Orders")
}

/// A number and bytes.
package struct Lesson: WireStruct, Equatable {
  package static let wireSize = 24
  package static let longest = 64 << 10

  package var number: UInt64
  package var bytes: [UInt8]

  package init(_ number: UInt64, _ bytes: [UInt8] = []) {
    self.number = number
    self.bytes = bytes
  }

  package init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    number = message.uint64(fields, 8)
    bytes = try message.bytes(fields, 16, "bytes", max: Self.longest)
  }

  package func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.uint64(fields, 8, number)
    message.bytes(fields, 16, bytes)
  }
}
