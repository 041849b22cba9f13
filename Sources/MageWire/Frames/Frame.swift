/// One frame of a packet, by position: the bytes stay where they were received.
///
/// On the wire, little-endian:
///
///     0  u32  length       header, attachment table and payload, without padding
///     4  u8   kind         FrameKind
///     5  u8   flags        bit 0: fragments follow
///     6  u16  attachments  how many of the packet's descriptors belong to this frame
///     8  u32  endpoint     0 where the kind has none
///     12 u32  total        first of several fragments: bytes of the whole message; else 0
///     16      attachments × (u8 kind, u8 flags, u16 buffer, u32 endpoint or bytes); for a descriptor the last seven bytes are zero
///             payload, then zero bytes up to a multiple of 8
package struct Frame: Equatable, Sendable {
  package static let headerSize = 16
  package static let attachmentEntrySize = 8
  /// Every frame starts at a multiple of this, so that messages do.
  package static let alignment = 8

  package let kind: UInt8
  package let flags: UInt8
  package let endpoint: UInt32
  package let total: UInt32
  package let entries: [AttachmentEntry]
  /// Where the payload lies in the packet.
  package let payload: Range<Int>

  /// The raw kind of each attachment, in order.
  package var attachments: [UInt8] { entries.map(\.kind) }

  /// Fragments of the same message follow.
  package static let moreFlag: UInt8 = 1
  /// Host: another worker has written the message.
  package static let relayedFlag: UInt8 = 2
  /// Worker: the message came for an end that the worker has given up, and comes back unread.
  package static let returnedFlag: UInt8 = 4
  /// A trace context of 32 bytes is in front of the message.
  package static let contextFlag: UInt8 = 8
}

/// One attachment in a frame.
package struct AttachmentEntry: Equatable, Sendable {
  /// Of ``AttachmentKind``, as it was written.
  package let kind: UInt8
  /// An endpoint that the sender gives up, and not a new one.
  package let isMoved: Bool
  /// The id of an endpoint on this connection; 0 for a descriptor.
  package let endpoint: UInt32
  /// The shared buffer that holds a payload; 0 for one that follows its message.
  package let buffer: UInt16

  /// Bytes of a payload.
  package var count: UInt32 { endpoint }

  package init(_ kind: AttachmentKind) {
    self.init(kind: kind.rawValue, isMoved: false, endpoint: 0)
  }

  package init(payload count: UInt32, buffer: UInt16) {
    self.init(
      kind: AttachmentKind.payload.rawValue, isMoved: false, endpoint: count, buffer: buffer)
  }

  package init(endpoint: UInt32, isMoved: Bool) {
    self.init(kind: AttachmentKind.endpoint.rawValue, isMoved: isMoved, endpoint: endpoint)
  }

  init(kind: UInt8, isMoved: Bool, endpoint: UInt32, buffer: UInt16 = 0) {
    self.kind = kind
    self.isMoved = isMoved
    self.endpoint = endpoint
    self.buffer = buffer
  }

  /// Whether a descriptor of the packet belongs to it.
  package var hasDescriptor: Bool { !isEndpoint && !isPayload }

  var isEndpoint: Bool { kind == AttachmentKind.endpoint.rawValue }
  package var isPayload: Bool { kind == AttachmentKind.payload.rawValue }

  /// Whether the bytes that its kind has no use for are zero.
  func isPlain(flags: UInt8) -> Bool {
    if isPayload { return flags == 0 }
    return buffer == 0 && (isEndpoint ? flags <= 1 : flags == 0 && endpoint == 0)
  }
}

/// Walks a packet front to back. Assume that an attacker chose the bytes: every method returns a checked value or throws.
///
/// Invariant: `0 <= position <= bytes.count`, and `position` is a multiple of ``Frame/alignment`` or at the end.
package struct FrameReader: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private let end: Int

  /// - Parameter bytes: one packet. Positions in frames are indices into this slice.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
    end = bytes.endIndex
  }

  /// The next frame, or `nil` at the end of the packet.
  package mutating func next() throws(Malformed) -> Frame? {
    let left = end - position
    guard left > 0 else { return nil }
    guard left >= Frame.headerSize else {
      throw Malformed(.transport(.frameHeaderTruncated), detail: "\(left) bytes left")
    }
    // Two words: the header was compared with what is left just above.
    let (first, second) = (word(at: position), word(at: position + 8))
    let length = Int(first & 0xFFFF_FFFF)
    let count = Int(first >> 48)
    let tables = Frame.headerSize + count * Frame.attachmentEntrySize  // below 2^20
    guard length >= tables else {
      throw Malformed(.transport(.frameTooShort), detail: "length \(length), needs \(tables)")
    }
    guard length <= left else {
      throw Malformed(.transport(.frameOverrunsPacket), detail: "length \(length), \(left) left")
    }
    let frame = Frame(
      kind: UInt8(truncatingIfNeeded: first >> 32), flags: UInt8(truncatingIfNeeded: first >> 40),
      endpoint: UInt32(truncatingIfNeeded: second),
      total: UInt32(truncatingIfNeeded: second >> 32), entries: try attachmentEntries(count),
      payload: (position + tables)..<(position + length))
    try skipPadding(after: position + length)
    return frame
  }

  private func attachmentEntries(_ count: Int) throws(Malformed) -> [AttachmentEntry] {
    guard count > 0 else { return [] }
    var entries: [AttachmentEntry] = []
    entries.reserveCapacity(count)  // the table lies within the packet: `next` has compared lengths
    for index in 0..<count {
      let start = position + Frame.headerSize + index * Frame.attachmentEntrySize
      let entry = AttachmentEntry(
        kind: bytes[start], isMoved: bytes[start + 1] == 1, endpoint: uint32(at: start + 4),
        buffer: UInt16(bytes[start + 2]) | UInt16(bytes[start + 3]) << 8)
      guard entry.isPlain(flags: bytes[start + 1]) else {
        throw Malformed(.transport(.paddingNotZero), detail: "attachment entry \(index)")
      }
      entries.append(entry)
    }
    return entries
  }

  private mutating func skipPadding(after frameEnd: Int) throws(Malformed) {
    let size = frameEnd - bytes.startIndex
    let padding = (Frame.alignment - size % Frame.alignment) % Frame.alignment
    let next = min(frameEnd + padding, end)
    for index in frameEnd..<next where bytes[index] != 0 {
      throw Malformed(.transport(.paddingNotZero), detail: "after the frame")
    }
    position = next
  }

  /// Eight bytes, of which the caller knows that they are there.
  private func word(at index: Int) -> UInt64 {
    let memory = unsafe bytes.span.bytes
    return UInt64(
      littleEndian: unsafe memory.unsafeLoadUnaligned(
        fromUncheckedByteOffset: index &- bytes.startIndex, as: UInt64.self))
  }

  private func uint32(at index: Int) -> UInt32 {
    UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
      | UInt32(bytes[index + 3]) << 24
  }
}

/// Appends frames to a packet that is being made.
package struct FrameWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Appends one frame. The caller has checked sizes: at most 65,535 attachments and 2^32 - 1 bytes.
  package mutating func append(
    _ kind: FrameKind, flags: UInt8 = 0, endpoint: UInt32 = 0, total: UInt32 = 0,
    attachments: [AttachmentKind] = [], payload: ArraySlice<UInt8> = []
  ) {
    append(
      kind, flags: flags, endpoint: endpoint, total: total,
      entries: attachments.map { AttachmentEntry($0) }, payload: payload)
  }

  /// The same, with endpoints among the attachments.
  package mutating func append(
    _ kind: FrameKind, flags: UInt8 = 0, endpoint: UInt32 = 0, total: UInt32 = 0,
    entries: [AttachmentEntry], payload: ArraySlice<UInt8> = []
  ) {
    unsafe payload.withUnsafeBytes {
      unsafe append(
        kind, flags: flags, endpoint: endpoint, total: total, entries: entries, memory: $0)
    }
  }

  /// The same, of a payload that is lent.
  package mutating func append(
    _ kind: FrameKind, flags: UInt8, endpoint: UInt32, total: UInt32,
    entries: [AttachmentEntry], memory payload: UnsafeRawBufferPointer
  ) {
    let length = Frame.headerSize + entries.count * Frame.attachmentEntrySize + payload.count
    let count = UInt64(UInt16(truncatingIfNeeded: entries.count))
    let first =
      UInt64(UInt32(truncatingIfNeeded: length)) | UInt64(kind.rawValue) << 32
      | UInt64(flags) << 40 | count << 48
    let header = (first.littleEndian, (UInt64(endpoint) | UInt64(total) << 32).littleEndian)
    if bytes.isEmpty { bytes.reserveCapacity(max(length + Frame.alignment, Self.firstCapacity)) }
    // The bytes of a local value, copied before this returns.
    unsafe withUnsafeBytes(of: header) { unsafe bytes.append(contentsOf: $0) }
    for entry in entries {
      append(
        UInt64(entry.kind) | (entry.isMoved ? 1 << 8 : 0) | UInt64(entry.buffer) << 16
          | UInt64(entry.endpoint) << 32)
    }
    unsafe bytes.append(contentsOf: payload)
    let padding = (Frame.alignment - bytes.count % Frame.alignment) % Frame.alignment
    if padding > 0 { bytes.append(contentsOf: repeatElement(0, count: padding)) }
  }

  /// Room for a few small frames, so that the first of them do not move.
  private static let firstCapacity = 512

  /// Eight bytes at once.
  private mutating func append(_ value: UInt64) {
    // The bytes of a local value, copied before this returns.
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }
}
