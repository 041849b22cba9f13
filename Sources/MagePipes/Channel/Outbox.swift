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

  private struct Pending {
    let kind: FrameKind
    let flags: UInt8
    let endpoint: UInt32
    let total: UInt32
    let carried: [CarriedItem]
    let payload: ArraySlice<UInt8>

    var size: Int {
      let length =
        Frame.headerSize + carried.count * Frame.attachmentEntrySize + payload.count
      return (length + Frame.alignment - 1) / Frame.alignment * Frame.alignment
    }

    var descriptors: [SharedDescriptor] { carried.compactMap { $0.descriptor } }
  }

  private var frames: [Pending] = []
  private var head = 0
  /// A packet that the socket had no room for.
  private var unsent: Packet?
  /// Bytes waiting, for the quota on what a peer that does not read may make us hold.
  package private(set) var queuedBytes = 0

  package var isEmpty: Bool { unsent == nil && head == frames.count }

  package mutating func append(
    _ kind: FrameKind, flags: UInt8 = 0, endpoint: UInt32 = 0, total: UInt32 = 0,
    carried: [CarriedItem] = [], payload: ArraySlice<UInt8> = []
  ) {
    let frame = Pending(
      kind: kind, flags: flags, endpoint: endpoint, total: total, carried: carried,
      payload: payload)
    frames.append(frame)
    queuedBytes += frame.size
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
    guard head < frames.count else { return nil }
    var writer = FrameWriter()
    var descriptors: [SharedDescriptor] = []
    while head < frames.count {
      let frame = frames[head]
      let added = frame.descriptors
      let fits =
        writer.bytes.count + frame.size <= Self.maxPacketBytes
        && descriptors.count + added.count <= Self.maxPacketDescriptors
      guard fits || writer.bytes.isEmpty else { break }
      writer.append(
        frame.kind, flags: frame.flags, endpoint: frame.endpoint, total: frame.total,
        entries: frame.carried.map(\.entry), payload: frame.payload)
      descriptors += added
      head += 1
    }
    compact()
    return Packet(bytes: writer.bytes, descriptors: descriptors)
  }

  /// `packet` has left.
  package mutating func sent(_ packet: Packet) {
    queuedBytes = max(0, queuedBytes - packet.bytes.count)
  }

  /// The socket had no room for `packet`: it will be the next again.
  package mutating func keep(_ packet: Packet) { unsent = packet }

  /// Forgets everything; descriptors are closed.
  package mutating func removeAll() {
    frames = []
    head = 0
    unsent = nil
    queuedBytes = 0
  }

  private mutating func compact() {
    if head == frames.count {
      frames.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 256 {
      frames.removeFirst(head)
      head = 0
    }
  }
}
