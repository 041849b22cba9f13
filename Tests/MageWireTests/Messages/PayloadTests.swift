import Testing

@testable import MageWire

/// Arrays of bytes that travel beside their message.
@Suite struct PayloadTests {
  /// The same field in its three forms, and a map whose keys have one.
  private struct Arrays: WireStruct, Sendable {
    static let wireSize = 40
    var own: [UInt8]
    var view: BytesView?
    var inPlace: UntrustedBytes?
    var keyed: [Key: UInt8] = [:]

    init(_ own: [UInt8], view: [UInt8]? = nil, inPlace: [UInt8]? = nil, keys: [[UInt8]] = []) {
      self.own = own
      self.view = view.map { BytesView($0) }
      self.inPlace = inPlace.map { UntrustedBytes($0) }
      for key in keys { keyed[Key(bytes: key)] = 1 }
    }

    init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      own = try message.bytes(fields, 8, "own", max: 200_000)
      view = try message.optionalBytesView(fields, 16, "view")
      inPlace = try message.optionalUntrustedBytes(fields, 24, "inPlace", max: 200_000)
      keyed = try message.map(
        fields, 32, "keyed",
        keys: { (message, map) throws(Malformed) in try message.structures(map, 8, "keys", Key.self)
        },
        values: { (message, map) throws(Malformed) in
          try message.numbers(map, 16, "values", UInt8.self)
        })
    }

    func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.bytes(fields, 8, own)
      message.bytesView(fields, 16, view)
      message.untrustedBytes(fields, 24, inPlace)
      message.map(
        fields, 32, keyed, keys: { $0.structures($1, 8, $2) }, values: { $0.numbers($1, 16, $2) })
    }
  }

  private struct Key: WireStruct, Hashable {
    static let wireSize = 16
    var bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      bytes = try message.bytes(fields, 8, "bytes")
    }

    func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.bytes(fields, 8, bytes)
    }
  }

  private static func filled(_ count: Int, _ byte: UInt8 = 7) -> [UInt8] {
    [UInt8](repeating: byte, count: count)
  }

  private func decode(_ bytes: [UInt8], _ handles: [any WireHandle]) throws(Malformed) -> Arrays {
    try MessageDecoder.decode(
      Arrays.self, from: bytes, header: try MessageHeader(decoding: bytes), handles: handles)
  }

  private func check(_ bytes: [UInt8], _ handles: [any WireHandle]) -> Malformed.Check? {
    do throws(Malformed) {
      _ = try decode(bytes, handles)
      return nil
    } catch {
      return error.check
    }
  }

  private func encoded(_ value: Arrays) -> (bytes: [UInt8], handles: [any WireHandle]) {
    MessageEncoder.encode(.oneWay, ordinal: 0, value)
  }

  @Test func largeArraysAreBesideTheMessageAndSmallOnesInIt() throws {
    for (count, beside) in [(65_535, 0), (65_536, 3)] {
      let array = Self.filled(count)
      let message = encoded(Arrays(array, view: array, inPlace: array))
      #expect(message.handles.count == beside)
      #expect((message.bytes.count > 3 * 65_535) == (beside == 0))
      let value = try decode(message.bytes, message.handles)
      #expect(value.own == array && value.view?.array == array && value.inPlace?.copy() == array)
    }
  }

  @Test func keysOfMapsAreInTheMessageAndInOneOrder() throws {
    let keys = [Self.filled(70_000, 1), Self.filled(70_000, 2), Self.filled(3)]
    let message = encoded(Arrays([], keys: keys))
    #expect(message.handles.isEmpty)
    #expect(try decode(message.bytes, []).keyed.count == 3)
  }

  @Test func thereIsOneFormForEachValue() throws {
    // Beside the message, though small; in it, though large, is another test's.
    let message = encoded(Arrays(Self.filled(65_536)))
    #expect(check(message.bytes, [UntrustedBytes(Self.filled(65_535))]) == .message(.notCanonical))
    #expect(check(message.bytes, [UntrustedBytes([])]) == .message(.notCanonical))
    #expect(check(message.bytes, [UntrustedBytes(Self.filled(200_001))]) == .interface(.tooLong))
    #expect(check(message.bytes, message.handles) == nil)
  }

  @Test func anArrayIsWhatTheFieldIsAndClaimedOnce() throws {
    struct Other: WireHandle {}
    let message = encoded(Arrays(Self.filled(65_536)))
    #expect(check(message.bytes, []) == .message(.illegalHandle))
    #expect(check(message.bytes, [Other()]) == .message(.illegalHandle))
    let twice = message.handles + message.handles
    #expect(check(message.bytes, twice) == .message(.unreferencedHandle))
    // The mark with another index, and marks that are none.
    for (position, byte) in [(0, 1), (3, 1), (7, 0xFE)] as [(Int, UInt8)] {
      var bytes = message.bytes
      let field = try #require(Self.mark(in: bytes))
      bytes[field + position] = byte
      let expected: MessageCheck = position == 7 ? .illegalPointer : .illegalHandle
      #expect(check(bytes, message.handles) == .message(expected), "\(position)")
    }
  }

  private static func mark(in bytes: [UInt8]) -> Int? {
    bytes.indices.first {
      $0 % 8 == 0 && bytes[$0...].starts(with: [0, 0, 0, 0, 255, 255, 255, 255])
    }
  }

  @Test func byTheRulesOfOthersThereIsNoMark() throws {
    let message = encoded(Arrays(Self.filled(65_536)))
    #expect(throws: Malformed.self) {
      try MessageDecoder.decode(
        Arrays.self, from: message.bytes, header: try MessageHeader(decoding: message.bytes),
        handles: message.handles, rules: .mojo)
    }
  }

  @Test func aLargeArrayInTheMessageIsRefused() throws {
    // `numbers` writes every array into the message; on the wire it is the same type.
    struct Numbers: WireStruct {
      static let wireSize = 40
      var numbers: [UInt8]
      init(_ numbers: [UInt8]) { self.numbers = numbers }
      init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
        numbers = try message.numbers(fields, 8, "numbers", UInt8.self)
      }
      func encode(into message: inout MessageEncoder, at fields: StructView) {
        message.numbers(fields, 8, numbers)
        message.map(
          fields, 32, [Key: UInt8](), keys: { $0.structures($1, 8, $2) },
          values: { $0.numbers($1, 16, $2) })
      }
    }
    let large = MessageEncoder.encode(.oneWay, ordinal: 0, Numbers(Self.filled(65_536)))
    #expect(check(large.bytes, []) == .message(.notCanonical))
    let small = MessageEncoder.encode(.oneWay, ordinal: 0, Numbers(Self.filled(65_535)))
    #expect(check(small.bytes, []) == nil)
  }

  @Test func untrustedBytesAreReadInBounds() {
    let bytes = UntrustedBytes([1, 2, 3])
    #expect(bytes[2] == 3 && bytes[3] == nil && bytes[-1] == nil)
    #expect(bytes.copy(1..<3) == [2, 3] && bytes.copy(2..<4) == nil)
    #expect(bytes.withoutContents.count == 3 && bytes.withoutContents.copy() == [])
    #expect(bytes.withoutContents[0] == nil)
  }
}
