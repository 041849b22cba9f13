internal import MageWire

/// A packet's frames: each lies in the packet, and written again they are the same bytes.
enum FrameTarget {
  static func run(_ bytes: [UInt8]) -> Bool {
    var reader = FrameReader(bytes[...])
    var end = 0
    while true {
      do throws(Malformed) {
        guard let frame = try reader.next() else { return true }
        guard frame.payload.lowerBound >= end + Frame.headerSize,
          frame.payload.upperBound <= bytes.count,
          frame.attachments.count * Frame.attachmentEntrySize <= bytes.count
        else { return false }
        guard isWrittenAgain(frame, bytes, at: &end) else { return false }
      } catch {
        return !error.description.isEmpty
      }
    }
  }

  private static func isWrittenAgain(_ frame: Frame, _ bytes: [UInt8], at start: inout Int) -> Bool
  {
    let padded = (frame.payload.upperBound + Frame.alignment - 1) / Frame.alignment
    let end = min(padded * Frame.alignment, bytes.count)
    defer { start = end }
    let kinds = frame.attachments.compactMap(AttachmentKind.init(rawValue:))
    guard let kind = FrameKind(rawValue: frame.kind), kinds.count == frame.attachments.count else {
      return true  // the channel refuses it; our writer cannot make it
    }
    var writer = FrameWriter()
    writer.append(
      kind, flags: frame.flags, endpoint: frame.endpoint, total: frame.total,
      entries: frame.entries,
      payload: bytes[frame.payload])
    return writer.bytes.prefix(end - start).elementsEqual(bytes[start..<end])
  }
}
