import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What leaves, in which packets.
@Suite struct OutboxTests {
  static let piece = Outbox.maxPieceBytes

  /// Every packet and its frames, taken as a socket with room would take them.
  static func drain(_ outbox: inout Outbox) throws -> [(packet: Outbox.Packet, frames: [Frame])] {
    var packets: [(packet: Outbox.Packet, frames: [Frame])] = []
    while let packet = outbox.next() {
      var reader = FrameReader(packet.bytes[...])
      var frames: [Frame] = []
      while let frame = try reader.next() { frames.append(frame) }
      packets.append((packet, frames))
      outbox.sent(packet)
    }
    return packets
  }

  /// Sizes and how many pieces they need.
  static let sizes: [(Int, Int)] = [
    (0, 1), (1, 1), (piece - 1, 1), (piece, 1), (piece + 1, 2), (2 * piece, 2),
    (2 * piece + 1, 3), (1 << 20, 18),
  ]

  @Test(arguments: sizes)
  func aMessageLeavesInAsManyPiecesAsItNeeds(size: Int, count: Int) throws {
    let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var outbox = Outbox()
    outbox.append(.reply, endpoint: .bootstrap, message: message, carried: [])
    let packets = try Self.drain(&outbox)
    let frames = packets.flatMap { packet in packet.frames.map { (packet.packet, $0) } }
    #expect(frames.count == count)
    #expect(frames.flatMap { $0.0.bytes[$0.1.payload] } == message)
    #expect(frames.first?.1.kind == FrameKind.reply.rawValue)
    #expect(frames.first?.1.total == (count == 1 ? 0 : UInt32(size)))
    #expect(frames.dropFirst().allSatisfy { $0.1.kind == FrameKind.fragment.rawValue })
    #expect(frames.dropLast().allSatisfy { $0.1.flags == Frame.moreFlag })
    #expect(frames.last?.1.flags == 0)
    #expect(packets.allSatisfy { $0.packet.bytes.count <= Outbox.maxPacketBytes })
    #expect(outbox.isEmpty && outbox.queuedBytes == 0)
  }

  @Test func smallFramesShareAPacketAndKeepTheirOrder() throws {
    var outbox = Outbox()
    for number in 1...100 as ClosedRange<UInt32> {
      outbox.append(.message, endpoint: number, payload: [1, 2, 3])
    }
    let packets = try Self.drain(&outbox)
    #expect(packets.count == 1)
    #expect(packets.first?.frames.map(\.endpoint) == Array(1...100))
  }

  @Test func noPacketIsLargerThanItsLimit() throws {
    var random = SplitMix(seed: 8)
    for _ in 0..<50 {
      var outbox = Outbox()
      var sizes: [Int] = []
      for _ in 0..<40 {
        let size = Int.random(in: 0...9_000, using: &random)
        sizes.append(size)
        outbox.append(.message, endpoint: 1, payload: [UInt8](repeating: 1, count: size)[...])
      }
      let queued = outbox.queuedBytes
      let packets = try Self.drain(&outbox)
      #expect(packets.allSatisfy { $0.packet.bytes.count <= Outbox.maxPacketBytes })
      #expect(packets.flatMap { $0.frames.map(\.payload.count) } == sizes)
      #expect(packets.reduce(0) { $0 + $1.packet.bytes.count } == queued)
      #expect(outbox.queuedBytes == 0)
    }
  }

  @Test func aFullPacketIsExactlyAsLargeAsItsLimit() throws {
    var outbox = Outbox()
    let half = Outbox.maxPacketBytes / 2 - Frame.headerSize
    for _ in 0..<3 {
      outbox.append(.message, endpoint: 1, payload: [UInt8](repeating: 1, count: half)[...])
    }
    let packets = try Self.drain(&outbox)
    #expect(packets.map(\.packet.bytes.count) == [65_536, 32_768])
  }

  @Test func noPacketCarriesTooManyDescriptors() throws {
    var outbox = Outbox()
    let attachment = Attachment(kind: .file, descriptor: try .file())
    for _ in 0..<50 {
      outbox.append(
        .message, endpoint: .bootstrap, message: [1],
        carried: Array(repeating: .descriptor(attachment), count: 3))
    }
    let packets = try Self.drain(&outbox)
    #expect(packets.map(\.packet.descriptors.count) == [63, 63, 24])
    for (packet, frames) in packets {
      #expect(frames.reduce(0) { $0 + $1.attachments.count } == packet.descriptors.count)
    }
  }

  @Test func attachmentsTravelWithTheFirstFragment() throws {
    var outbox = Outbox()
    let attachment = Attachment(kind: .file, descriptor: try .file())
    let message = [UInt8](repeating: 1, count: Self.piece + 1)
    outbox.append(
      .message, endpoint: .bootstrap, message: message, carried: [.descriptor(attachment)])
    let frames = try Self.drain(&outbox).flatMap(\.frames)
    #expect(frames.map(\.attachments) == [[AttachmentKind.file.rawValue], []])
  }

  @Test func aPacketThatFoundNoRoomIsTheNextAgain() throws {
    var outbox = Outbox()
    outbox.append(.message, endpoint: 1, payload: [1])
    let next = outbox.next()
    let packet = try #require(next)
    outbox.keep(packet)
    outbox.append(.message, endpoint: 2, payload: [2])
    #expect(!outbox.isEmpty)
    #expect(outbox.queuedBytes == 48)
    let packets = try Self.drain(&outbox)
    #expect(packets.map { $0.frames.map(\.endpoint) } == [[1], [2]])
    #expect(outbox.isEmpty && outbox.queuedBytes == 0)
  }

  @Test func descriptorsStayOpenUntilTheirPacketHasLeft() throws {
    var outbox = Outbox()
    weak var file: SharedDescriptor?
    do {
      let attachment = Attachment(kind: .file, descriptor: try .file())
      file = attachment.descriptor
      outbox.append(
        .message, endpoint: .bootstrap, message: [1], carried: [.descriptor(attachment)])
    }
    #expect(file != nil)
    outbox.removeAll()
    #expect(file == nil)
    #expect(outbox.isEmpty && outbox.queuedBytes == 0)
    let next = outbox.next()
    #expect(next == nil)
  }

  @Test func framesThatHaveLeftAreForgotten() throws {
    var outbox = Outbox()
    let payload = [UInt8](repeating: 1, count: Self.piece)
    for number in 1...600 as ClosedRange<UInt32> {
      outbox.append(.message, endpoint: number, payload: payload[...])
    }
    var numbers: [UInt32] = []
    while let packet = outbox.next() {
      var reader = FrameReader(packet.bytes[...])
      while let frame = try reader.next() { numbers.append(frame.endpoint) }
      outbox.sent(packet)
      if numbers.count == 400 { outbox.append(.message, endpoint: 601, payload: [1]) }
    }
    #expect(numbers == Array(1...601))
  }
}
