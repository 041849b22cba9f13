internal import Mage
internal import MagePipes
internal import MageSystem
internal import MageWire

/// Messages of a wide interface, by generated code: what is accepted is encoded to the same bytes again.
enum MessageTarget {
  private static let attachments: [Attachment] = {
    let kinds: [AttachmentKind] = [.region, .frozenRegion, .file]
    return kinds.map { kind in
      // The decoder compares kinds only; the channel has asked the kernel.
      Attachment(kind: kind, descriptor: SharedDescriptor(OwnedDescriptor(owning: -1)))
    }
  }()

  static func run(_ bytes: [UInt8]) -> Bool {
    // The last byte says how many attachments came along, and which is the first.
    guard let choice = bytes.last else { return true }
    let first = Int(choice >> 2) % attachments.count
    let handles = Array((attachments + attachments)[first...].prefix(Int(choice & 3)))
    let message = Array(bytes.dropLast())
    guard let header = try? MessageHeader(decoding: message) else { return true }
    return header.isReply
      ? reply(message, header, handles) : request(message, header, handles)
  }

  private static func request(
    _ bytes: [UInt8], _ header: MessageHeader, _ handles: [Attachment]
  ) -> Bool {
    switch header.ordinal {
    case 0: check(Gallery.DecodeParameters.self, bytes, header, handles)
    case 1: check(Gallery.ForgetParameters.self, bytes, header, handles)
    case 2: check(Gallery.ManyParameters.self, bytes, header, handles)
    case 3: check(Gallery.MemoryParameters.self, bytes, header, handles)
    case 4: check(Gallery.WordsParameters.self, bytes, header, handles)
    case 5: check(Gallery.DrawParameters.self, bytes, header, handles)
    // No method has these: structs that methods reach only through others.
    case 100: check(Rows.self, bytes, header, handles)
    case 101: check(Notices.self, bytes, header, handles)
    case 102: check(Tree.self, bytes, header, handles)
    case 103: check(Thumbnail.self, bytes, header, handles)
    default: check(Empty.self, bytes, header, handles)
    }
  }

  private static func reply(
    _ bytes: [UInt8], _ header: MessageHeader, _ handles: [Attachment]
  ) -> Bool {
    switch header.ordinal {
    case 0: check(Gallery.DecodeReply.self, bytes, header, handles)
    case 2: check(Gallery.ManyReply.self, bytes, header, handles)
    case 5: check(Gallery.DrawReply.self, bytes, header, handles)
    default: check(Empty.self, bytes, header, handles)
    }
  }

  private static func check<Value: WireStruct>(
    _ type: Value.Type, _ bytes: [UInt8], _ header: MessageHeader, _ handles: [Attachment]
  ) -> Bool {
    do throws(Malformed) {
      let value = try MessageDecoder.decode(type, from: bytes, header: header, handles: handles)
      return isEncodedAgain(value, bytes, header)
    } catch {
      return !error.description.isEmpty
    }
  }

  private static func isEncodedAgain(
    _ value: some WireStruct, _ bytes: [UInt8], _ header: MessageHeader
  ) -> Bool {
    let kind: MessageEncoder.Kind =
      header.isReply
      ? .reply(id: header.requestID)
      : header.expectsReply ? .request(id: header.requestID) : .oneWay
    let again = MessageEncoder.encode(kind, ordinal: header.ordinal, value).bytes
    // An older version is written as the newest one, and what an extensible type does not know is not kept: the newest
    // form must then be one that is read and written without a change.
    guard again != bytes else { return true }
    guard let newHeader = try? MessageHeader(decoding: again),
      let second = try? MessageDecoder.decode(
        type(of: value), from: again, header: newHeader,
        handles: MessageEncoder.encode(kind, ordinal: header.ordinal, value).handles)
    else { return false }
    return MessageEncoder.encode(kind, ordinal: header.ordinal, second).bytes == again
  }
}
