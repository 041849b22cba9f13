import Testing

@testable import MageWire

/// The header's versions and each of its checks.
@Suite struct MessageHeaderTests {
  /// A header of `version` with `size` bytes and a parameter struct of 8 bytes after it. From version 2 on with the pointers.
  static func bytes(
    version: UInt32, size: UInt32, flags: UInt32 = 0, ids: [UInt32]? = nil
  ) -> [UInt8] {
    var words: [UInt32] = [size, version, 0, 5, flags, 0, 0x11, 0x22]
    words += Array(repeating: 0, count: 64)
    words.removeLast(words.count - Int(size) / 4)
    let payload = [8, 0] as [UInt32]
    var tail: [UInt32] = []
    if version >= 2, size >= 48 {
      words[8] = size - 32  // payload: right after the header
      if let ids {
        words[10] = size + 8 - 40
        tail = [UInt32(8 + ids.count * 4), UInt32(ids.count)] + ids
        if ids.count % 2 == 1 { tail.append(0) }
      }
    }
    return PayloadInts.encode(words + payload + tail)
  }

  static func refusal(_ bytes: [UInt8]) -> Malformed.Check? {
    do throws(Malformed) {
      _ = try MessageHeader(decoding: bytes)
      return nil
    } catch {
      return error.check
    }
  }

  @Test func eachVersionIsReadAtItsOwnSize() throws {
    for (version, size) in [(0, 24), (1, 32), (2, 48), (3, 56), (4, 56), (9, 64)]
      as [(UInt32, UInt32)]
    {
      let bytes = Self.bytes(version: version, size: size)
      let header = try MessageHeader(decoding: bytes)
      #expect(header.version == version)
      #expect(header.ordinal == 5)
      #expect(header.requestID == (version == 0 ? 0 : 0x22_0000_0011))
      #expect(header.payload == Int(size)..<bytes.count)
    }
  }

  @Test func eachVersionHasItsSize() {
    let wrong: [(UInt32, UInt32)] = [
      (0, 16), (0, 32), (1, 24), (1, 48), (2, 40), (2, 56), (3, 48), (3, 64), (4, 48),
    ]
    for (version, size) in wrong {
      let check = Self.refusal(Self.bytes(version: version, size: size))
      #expect(check == .message(.unexpectedStructHeader), "version \(version), \(size) bytes")
    }
  }

  @Test func aHeaderLiesInTheMessage() {
    #expect(Self.refusal([]) == .message(.illegalMemoryRange))
    #expect(Self.refusal([24, 0, 0, 0, 0, 0, 0]) == .message(.illegalMemoryRange))
    #expect(Self.refusal(PayloadInts.encode([24, 0, 0, 0, 0])) == .message(.illegalMemoryRange))
    #expect(Self.refusal(PayloadInts.encode([7, 0])) == .message(.unexpectedStructHeader))
    #expect(Self.refusal(PayloadInts.encode([.max, 0])) == .message(.illegalMemoryRange))
  }

  @Test func aReplyNeedsARequest() {
    for flags in 1...3 as ClosedRange<UInt32> {
      let check = Self.refusal(Self.bytes(version: 0, size: 24, flags: flags))
      #expect(check == .message(.headerMissingRequestID))
    }
  }

  @Test func aReplyExpectsNone() {
    for (version, size) in [(1, 32), (2, 48), (3, 56)] as [(UInt32, UInt32)] {
      let check = Self.refusal(Self.bytes(version: version, size: size, flags: 3))
      #expect(check == .message(.headerInvalidFlags))
    }
  }

  @Test func thePayloadEndsWhereTheInterfacesBegin() throws {
    let bytes = Self.bytes(version: 2, size: 48, ids: [1, 2, 3])
    #expect(try MessageHeader(decoding: bytes).payload == 48..<56)
  }

  @Test func reservedInterfacesAreRefused() {
    for id in [0, .max] as [UInt32] {
      let check = Self.refusal(Self.bytes(version: 2, size: 48, ids: [1, id]))
      #expect(check == .message(.illegalInterfaceID))
    }
  }

  @Test func aPayloadPointerLeadsBehindTheHeader() {
    let wrong: [(Int, UInt32, MessageCheck)] = [
      (32, 0, .unexpectedNullPointer), (32, 8, .illegalMemoryRange), (32, 17, .misalignedObject),
      (32, 0xFFFF_FFF8, .illegalMemoryRange), (36, 1, .illegalPointer),
      (40, 4, .misalignedObject), (40, 8, .illegalMemoryRange),
      (40, 0xFFFF_FFF8, .illegalMemoryRange), (44, 1, .illegalPointer),
    ]
    for (offset, value, check) in wrong {
      var bytes = Self.bytes(version: 2, size: 48, ids: [1])
      bytes.replaceSubrange(offset..<(offset + 4), with: PayloadInts.encode([value]))
      #expect(Self.refusal(bytes) == .message(check), "\(value) at \(offset)")
    }
  }

  @Test func interfacesFitTheirArray() {
    var bytes = Self.bytes(version: 2, size: 48, ids: [1])
    bytes[60] = 2
    #expect(Self.refusal(bytes) == .message(.unexpectedArrayHeader))
  }

  // MARK: What the format allows and a channel does not

  @Test func anotherInterfaceOnThePipeIsRefused() {
    var sample = Sample(Empty())
    sample.put(1, at: 8)
    #expect(sample.refusal?.check == .message(.unknownInterfaceID))
  }

  @Test(arguments: 2..<32)
  func unknownFlagsAreRefused(bit: Int) {
    var sample = Sample(Empty(), .request(id: 1))
    sample.put(1 | 1 << UInt32(bit), at: 16)
    #expect(sample.refusal?.check == .message(.unknownFlags))
  }

  @Test(arguments: 20..<24)
  func theTraceFieldIsZero(index: Int) {
    var sample = Sample(Empty())
    sample.bytes[index] = 1
    #expect(sample.refusal?.check == .message(.notCanonical))
  }

  @Test func aHeaderIsNoLargerThanItsMessageNeeds() {
    var sample = Sample(Empty(), .request(id: 0))
    sample.put(0, at: 16)
    #expect(sample.refusal?.check == .message(.notCanonical))
    var newer = Sample(Empty())
    newer.bytes = Self.bytes(version: 2, size: 48, flags: 1)
    #expect(newer.refusal?.check == .message(.notCanonical))
  }

  @Test func everyBitFlipAndEveryTruncationEnds() {
    for (version, size) in [(0, 24), (1, 32), (2, 48), (3, 56)] as [(UInt32, UInt32)] {
      let good = Self.bytes(version: version, size: size, ids: [1, 2])
      for bit in 0..<(good.count * 8) {
        var bytes = good
        bytes[bit / 8] ^= 1 << (bit % 8)
        guard let header = try? MessageHeader(decoding: bytes) else { continue }
        #expect(header.payload.lowerBound >= 24 && header.payload.upperBound <= bytes.count)
      }
      for count in 0..<Int(size) { #expect(Self.refusal(Array(good.prefix(count))) != nil) }
    }
  }
}
