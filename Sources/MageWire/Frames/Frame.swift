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
///     16      attachments × (u8 kind, 7 zero bytes)
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
  /// The raw kind of each attachment, in order.
  package let attachments: [UInt8]
  /// Where the payload lies in the packet.
  package let payload: Range<Int>

  /// Fragments of the same message follow.
  package static let moreFlag: UInt8 = 1
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
    let length = Int(uint32(at: position))  // 64-bit Int: every UInt32 fits
    let count = Int(bytes[position + 6]) | Int(bytes[position + 7]) << 8
    let tables = Frame.headerSize + count * Frame.attachmentEntrySize  // below 2^20
    guard length >= tables else {
      throw Malformed(.transport(.frameTooShort), detail: "length \(length), needs \(tables)")
    }
    guard length <= left else {
      throw Malformed(.transport(.frameOverrunsPacket), detail: "length \(length), \(left) left")
    }
    let frame = Frame(
      kind: bytes[position + 4], flags: bytes[position + 5], endpoint: uint32(at: position + 8),
      total: uint32(at: position + 12), attachments: try attachmentKinds(count),
      payload: (position + tables)..<(position + length))
    try skipPadding(after: position + length)
    return frame
  }

  private func attachmentKinds(_ count: Int) throws(Malformed) -> [UInt8] {
    guard count > 0 else { return [] }
    var kinds: [UInt8] = []
    kinds.reserveCapacity(count)  // the table lies within the packet: `next` has compared lengths
    for index in 0..<count {
      let entry = position + Frame.headerSize + index * Frame.attachmentEntrySize
      kinds.append(bytes[entry])
      guard bytes[(entry + 1)..<(entry + Frame.attachmentEntrySize)].allSatisfy({ $0 == 0 }) else {
        throw Malformed(.transport(.paddingNotZero), detail: "attachment entry \(index)")
      }
    }
    return kinds
  }

  private mutating func skipPadding(after frameEnd: Int) throws(Malformed) {
    let size = frameEnd - bytes.startIndex
    let padding = (Frame.alignment - size % Frame.alignment) % Frame.alignment
    let next = min(frameEnd + padding, end)
    guard bytes[frameEnd..<next].allSatisfy({ $0 == 0 }) else {
      throw Malformed(.transport(.paddingNotZero), detail: "after the frame")
    }
    position = next
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
    let length =
      Frame.headerSize + attachments.count * Frame.attachmentEntrySize + payload.count
    append(UInt32(truncatingIfNeeded: length))
    bytes.append(kind.rawValue)
    bytes.append(flags)
    bytes.append(UInt8(truncatingIfNeeded: attachments.count))
    bytes.append(UInt8(truncatingIfNeeded: attachments.count >> 8))
    append(endpoint)
    append(total)
    for attachment in attachments {
      bytes.append(attachment.rawValue)
      bytes.append(contentsOf: [0, 0, 0, 0, 0, 0, 0])
    }
    bytes.append(contentsOf: payload)
    while bytes.count % Frame.alignment != 0 { bytes.append(0) }
  }

  private mutating func append(_ value: UInt32) {
    for shift in stride(from: 0, through: 24, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
    }
  }
}
