@testable import MageWire

/// A union that can hold itself.
indirect enum Figure: WireUnion, Equatable {
  case dot(Bool)
  case text(String)
  case other(Figure)
  case maybe(Figure?)

  init(
    decoding message: inout MessageDecoder, at fields: StructView, field: String
  ) throws(Malformed) {
    switch try message.unionTag(fields, 0, field) {
    case 0: self = .dot(message.bool(fields, 8, bit: 0))
    case 1: self = .text(try message.string(fields, 8, "text"))
    case 2: self = .other(try message.unionObject(fields, 8, "other", Figure.self))
    case 3: self = .maybe(try message.optionalUnionObject(fields, 8, "maybe", Figure.self))
    case let tag: throw Malformed(.message(.unknownUnionTag), field: field, detail: "\(tag)")
    }
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    switch self {
    case .dot(let value):
      message.union(fields, 0, tag: 0)
      message.bool(fields, 8, bit: 0, value)
    case .text(let value):
      message.union(fields, 0, tag: 1)
      message.string(fields, 8, value)
    case .other(let value):
      message.union(fields, 0, tag: 2)
      message.unionObject(fields, 8, value)
    case .maybe(let value):
      message.union(fields, 0, tag: 3)
      message.unionObject(fields, 8, value)
    }
  }
}

/// Maps by keys of each kind, and unions in a struct.
struct Maps: WireStruct, Equatable {
  static let wireSize = 88

  var byText = ["b": 1 as UInt8, "a": 2, "c": 3]
  var byNumber: [Int16: Point] = [-1: Point(x: 1, y: 2), 5: Point(x: 3, y: 4)]
  var byBool = [true: "yes", false: "no"]
  var byColor: [Arrays.Color: Bool?] = [.green: nil, .red: true]
  var byPoint: [Point: UInt8] = [Point(x: 2, y: 1): 1, Point(x: 1, y: 2): 2]
  var maybe: [UInt32: UInt32]? = [1: 2]
  var figure = Figure.other(.maybe(.text("deep")))
  var absent: Figure?

  init() {}

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    byText = try message.map(fields, 8, "byText") { (message, map) throws(Malformed) in
      try message.array(map, 8, "key", stride: 8, max: 4) {
        (message, element) throws(Malformed) in try message.string(element, 0, "key")
      }
    } values: { (message, map) throws(Malformed) in
      try message.bytes(map, 16, "value", max: 4)
    }
    byNumber = try message.map(fields, 16, "byNumber") { (message, map) throws(Malformed) in
      try message.numbers(map, 8, "key", Int16.self)
    } values: { (message, map) throws(Malformed) in
      try message.structures(map, 16, "value", Point.self)
    }
    byBool = try message.map(fields, 24, "byBool") { (message, map) throws(Malformed) in
      try message.bools(map, 8, "key")
    } values: { (message, map) throws(Malformed) in
      try message.array(map, 16, "value", stride: 8) {
        (message, element) throws(Malformed) in try message.string(element, 0, "value")
      }
    }
    byColor = try message.map(fields, 32, "byColor") { (message, map) throws(Malformed) in
      try message.enumerations(map, 8, "key", Arrays.Color.self)
    } values: { (message, map) throws(Malformed) in
      try message.nullableBools(map, 16, "value")
    }
    byPoint = try message.map(fields, 40, "byPoint") { (message, map) throws(Malformed) in
      try message.structures(map, 8, "key", Point.self)
    } values: { (message, map) throws(Malformed) in
      try message.bytes(map, 16, "value")
    }
    maybe = try message.optionalMap(fields, 48, "maybe") { (message, map) throws(Malformed) in
      try message.numbers(map, 8, "key", UInt32.self)
    } values: { (message, map) throws(Malformed) in
      try message.numbers(map, 16, "value", UInt32.self)
    }
    figure = try message.union(fields, 56, "figure", Figure.self)
    absent = try message.optionalUnion(fields, 72, "absent", Figure.self)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.map(fields, 8, byText) {
      $0.array($1, 8, $2, stride: 8) { $0.string($1, 0, $2) }
    } values: {
      $0.bytes($1, 16, $2)
    }
    message.map(fields, 16, byNumber) {
      $0.numbers($1, 8, $2)
    } values: {
      $0.structures($1, 16, $2)
    }
    message.map(fields, 24, byBool) {
      $0.bools($1, 8, $2)
    } values: {
      $0.array($1, 16, $2, stride: 8) { $0.string($1, 0, $2) }
    }
    message.map(fields, 32, byColor) {
      $0.enumerations($1, 8, $2)
    } values: {
      $0.nullableBools($1, 16, $2)
    }
    message.map(fields, 40, byPoint) {
      $0.structures($1, 8, $2)
    } values: {
      $0.bytes($1, 16, $2)
    }
    message.map(fields, 48, maybe) {
      $0.numbers($1, 8, $2)
    } values: {
      $0.numbers($1, 16, $2)
    }
    message.union(fields, 56, figure)
    message.union(fields, 72, absent)
  }
}

extension Point: Hashable {
  func hash(into hasher: inout Hasher) { hasher.combine(x) }
}

/// What is read where it lies.
struct ViewSample: WireStruct, Equatable {
  static let wireSize = 56

  var text = TextView("fünf")
  var bytes = BytesView([1, 2, 3])
  var numbers = NumbersView<Float>([1, -2.5])
  var maybeText: TextView? = TextView("")
  var maybeBytes: BytesView?
  var maybeNumbers: NumbersView<Int64>? = NumbersView([.min, 5])

  init() {}

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    text = try message.textView(fields, 8, "text", max: 8)
    bytes = try message.bytesView(fields, 16, "bytes", max: 4)
    numbers = try message.numbersView(fields, 24, "numbers", Float.self, count: 2)
    maybeText = try message.optionalTextView(fields, 32, "maybeText")
    maybeBytes = try message.optionalBytesView(fields, 40, "maybeBytes")
    maybeNumbers = try message.optionalNumbersView(fields, 48, "maybeNumbers", Int64.self)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.textView(fields, 8, text)
    message.bytesView(fields, 16, bytes)
    message.numbersView(fields, 24, numbers)
    message.textView(fields, 32, maybeText)
    message.bytesView(fields, 40, maybeBytes)
    message.numbersView(fields, 48, maybeNumbers)
  }
}

/// A struct of three versions: 0, 1 (`extra`) and 3 (`text`).
struct Versioned: WireStruct, Equatable {
  static let wireSize = 32
  static let wireVersions = [
    WireVersion(0, size: 16), WireVersion(1, size: 24), WireVersion(3, size: 32),
  ]
  var number: UInt32 = 1
  var extra: UInt64 = 2
  var text: String? = "three"

  init() {}

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    number = message.uint32(fields, 8)
    extra = fields.version >= 1 ? message.uint64(fields, 16) : 0
    text = fields.version >= 3 ? try message.optionalString(fields, 24, "text") : nil
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.uint32(fields, 8, number)
    message.uint64(fields, 16, extra)
    message.string(fields, 24, text)
  }
}

/// A union with one member, of which later versions have more.
enum Note: WireUnion, Equatable {
  case number(UInt32)

  init(
    decoding message: inout MessageDecoder, at fields: StructView, field: String
  ) throws(Malformed) {
    guard try message.unionTag(fields, 0, field) == 0 else {
      message.skipUnionData(fields, 8)
      self = .number(0)
      return
    }
    self = .number(message.uint32(fields, 8))
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    switch self {
    case .number(let value):
      message.union(fields, 0, tag: 0)
      message.uint32(fields, 8, value)
    }
  }
}

/// The same union, later.
enum LaterNote: WireUnion, Equatable {
  case text([String])
  case token(Token)

  init(
    decoding message: inout MessageDecoder, at fields: StructView, field: String
  ) throws(Malformed) {
    throw Malformed(.message(.unknownUnionTag), field: field)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    switch self {
    case .text(let value):
      message.union(fields, 0, tag: 1)
      message.array(fields, 8, value, stride: 8) { $0.string($1, 0, $2) }
    case .token(let value):
      message.union(fields, 0, tag: 2)
      message.handle(fields, 8, value)
    }
  }
}

/// Two of a union that later versions extend, with something after them.
struct Notes<Member: WireUnion & Equatable>: WireStruct, Equatable {
  static var wireSize: Int { 56 }
  var first: Member
  var second: Member
  var text = "behind"
  var handle: Token? = Token(number: 7)

  init(_ first: Member, _ second: Member) { (self.first, self.second) = (first, second) }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    first = try message.union(fields, 8, "first", Member.self)
    second = try message.union(fields, 24, "second", Member.self)
    text = try message.string(fields, 40, "text")
    handle = try message.optionalHandle(fields, 48, "handle") as? Token
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.union(fields, 8, first)
    message.union(fields, 24, second)
    message.string(fields, 40, text)
    message.handle(fields, 48, handle)
  }
}
