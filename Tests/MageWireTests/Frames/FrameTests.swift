import Testing

@testable import MageWire

/// Every way in which a packet can be a bad container, each with its own name.
@Suite struct FrameTests {
  /// One frame of kind `message` with a payload, as a peer of this build writes it.
  static func packet(payload: [UInt8] = [1, 2, 3], attachments: [AttachmentKind] = []) -> [UInt8] {
    var writer = FrameWriter()
    writer.append(.message, endpoint: 7, attachments: attachments, payload: payload[...])
    return writer.bytes
  }

  static func frames(_ bytes: [UInt8]) throws(Malformed) -> [Frame] {
    var reader = FrameReader(bytes[...])
    var frames: [Frame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return frames
  }

  static func check(of bytes: [UInt8]) -> Malformed.Check? {
    do throws(Malformed) {
      _ = try frames(bytes)
      return nil
    } catch {
      return error.check
    }
  }

  @Test func framesOfOnePacketComeBackAsTheyWere() throws {
    var writer = FrameWriter()
    writer.append(.message, endpoint: 1, attachments: [.file, .region], payload: [9, 8, 7])
    writer.append(.credit, payload: Array(repeating: 5, count: 16)[...])
    writer.append(.message, flags: Frame.moreFlag, endpoint: 2, total: 70_000, payload: [1])
    let frames = try Self.frames(writer.bytes)
    try #require(frames.count == 3)
    #expect(frames[0].kind == FrameKind.message.rawValue)
    #expect(frames[0].endpoint == 1)
    #expect(frames[0].attachments == [1, 2])
    #expect(Array(writer.bytes[frames[0].payload]) == [9, 8, 7])
    #expect(Array(writer.bytes[frames[1].payload]) == Array(repeating: 5, count: 16))
    #expect(frames[2].flags == Frame.moreFlag)
    #expect(frames[2].total == 70_000)
    #expect(frames.allSatisfy { $0.payload.lowerBound % Frame.alignment == 0 })
  }

  @Test func theLastFrameNeedsNoPadding() throws {
    var bytes = Self.packet(payload: [1, 2, 3])
    bytes.removeLast(5)
    #expect(try Self.frames(bytes).count == 1)
  }

  @Test(arguments: 1..<Frame.headerSize)
  func aCutHeaderIsNamed(size: Int) {
    #expect(Self.check(of: Array(Self.packet().prefix(size))) == .transport(.frameHeaderTruncated))
  }

  @Test(arguments: [0, 1, 15] as [UInt8])
  func aLengthBelowTheHeaderIsNamed(length: UInt8) {
    var bytes = Self.packet()
    bytes[0] = length
    #expect(Self.check(of: bytes) == .transport(.frameTooShort))
  }

  @Test func aLengthBelowTheAttachmentTableIsNamed() {
    var bytes = Self.packet()
    bytes[6] = 0xFF
    bytes[7] = 0xFF
    #expect(Self.check(of: bytes) == .transport(.frameTooShort))
  }

  @Test(arguments: [25, 255] as [UInt8])
  func aLengthBeyondThePacketIsNamed(length: UInt8) {
    var bytes = Self.packet()
    bytes[0] = length
    #expect(Self.check(of: bytes) == .transport(.frameOverrunsPacket))
  }

  @Test func theLargestLengthIsNamed() {
    var bytes = Self.packet()
    for index in 0..<4 { bytes[index] = 0xFF }
    #expect(Self.check(of: bytes) == .transport(.frameOverrunsPacket))
  }

  @Test(arguments: 19..<24)
  func paddingThatIsNotZeroIsNamed(index: Int) {
    var bytes = Self.packet(payload: [1, 2, 3])
    bytes[index] = 1
    #expect(Self.check(of: bytes) == .transport(.paddingNotZero))
  }

  @Test(arguments: 17..<24)
  func reservedBytesOfAnAttachmentEntryAreNamed(index: Int) {
    var bytes = Self.packet(attachments: [.file])
    bytes[index] = 1
    #expect(Self.check(of: bytes) == .transport(.paddingNotZero))
  }

  /// Whatever the bytes are, reading ends, and every payload lies inside the packet.
  @Test func noBytesTrap() {
    var random = SplitMix(seed: 1)
    for _ in 0..<20_000 {
      var bytes = Self.packet(
        payload: (0..<Int.random(in: 0...40, using: &random)).map { UInt8($0) },
        attachments: [.file])
      bytes += Self.packet()
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        bytes[index] = .random(in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &random))
      guard let frames = try? Self.frames(bytes) else { continue }
      for frame in frames {
        #expect(frame.payload.lowerBound >= Frame.headerSize)
        #expect(frame.payload.upperBound <= bytes.count)
      }
    }
  }

  @Test func limitsSurviveTheWire() throws {
    let limits = ChannelLimits(
      maxMessageBytes: 1, maxAttachments: 2, windowMessages: 3, windowBytes: 4,
      windowAttachments: 5, maxOutstanding: 6, maxEndpoints: 7)
    #expect(try ChannelLimits(decoding: limits.encoded[...]) == limits)
    #expect(throws: Malformed.self) { try ChannelLimits(decoding: limits.encoded.dropLast()) }
  }
}
