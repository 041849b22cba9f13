import Mage
import MagenCore
import Testing

/// The golden files are part of this target: what is tested here is the code that the compiler wrote.
@Suite("Generated values")
struct RoundTripTests {
  private func roundTrip<Value: WireStruct & Equatable>(_ value: Value) throws -> Value {
    let (bytes, handles) = MessageEncoder.encode(.oneWay, ordinal: 0, value)
    return try decode(Value.self, bytes, handles)
  }

  private func decode<Value: WireStruct>(
    _ type: Value.Type, _ bytes: [UInt8], _ handles: [any WireHandle] = []
  ) throws(Malformed) -> Value {
    let header = try MessageHeader(decoding: bytes)
    return try MessageDecoder.decode(type, from: bytes, header: header, handles: handles)
  }

  private static let picture = Thumbnail(
    width: 3, height: 2, rgba: [1, 2, 3],
    tree: Tree(
      left: Tree(more: [], share: 0), more: [Tree(more: [], share: 1, message: -4)], share: 0.25,
      fields: "f"),
    comment: "✓", good: true, hue: .unknown(99))

  @Test("come out as they went in: parameters of every kind")
  func parameters() throws {
    let value = Gallery.ManyParameters(
      a: 200, b: true, c: false, d: .min, e: .greenBlue,
      f: .shapes([7: .other(.flag(true)), 8: .other(nil)]), g: ["a", "", "fünf"],
      h: [[1, 2, 3], nil], i: [.red: nil, .greenBlue: true])
    #expect(try roundTrip(value) == value)
    let least = Gallery.ManyParameters(
      a: 0, b: false, e: .red, h: [nil, nil], i: [:])
    #expect(try roundTrip(least) == least)
  }

  @Test("come out as they went in: structs that hold themselves, versions, results")
  func structs() throws {
    #expect(try roundTrip(Self.picture) == Self.picture)
    let reply = Gallery.DecodeReply(result: .success(Self.picture))
    #expect(try roundTrip(reply) == reply)
    let failure = Gallery.DecodeReply(result: .failure(DecodeFailure(reason: "no")))
    #expect(try roundTrip(failure) == failure)
    #expect(try roundTrip(Nothing()) == Nothing())
  }

  @Test("come out as they went in: arrays and maps of everything")
  func rows() throws {
    let tree = Tree(more: [], share: 0.5)
    let rows = Rows(
      bools: [true, false, true, true, false, false, false, false, true],
      maybeBools: [nil, true, false], shorts: [.min, 0, .max], doubles: [.pi, -0.0],
      maybeLongs: [nil, .max, 1, nil, nil, nil, nil, nil, 5], hues: [.warm, .unknown(-1)],
      maybeHues: [.cold, nil], maybeTrees: [nil, tree], shapes: [.number(1.5), .flag(false)],
      maybeShapes: [nil, .picture(Self.picture)], digits: [1, 9], table: [["a", "b"], nil, []],
      byName: ["x": .hues([.cold])], nested: [1: [true: "t", false: ""], 2: [:]])
    #expect(try roundTrip(rows) == rows)
  }

  @Test("views share the message and say what copies would")
  func views() throws {
    let value = Gallery.DrawParameters(
      page: TextView("fünf"), glyphs: BytesView([1, 2]), matrix: NumbersView([1, -2.5, 0, 4]))
    let out = try roundTrip(value)
    #expect(out == value)
    #expect(out.page.string == "fünf")
    #expect(out.page.withUTF8 { $0.count } == 5)
    #expect(out.glyphs?.array == [1, 2])
    #expect(out.matrix[1] == -2.5)
    #expect(out.matrix[4] == nil)
    #expect(out.matrix.array == [1, -2.5, 0, 4])
    let long = Gallery.DrawParameters(
      page: TextView(String(repeating: "x", count: 4_097)), matrix: value.matrix)
    #expect(throws: Malformed.self) { try roundTrip(long) }
    let short = Gallery.DrawParameters(page: TextView(""), matrix: NumbersView([1]))
    #expect(throws: Malformed.self) { try roundTrip(short) }
  }

  @Test("arrays that are read in place are beside the message or in it, by their size")
  func inPlace() throws {
    for (count, beside) in [(10, 0), (65_536, 4)] {
      let bytes = [UInt8](repeating: 9, count: count)
      let array = UntrustedBytes(bytes)
      let value = Gallery.PaintParameters(pixels: array, mask: array, tiles: [array, array])
      let (message, handles) = MessageEncoder.encode(.oneWay, ordinal: 0, value)
      #expect(handles.count == beside)
      let out = try decode(Gallery.PaintParameters.self, message, handles)
      #expect([out.pixels, try #require(out.mask)].map { $0.copy() } == [bytes, bytes])
      #expect(out.tiles.map { $0.copy() } == [bytes, bytes])
    }
    let long = UntrustedBytes([UInt8](repeating: 9, count: 1_048_577))
    let value = Gallery.PaintParameters(pixels: long, tiles: [])
    let (message, handles) = MessageEncoder.encode(.oneWay, ordinal: 0, value)
    #expect(throws: Malformed.self) {
      try decode(Gallery.PaintParameters.self, message, handles)
    }
  }

  @Test("limits hold: a value outside of its range, and a list that is too long, are refused")
  func limits() throws {
    var picture = Self.picture
    picture.width = 513
    #expect(throws: Malformed.self) { try roundTrip(picture) }
    picture = Self.picture
    picture.format = String(repeating: "x", count: 17)
    #expect(throws: Malformed.self) { try roundTrip(picture) }
    picture = Self.picture
    picture.tree?.share = 1.5
    #expect(throws: Malformed.self) { try roundTrip(picture) }
    var many = Gallery.ManyParameters(a: 0, b: false, e: .red, h: [nil, nil], i: [:])
    many.g = ["too long", "", ""]
    #expect(throws: Malformed.self) { try roundTrip(many) }
    many.g = ["", ""]
    #expect(throws: Malformed.self) { try roundTrip(many) }
  }

  @Test("enums of later versions: kept where there is no default, the default where there is")
  func extensibleEnums() {
    #expect(Hue(rawValue: 5) == .unknown(5))
    #expect(Hue(rawValue: 5).rawValue == 5)
    #expect(Colour(rawValue: 5) == .greenBlue)
    #expect(Gallery.Ground(rawValue: 1) == nil)
    #expect(Gallery.Ground.default == .white)
  }

  @Test("a field of a version that the sender did not have reads as nothing")
  func olderVersion() throws {
    let (bytes, _) = MessageEncoder.encode(
      .oneWay, ordinal: 0, OldThumbnail(width: 1, height: 2, format: "png", rgba: []))
    let picture = try decode(Thumbnail.self, bytes)
    #expect(picture == Thumbnail(width: 1, height: 2, rgba: [], good: false, hue: .warm))
  }

  /// ``Thumbnail`` as it was in version 0.
  private struct OldThumbnail: WireStruct {
    static let wireSize = 32
    var width: UInt32
    var height: UInt32
    var format: String
    var rgba: [UInt8]

    init(width: UInt32, height: UInt32, format: String, rgba: [UInt8]) {
      self.width = width
      self.height = height
      self.format = format
      self.rgba = rgba
    }

    init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      width = message.uint32(fields, 8)
      height = message.uint32(fields, 12)
      format = try message.string(fields, 16, "format")
      rgba = try message.bytes(fields, 24, "rgba")
    }

    func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint32(fields, 8, width)
      message.uint32(fields, 12, height)
      message.string(fields, 16, format)
      message.bytes(fields, 24, rgba)
    }
  }

  // MARK: The corpus, which a second writer of the format made

  @Test(
    "messages of the corpus decode, and encode to the same bytes",
    arguments: 0..<40 as Range<UInt64>)
  func corpus(_ seed: UInt64) throws {
    let outcome = Checker.check(["\(testFolder)/Interfaces/gallery.magen"], reader: Files())
    let corpus = Corpus(try #require(outcome.program)).messages(file: 0, count: 6, seed: seed)
    #expect(corpus.count > 50)
    for message in corpus where message.handles == 0 {
      try recode(message)
    }
  }

  private func recode(_ message: Corpus.Message) throws {
    let name = message.name.split(separator: ".").dropFirst(2).prefix(2).joined(separator: ".")
    switch name {
    case "Decode.reply": try recode(Gallery.DecodeReply.self, message)
    case "Forget.request": try recode(Gallery.ForgetParameters.self, message)
    case "Many.request": try recode(Gallery.ManyParameters.self, message)
    case "Many.reply": try recode(Gallery.ManyReply.self, message)
    case "Draw.request": try recode(Gallery.DrawParameters.self, message)
    case "Draw.reply": try recode(Gallery.DrawReply.self, message)
    case "Paint.request": try recode(Gallery.PaintParameters.self, message)
    case "Paint.reply": try recode(Gallery.PaintReply.self, message)
    case "Words.request": try recode(Gallery.WordsParameters.self, message)
    case "Words.reply", "Ping.request", "Ping.reply", "Stop.request":
      try recode(Empty.self, message)
    default: Issue.record("no type for \(message.name)")
    }
  }

  private func recode<Value: WireStruct>(
    _ type: Value.Type, _ message: Corpus.Message
  ) throws {
    let value: Value
    let header = try MessageHeader(decoding: message.bytes)
    do throws(Malformed) {
      value = try decode(type, message.bytes)
    } catch {
      Issue.record("\(message.name): \(error)")
      return
    }
    let kind: MessageEncoder.Kind =
      header.isReply
      ? .reply(id: header.requestID)
      : header.expectsReply ? .request(id: header.requestID) : .oneWay
    let (bytes, _) = MessageEncoder.encode(kind, ordinal: header.ordinal, value)
    #expect(bytes == message.bytes, "\(message.name)")
  }
}

@Suite("Generated protocols")
struct ServiceTests {
  /// An implementation is called as it is, without a pipe, by the protocol that the proxy has too.
  private struct Here: Demo.Service {
    let received: @Sendable (String) -> Void

    func method1(a: Int32, b: String, c: String) async throws { received("\(a)\(b)\(c)") }
    func sendName(name: String, isFirstName: Bool) async throws { received(name) }
  }

  @Test("an implementation serves in-process through the protocol of its proxy")
  func inProcess() async throws {
    try await confirmation { confirm in
      let demo: any Demo.Service = Here { text in
        #expect(text == "1bc")
        confirm()
      }
      try await demo.method1(a: 1, b: "b", c: "c")
    }
    // The table is made of any implementation, whatever is known of its type.
    let service: any Demo.Service = Here { _ in }
    _ = Demo.handlers(service)
  }

  @Test("methods have the ordinals of the file")
  func ordinals() {
    #expect(Gallery.decode.ordinal == 0)
    #expect(Gallery.ping.ordinal == 7)
    #expect(Gallery.stop.ordinal == 9)
    #expect(Gallery.name == "demo.Gallery")
    #expect(Gallery.version == 2)
    #expect(Gallery.sandbox == "renderer")
    #expect(Gallery.greeting == "a \"quoted\"\nline")
    #expect(largestSide == 512)
  }
}
