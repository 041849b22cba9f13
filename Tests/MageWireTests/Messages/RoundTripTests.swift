import Testing

@testable import MageWire

/// Whatever is encoded comes back as it was.
@Suite struct RoundTripTests {
  @Test func everyKindOfFieldComesBack() throws {
    #expect(try Sample(Everything()).decoded() == Everything())
  }

  @Test func theSmallestAndTheLargestOfEachFieldComeBack() throws {
    var least = Everything()
    least.isFirst = false
    least.isSecond = false
    least.small = 0
    least.number = 0
    least.signed = .min
    least.color = .red
    least.large = 0
    least.text = ""
    least.bytes = []
    least.numbers = []
    least.maybe = nil
    least.points = []
    least.shape = .dot
    #expect(try Sample(least).decoded() == least)

    var most = Everything()
    most.small = .max
    most.number = .max
    most.signed = .max
    most.color = .blue
    most.large = .max
    most.text = String(repeating: "x", count: Everything.maxText)
    most.bytes = Array(repeating: 0xFF, count: Everything.maxBytes)
    most.numbers = Array(repeating: .max, count: Everything.maxNumbers)
    most.points = Array(repeating: Point(x: .max, y: .min), count: Everything.maxPoints)
    most.shape = .circle(radius: .max)
    #expect(try Sample(most).decoded() == most)
  }

  /// Text is bytes here: what looks the same must not become the same.
  @Test func textKeepsItsBytes() throws {
    var value = Everything()
    value.text = "e\u{301} \u{0} \u{FEFF}"
    let text = try Sample(value).decoded().text
    #expect(Array(text.utf8) == Array(value.text.utf8))
  }

  @Test func randomValuesComeBack() throws {
    var random = SplitMix(seed: 2)
    for _ in 0..<2_000 {
      let value = Everything.random(using: &random)
      #expect(try Sample(value).decoded() == value)
    }
  }

  @Test func nothingComesBackAsNothing() throws {
    let sample = Sample(Empty())
    #expect(sample.bytes.count == 32)
    #expect(try sample.decoded() == Empty())
  }

  @Test func theHeaderSaysWhatTheMessageIs() throws {
    let oneWay = try MessageHeader(decoding: Sample(Empty(), .oneWay, ordinal: 9).bytes)
    #expect(oneWay.version == 0 && oneWay.ordinal == 9 && oneWay.requestID == 0)
    #expect(!oneWay.expectsReply && !oneWay.isReply)
    let request = try MessageHeader(decoding: Sample(Empty(), .request(id: .max)).bytes)
    #expect(request.version == 1 && request.requestID == .max)
    #expect(request.expectsReply && !request.isReply)
    let reply = try MessageHeader(decoding: Sample(Empty(), .reply(id: 5)).bytes)
    #expect(reply.version == 1 && reply.requestID == 5)
    #expect(reply.isReply && !reply.expectsReply)
  }

  @Test func everyObjectStartsAtAMultipleOfEight() {
    var random = SplitMix(seed: 3)
    for _ in 0..<200 {
      #expect(Sample(Everything.random(using: &random)).bytes.count % 8 == 0)
    }
  }

  @Test func handlesTravelInTheOrderOfTheirFields() throws {
    let sample = Sample(TwoTokens())
    #expect(sample.handles.map { ($0 as? Token)?.number } == [1, 2])
    #expect(try sample.decoded() == TwoTokens())
  }

  @Test func theBytesAreThoseOfTheFormat() {
    let sample = Sample(Point(x: 1, y: -1), .request(id: 0x1122), ordinal: 7)
    #expect(
      sample.bytes == [
        32, 0, 0, 0, 1, 0, 0, 0,  // header: size, version
        0, 0, 0, 0, 7, 0, 0, 0,  // interface, ordinal
        1, 0, 0, 0, 0, 0, 0, 0,  // flags: expects a reply; trace
        0x22, 0x11, 0, 0, 0, 0, 0, 0,  // request
        16, 0, 0, 0, 0, 0, 0, 0,  // Point: size, version
        1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
      ])
  }
}

extension Everything {
  static func random(using random: inout SplitMix) -> Everything {
    var value = Everything()
    value.isFirst = .random(using: &random)
    value.isSecond = .random(using: &random)
    value.small = .random(in: .min ... .max, using: &random)
    value.number = .random(in: .min ... .max, using: &random)
    value.signed = .random(in: .min ... .max, using: &random)
    value.color = [.red, .green, .blue].randomElement(using: &random) ?? .red
    value.large = .random(in: .min ... .max, using: &random)
    value.text = String(repeating: "ä", count: .random(in: 0...20, using: &random))
    value.bytes = (0..<Int.random(in: 0...maxBytes, using: &random)).map { UInt8($0) }
    value.numbers = (0..<UInt32.random(in: 0...5, using: &random)).map { $0 &* 77 }
    value.maybe = Bool.random(using: &random) ? Point(x: 1, y: 2) : nil
    value.points = (0..<Int32.random(in: 0...3, using: &random)).map { Point(x: $0, y: -$0) }
    value.shape =
      [.dot, .circle(radius: 5), .text("four")].randomElement(using: &random) ?? .dot
    return value
  }
}
