/// What the two ends of a pipe say to each other about the interfaces that share it. The format has one message of this kind, under an interface id that
/// no interface has.
public enum PipeControl {
  /// The interface id of the pipe itself.
  package static let interfaceID: UInt32 = 0xFFFF_FFFF
  /// For reports.
  package static let name = "PipeControl"

  /// Why an end was closed.
  package struct Reason: WireStruct, Hashable {
    package static let wireSize = 24
    package var code: UInt32
    package var text: String
    /// The longest text that may come, in bytes of UTF-8.
    package static let maxTextBytes = 256

    package init(code: UInt32, text: String) {
      self.code = code
      self.text = text
    }

    package init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      code = message.uint32(fields, 8)
      text = try message.string(fields, 16, "description", max: Self.maxTextBytes)
    }

    package func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint32(fields, 8, code)
      message.string(fields, 16, text)
    }
  }

  /// The sender has closed its end of an interface, or knows now that the other has.
  package struct Closed: WireStruct, Hashable {
    package static let wireSize = 24
    package var id: UInt32
    package var reason: Reason?

    package init(id: UInt32, reason: Reason?) {
      self.id = id
      self.reason = reason
    }

    package init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      id = message.uint32(fields, 8)
      reason = try message.optionalStructure(fields, 16, "disconnect_reason", Reason.self)
    }

    package func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint32(fields, 8, id)
      message.structure(fields, 16, reason)
    }
  }

  /// What is said. The format has nothing else in this place.
  package enum Event: WireUnion, Hashable {
    case closed(Closed)

    package init(
      decoding message: inout MessageDecoder, at fields: StructView, field: String
    ) throws(Malformed) {
      switch try message.unionTag(fields, 0, field) {
      case 0:
        self = .closed(
          try message.structure(fields, 8, "peer_associated_endpoint_closed_event", Closed.self))
      case let tag:
        throw Malformed(.message(.unknownUnionTag), field: field, detail: "\(tag)")
      }
    }

    package func encode(into message: inout MessageEncoder, at fields: StructView) {
      guard case .closed(let event) = self else { return }
      message.union(fields, 0, tag: 0)
      message.structure(fields, 8, event)
    }
  }

  /// The parameters of `RunOrClosePipe` on the pipe itself.
  package struct Message: WireStruct, Hashable {
    package static let wireSize = 24
    package var input: Event

    package init(_ input: Event) { self.input = input }

    package init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      input = try message.union(fields, 8, "input", Event.self)
    }

    package func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.union(fields, 8, input)
    }
  }

  /// Reads a message for the pipe itself, checked in full.
  package static func decode(
    _ bytes: [UInt8], _ header: MessageHeader, handles: [any WireHandle]
  ) throws(Malformed) -> Closed {
    do throws(Malformed) {
      guard header.ordinal == ControlMessages.runOrClosePipe else {
        throw Malformed(.message(.headerUnknownMethod), detail: "ordinal \(header.ordinal)")
      }
      guard header.flags == 0 else {
        throw Malformed(.message(.headerInvalidFlags), detail: "flags \(header.flags)")
      }
      let message = try MessageDecoder.decode(
        Message.self, from: bytes, header: header, handles: handles, ends: [])
      switch message.input {
      case .closed(let event): return event
      }
    } catch {
      var placed = error
      placed.interface = name
      placed.method = "RunOrClosePipe"
      throw placed
    }
  }

  /// Says that an end is closed.
  package static func encode(_ event: Closed) -> [UInt8] {
    var bytes = MessageEncoder.encode(
      .oneWay, ordinal: ControlMessages.runOrClosePipe, Message(.closed(event))
    ).bytes
    MessageHeader.write(interface: interfaceID, into: &bytes)
    return bytes
  }
}

// MARK: - Ids in a message that is written already

extension MessageHeader {
  /// Makes a message one for an interface that shares its pipe.
  package static func write(interface id: UInt32, into bytes: inout [UInt8]) {
    write(id, at: 8, into: &bytes)
  }

  /// Writes the interface ids over those that ``MessageEncoder/encodeWithEnds(_:ordinal:_:)`` left open: they are the last of the message.
  package static func write(ends ids: [UInt32], into bytes: inout [UInt8]) {
    let start = bytes.count - (ids.count + ids.count % 2) * 4
    for (index, id) in ids.enumerated() { write(id, at: start + index * 4, into: &bytes) }
  }

  /// For which interface a message is that is long enough to have a header; 0 for the first.
  package static func interface(of bytes: [UInt8]) -> UInt32 {
    guard bytes.count >= 24 else { return 0 }
    return (0..<4).reduce(0) { $0 | UInt32(bytes[8 + $1]) << UInt32($1 * 8) }
  }

  private static func write(_ value: UInt32, at position: Int, into bytes: inout [UInt8]) {
    guard position >= 0, position + 4 <= bytes.count else { return }  // no check: our own
    for index in 0..<4 {
      bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8))
    }
  }
}
