internal import DequeModule
package import MageSystem
package import MageWire

/// Frames on their way to the socket. One loop turn's frames leave as one packet where they fit.
package struct Outbox: Sendable {
  /// The largest packet, in bytes. Small enough for the default socket buffer to hold a few of them.
  package static let maxPacketBytes = 64 << 10
  /// The most descriptors in one packet; the kernel's limit is 253 (unix(7), SCM_MAX_FD).
  package static let maxPacketDescriptors = 64
  /// The largest piece of a message in one frame: a header and a full attachment table still fit beside it.
  package static let maxPieceBytes = 60 << 10

  package struct Packet: Sendable {
    package let bytes: [UInt8]
    /// Kept open until the packet is sent.
    package let descriptors: [SharedDescriptor]
  }

  /// Packets to which nothing fits any more, and the one that is being filled.
  private var full = Deque<Packet>()
  private var writer = FrameWriter()
  private var descriptors: [SharedDescriptor] = []
  /// A packet that the socket had no room for.
  private var unsent: Packet?
  /// Bytes waiting, for the quota on what a peer that does not read may make us hold.
  package private(set) var queuedBytes = 0

  package var isEmpty: Bool { writer.bytes.isEmpty && unsent == nil && full.isEmpty }

  package mutating func append(
    _ kind: FrameKind, flags: UInt8 = 0, endpoint: UInt32 = 0, total: UInt32 = 0,
    carried: [CarriedItem] = [], payload: ArraySlice<UInt8> = []
  ) {
    let added = carried.isEmpty ? [] : carried.compactMap(\.descriptor)
    makeRoom(entries: carried.count, bytes: payload.count, descriptors: added.count)
    writer.append(
      kind, flags: flags, endpoint: endpoint, total: total,
      entries: carried.isEmpty ? [] : carried.map(\.entry), payload: payload)
    descriptors += added
  }

  /// Appends a message that fits one frame and carries nothing.
  mutating func append(message: UnsafeRawBufferPointer, endpoint: EndpointID) {
    makeRoom(entries: 0, bytes: message.count, descriptors: 0)
    writer.append(
      .message, flags: 0, endpoint: endpoint.rawValue, total: 0, entries: [], memory: message)
  }

  /// Closes the open packet if a frame does not fit any more, and counts the frame.
  private mutating func makeRoom(entries: Int, bytes: Int, descriptors added: Int) {
    let length = Frame.headerSize + entries * Frame.attachmentEntrySize + bytes
    let size = (length + Frame.alignment - 1) / Frame.alignment * Frame.alignment
    let fits =
      writer.bytes.count + size <= Self.maxPacketBytes
      && descriptors.count + added <= Self.maxPacketDescriptors
    if !fits, !writer.bytes.isEmpty { full.append(takeOpen()) }
    queuedBytes += size
  }

  /// What has been filled so far.
  private mutating func takeOpen() -> Packet {
    let packet = Packet(bytes: writer.bytes, descriptors: descriptors)
    writer = FrameWriter()
    descriptors = []
    return packet
  }

  /// Appends a message or a reply and the arrays that follow it, in as many fragments as they need.
  package mutating func append(
    _ kind: FrameKind, flags: UInt8 = 0, endpoint: EndpointID, message: [UInt8],
    carried: [CarriedItem]
  ) {
    let total = carried.reduce(message.count) { $0 + $1.streamedBytes }
    var left = total - min(message.count, Self.maxPieceBytes)
    append(
      kind, flags: flags | (left == 0 ? 0 : Frame.moreFlag), endpoint: endpoint.rawValue,
      total: left == 0 ? 0 : UInt32(clamping: total), carried: carried,
      payload: message.prefix(Self.maxPieceBytes))
    guard left > 0 else { return }
    var parts = [message.dropFirst(Self.maxPieceBytes)]
    for case .streamed(_, let bytes) in carried { parts.append(bytes[...]) }
    for part in parts {
      var rest = part
      while !rest.isEmpty {
        let piece = rest.prefix(Self.maxPieceBytes)
        rest = rest.dropFirst(Self.maxPieceBytes)
        left -= piece.count
        append(
          .fragment, flags: left == 0 ? 0 : Frame.moreFlag, endpoint: endpoint.rawValue,
          payload: piece)
      }
    }
  }

  /// The next packet to send. Sent or not, say so: ``sent()`` or ``keep(_:)``.
  package mutating func next() -> Packet? {
    if let packet = unsent {
      unsent = nil
      return packet
    }
    if let packet = full.popFirst() { return packet }
    return writer.bytes.isEmpty ? nil : takeOpen()
  }

  /// `packet` has left.
  package mutating func sent(_ packet: Packet) {
    queuedBytes = max(0, queuedBytes - packet.bytes.count)
  }

  /// The socket had no room for `packet`: it will be the next again.
  package mutating func keep(_ packet: Packet) { unsent = packet }

  /// Forgets everything; descriptors are closed.
  package mutating func removeAll() {
    full = []
    writer = FrameWriter()
    descriptors = []
    unsent = nil
    queuedBytes = 0
  }
}
