import Testing

@testable import MageWire

/// There is one byte string for each value: what is not refused is written again byte by byte.
@Suite struct CanonicalFormTests {
  static let kinds: [MessageEncoder.Kind] = [.oneWay, .request(id: 77), .reply(id: 1 << 40)]

  @Test func everyBitFlipIsRefusedOrIsAnotherValue() {
    for kind in Self.kinds {
      let good = Sample(Everything(), kind)
      for bit in 0..<(good.bytes.count * 8) {
        var sample = good
        sample.bytes[bit / 8] ^= 1 << (bit % 8)
        guard let again = sample.reencoded() else { continue }
        #expect(again == sample.bytes, "bit \(bit % 8) of byte \(bit / 8)")
      }
    }
  }

  @Test func everyTruncationIsRefused() {
    for kind in Self.kinds {
      let good = Sample(Everything(), kind)
      for count in 0..<good.bytes.count {
        var sample = good
        sample.bytes.removeLast(good.bytes.count - count)
        #expect(sample.refusal != nil, "\(count) bytes")
      }
    }
  }

  @Test func everyTailIsRefused() {
    for count in [1, 7, 8, 9, 64] {
      for byte in [0, 1] as [UInt8] {
        var sample = Sample(Everything())
        sample.bytes += Array(repeating: byte, count: count)
        #expect(sample.refusal?.check == .message(.notCanonical), "\(count)")
      }
    }
  }

  @Test func changesInManyPlacesAreRefusedOrAreAnotherValue() {
    var random = SplitMix(seed: 4)
    for _ in 0..<30_000 {
      var sample = Sample(Everything.random(using: &random))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<sample.bytes.count, using: &random)
        // Small numbers and neighbours are what sizes, counts and pointers are made of.
        sample.bytes[index] =
          Bool.random(using: &random)
          ? .random(in: 0...255, using: &random)
          : sample.bytes[index] &+ [1, 8, 248, 255][Int.random(in: 0...3, using: &random)]
      }
      guard let again = sample.reencoded() else { continue }
      #expect(again == sample.bytes)
    }
  }

  @Test func randomBytesAreRefusedOrAreAValue() {
    var random = SplitMix(seed: 5)
    for _ in 0..<20_000 {
      var sample = Sample(Everything())
      sample.bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
        Int.random(in: 0...3, using: &random) == 0 ? .random(in: 0...255, using: &random) : 0
      }
      guard let again = sample.reencoded() else { continue }
      #expect(again == sample.bytes)
    }
  }

  @Test(arguments: [10, 11, 100, 103])
  func paddingInsideAStructIsZero(offset: Int) {
    var sample = Sample(Everything())
    sample.bytes[parameters + offset] = 1
    #expect(sample.refusal?.check == .message(.notCanonical))
  }

  @Test(arguments: [1, 2, 4, 5, 6, 7])
  func bitsBesideABoolAreZero(bit: Int) {
    var sample = Sample(Everything())
    sample.bytes[parameters + 8] |= 1 << bit
    #expect(sample.refusal?.check == .message(.notCanonical))
  }

  @Test func bytesThatAUnionDoesNotUseAreZero() {
    var value = Everything()
    value.shape = .dot
    for offset in 88..<96 {
      var sample = Sample(value)
      sample.bytes[parameters + offset] = 0x80
      #expect(sample.refusal?.check == .message(.notCanonical))
    }
  }

  @Test func paddingBetweenObjectsIsZero() {
    var sample = Sample(Everything())
    let text = sample.target(at: parameters + 32)
    sample.bytes[text + 8 + "größer".utf8.count] = 1  // after eight bytes comes the next object
    #expect(sample.refusal != nil)
    sample = Sample(Everything())
    let bytes = sample.target(at: parameters + 40)
    for index in 3..<8 {
      var spoiled = sample
      spoiled.bytes[bytes + 8 + index] = 1
      #expect(spoiled.refusal?.check == .message(.notCanonical))
      #expect(spoiled.refusal?.field == "numbers")
    }
  }

  @Test func anArrayHasNoRoomBesideItsElements() {
    var sample = Sample(Everything())
    let bytes = sample.target(at: parameters + 40)
    for size in 12...16 as ClosedRange<UInt32> {
      sample.put(size, at: bytes)
      #expect(sample.refusal?.check == .message(.notCanonical))
      #expect(sample.refusal?.field == "bytes")
    }
  }

  @Test func aGapBetweenObjectsIsRefused() {
    var sample = Sample(Point.Box())
    let target = sample.target(at: parameters + 8)
    sample.bytes.insert(contentsOf: Array(repeating: 0, count: 8), at: target)
    sample.put(sample.uint32(at: parameters + 8) + 8, at: parameters + 8)
    #expect(sample.refusal?.check == .message(.notCanonical))
    #expect(sample.refusal?.field == "point")
  }
}

extension Point {
  /// A pointer and nothing else.
  struct Box: WireStruct, Equatable {
    static let wireSize = 16
    var point = Point(x: 1, y: 2)
    init() {}
    init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      point = try message.structure(fields, 8, "point", Point.self)
    }
    func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.structure(fields, 8, point)
    }
  }
}
