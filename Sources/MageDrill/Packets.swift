internal import Mage
internal import MageWire

/// Packets as the runtime's own writer makes them, of what a worker chooses.
enum Packets {
  /// The pipe that came with the invitation.
  static let pipe: UInt32 = 1

  /// An id that a worker may give to an end, or to an interface that shares a pipe of its making.
  static func own(_ number: UInt32) -> UInt32 { 1 << 31 | number }

  static func frame(
    _ kind: FrameKind, _ endpoint: UInt32 = 0, flags: UInt8 = 0, entries: [AttachmentEntry] = [],
    _ payload: [UInt8] = []
  ) -> [UInt8] {
    var writer = FrameWriter()
    writer.append(kind, flags: flags, endpoint: endpoint, entries: entries, payload: payload[...])
    return writer.bytes
  }

  // MARK: Messages of ``Drill`` with ends in them

  /// Hands an end over that the host is to answer on.
  static func meet(_ end: UInt32, isMoved: Bool = false, through endpoint: UInt32 = pipe) -> [UInt8]
  {
    let (_, receiver) = makePipe(of: Drill.self)
    let bytes = MessageEncoder.encode(
      .request(id: UInt64(end)), ordinal: Drill.meet.ordinal,
      Drill.MeetParameters(receiver: receiver)
    ).bytes
    return frame(
      .message, endpoint, entries: [AttachmentEntry(endpoint: end, isMoved: isMoved)], bytes)
  }

  /// The host is to read the one and to write to the other.
  static func copy(from: UInt32, to: UInt32) -> [UInt8] {
    let parameters = Drill.CopyParameters(
      from: makeDataPipe().consumer, to: makeDataPipe().producer)
    let bytes = MessageEncoder.encode(
      .request(id: 1), ordinal: Drill.copy.ordinal, parameters
    ).bytes
    let entries = [from, to].map { AttachmentEntry(endpoint: $0, isMoved: false) }
    return frame(.message, pipe, entries: entries, bytes)
  }

  static func join(_ interface: UInt32) -> [UInt8] {
    let (_, receiver) = makeAssociated(of: Beside.self)
    var bytes = MessageEncoder.encodeWithEnds(
      .oneWay, ordinal: Drill.join.ordinal, Drill.JoinParameters(receiver: receiver)
    ).bytes
    MessageHeader.write(ends: [interface], into: &bytes)
    return frame(.message, pipe, bytes)
  }

  static func left(_ interface: UInt32) -> [UInt8] {
    frame(.message, pipe, PipeControl.encode(PipeControl.Closed(id: interface, reason: nil)))
  }

  // MARK: Messages for an end

  static func close(_ end: UInt32) -> [UInt8] { frame(.close, end, [0, 0, 0, 0]) }

  /// A number, as a method of any name.
  static func say(
    _ end: UInt32, ordinal: UInt32, interface: UInt32 = 0, isReply: Bool = false
  ) -> [UInt8] {
    var bytes = MessageEncoder.encode(
      isReply ? .reply(id: 1) : .oneWay, ordinal: ordinal, Beside.NoteParameters(number: 1)
    ).bytes
    MessageHeader.write(interface: interface, into: &bytes)
    return frame(isReply ? .reply : .message, end, bytes)
  }

  /// What the writer of a stream sends.
  static func write(_ end: UInt32, _ count: Int, asking: Bool = false) -> [UInt8] {
    let bytes = MessageEncoder.encode(
      asking ? .request(id: 1) : .oneWay, ordinal: 0,
      Block(bytes: [UInt8](repeating: 1, count: count))
    ).bytes
    return frame(.message, end, bytes)
  }

  /// What the reader of a stream sends.
  static func grant(_ end: UInt32, _ count: UInt32) -> [UInt8] {
    let bytes = MessageEncoder.encode(
      .oneWay, ordinal: 0, Beside.NoteParameters(number: count)
    ).bytes
    return frame(.message, end, bytes)
  }

  // MARK: Buffers

  static func buffer(_ kind: FrameKind, _ number: UInt32) -> [UInt8] {
    frame(kind, 0, (0..<8).map { UInt8(truncatingIfNeeded: $0 < 4 ? number >> ($0 * 8) : 0) })
  }

  /// An echo of an array that is somewhere else.
  static func payload(_ entry: AttachmentEntry) -> [UInt8] {
    let bytes = MessageEncoder.encode(
      .oneWay, ordinal: Drill.echo.ordinal, Drill.EchoParameters(number: 1, bytes: [])
    ).bytes
    return frame(.message, pipe, entries: [entry], bytes)
  }
}
