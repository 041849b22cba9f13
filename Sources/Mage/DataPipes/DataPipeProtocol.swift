internal import MagePipes
internal import MageWire

/// What the two ends of a data pipe say to each other: bytes one way, room for more of them the other.
///
/// A data pipe is a message pipe with a protocol of its own, and no pipe or socket of the kernel. So there is no descriptor whose kind, flags or
/// end a peer could have chosen, nothing to raise SIGPIPE or SIGBUS, it moves as every end does, and all of it is checked like every
/// message. The stream's own credit comes on top of the connection's: bytes leave only when a reader has made room for them, so a
/// stream that nobody reads fills neither the connection nor the memory of anybody but its reader, up to what that reader has said.
enum DataPipeBytes: Interface {
  static let name = "mage.DataPipe"
  static let write = OneWay<DataPipeBytes, Chunk>(0, "Write")
  /// Nothing comes behind it: what was written is whole.
  static let finish = OneWay<DataPipeBytes, Empty>(1, "Finish")
  static let rules = [MethodRule(write), MethodRule(finish)]

  /// The most bytes in one message: with its header it fills no more than one frame.
  static let maxChunk = 48 << 10

  struct Chunk: WireStruct {
    static let wireSize = 16
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      bytes = try message.bytes(fields, 8, "bytes", max: maxChunk)
      guard !bytes.isEmpty else {
        throw Malformed(.interface(.outOfRange), field: "bytes", detail: "nothing is written")
      }
    }

    func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.bytes(fields, 8, bytes)
    }
  }
}

/// The other direction.
enum DataPipeRoom: Interface {
  static let name = "mage.DataPipeRoom"
  /// The reader has room for so many bytes more.
  static let grant = OneWay<DataPipeRoom, Grant>(0, "Grant")
  static let rules = [MethodRule(grant)]

  /// What one reader may have room for. The least is what is worth a message: with less at a time, a reader could make its writer send bytes one by one.
  static let capacities = 4096...(1 << 20)
  static let leastGrant = capacities.lowerBound / 2

  struct Grant: WireStruct {
    static let wireSize = 16
    let bytes: UInt32

    init(_ bytes: UInt32) { self.bytes = bytes }

    init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      bytes = try message.uint32(
        fields, 8, "bytes", in: UInt32(leastGrant)...UInt32(capacities.upperBound))
    }

    func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint32(fields, 8, bytes)
    }
  }
}

extension RelayRule.Role {
  /// The end that reads: it is sent bytes, and grants room.
  static var consumer: Self {
    .stream(sends: PassingRules<DataPipeRoom>(), gets: PassingRules<DataPipeBytes>())
  }

  /// The end that writes.
  static var producer: Self {
    .stream(sends: PassingRules<DataPipeBytes>(), gets: PassingRules<DataPipeRoom>())
  }
}
