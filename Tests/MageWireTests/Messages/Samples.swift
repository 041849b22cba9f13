@testable import MageWire

/// A struct with a field of every kind, laid out by hand.
///
///     8  bool (bit 0), bool (bit 3)   32 string     56 struct             80 union, 16 bytes
///     9  u8                           40 bytes      64 optional struct    96 handle
///     12 u32    16 i32    20 enum     48 [u32]      72 array of structs
///     24 u64
struct Everything: WireStruct, Equatable {
  static let wireSize = 104
  static let maxText = 40
  static let maxBytes = 41
  static let maxNumbers = 5
  static let maxPoints = 3

  var isFirst = true
  var isSecond = true
  var small: UInt8 = 0xA5
  var number: UInt32 = 0xDEAD_BEEF
  var signed: Int32 = -7
  var color = Color.green
  var large: UInt64 = 0x0123_4567_89AB_CDEF
  var text = "größer"
  var bytes: [UInt8] = [1, 2, 3]
  var numbers: [UInt32] = [4, 5, 6]
  var point = Point(x: 1, y: -1)
  var maybe: Point? = Point(x: 8, y: 9)
  var points = [Point(x: 2, y: 3), Point(x: 4, y: 5)]
  var shape = Shape.text("union")
  var handle = Token(number: 1)

  enum Color: Int32 { case red, green, blue }
}

extension Everything {
  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    isFirst = message.bool(fields, 8, bit: 0)
    isSecond = message.bool(fields, 8, bit: 3)
    small = message.uint8(fields, 9)
    number = message.uint32(fields, 12)
    signed = message.int32(fields, 16)
    color = try message.enumeration(fields, 20, "color", Color.self)
    large = message.uint64(fields, 24)
    text = try message.string(fields, 32, "text", max: Self.maxText)
    bytes = try message.bytes(fields, 40, "bytes", max: Self.maxBytes)
    numbers = try message.numbers(fields, 48, "numbers", UInt32.self, max: Self.maxNumbers)
    point = try message.structure(fields, 56, "point", Point.self)
    maybe = try message.optionalStructure(fields, 64, "maybe", Point.self)
    points = try message.structures(fields, 72, "points", Point.self, max: Self.maxPoints)
    shape = try Shape(decoding: &message, fields, 80)
    guard let token = try message.handle(fields, 96, "handle") as? Token else {
      throw Malformed(.interface(.attachmentKind), field: "handle")
    }
    handle = token
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.bool(fields, 8, bit: 0, isFirst)
    message.bool(fields, 8, bit: 3, isSecond)
    message.uint8(fields, 9, small)
    message.uint32(fields, 12, number)
    message.int32(fields, 16, signed)
    message.int32(fields, 20, color.rawValue)
    message.uint64(fields, 24, large)
    message.string(fields, 32, text)
    message.bytes(fields, 40, bytes)
    message.numbers(fields, 48, numbers)
    message.structure(fields, 56, point)
    message.structure(fields, 64, maybe)
    message.structures(fields, 72, points)
    shape.encode(into: &message, fields, 80)
    message.handle(fields, 96, handle)
  }
}

struct Point: WireStruct, Equatable {
  static let wireSize = 16
  var x: Int32
  var y: Int32

  init(x: Int32, y: Int32) {
    self.x = x
    self.y = y
  }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    x = message.int32(fields, 8)
    y = message.int32(fields, 12)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.int32(fields, 8, x)
    message.int32(fields, 12, y)
  }
}

enum Shape: Equatable {
  case dot
  case circle(radius: UInt32)
  case text(String)

  init(
    decoding message: inout MessageDecoder, _ fields: StructView, _ offset: Int
  ) throws(Malformed) {
    switch try message.unionTag(fields, offset, "shape") {
    case 0: self = .dot
    case 1: self = .circle(radius: message.uint32(fields, offset + 8))
    case 2: self = .text(try message.string(fields, offset + 8, "shape.text", max: 16))
    case let tag:
      throw Malformed(.message(.unknownUnionTag), field: "shape", detail: "\(tag)")
    }
  }

  func encode(into message: inout MessageEncoder, _ fields: StructView, _ offset: Int) {
    switch self {
    case .dot:
      message.union(fields, offset, tag: 0)
    case .circle(let radius):
      message.union(fields, offset, tag: 1)
      message.uint32(fields, offset + 8, radius)
    case .text(let text):
      message.union(fields, offset, tag: 2)
      message.string(fields, offset + 8, text)
    }
  }
}

/// What stands for a descriptor here.
struct Token: WireHandle, Equatable {
  let number: Int
}

/// A handle of a kind that no field of ``Everything`` has.
struct OtherToken: WireHandle {}

/// A list: as deep as it has links.
struct Link: WireStruct, Equatable {
  static let wireSize = 16
  /// At most one element: an array only because a struct cannot contain itself.
  var next: [Link] = []

  init(depth: Int) {
    for _ in 0..<depth { next = [Link(next: next)] }
  }

  private init(next: [Link]) { self.next = next }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    next = try message.optionalStructure(fields, 8, "next", Link.self).map { [$0] } ?? []
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.structure(fields, 8, next.first)
  }
}

/// Two handles, for their order.
struct TwoTokens: WireStruct, Equatable {
  static let wireSize = 16
  var first = Token(number: 1)
  var second = Token(number: 2)

  init() {}

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    guard let first = try message.handle(fields, 8, "first") as? Token,
      let second = try message.handle(fields, 12, "second") as? Token
    else { throw Malformed(.interface(.attachmentKind)) }
    self.first = first
    self.second = second
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.handle(fields, 8, first)
    message.handle(fields, 12, second)
  }
}

/// A message of a peer, to be spoiled before it is decoded.
struct Sample<Value: WireStruct & Equatable> {
  var bytes: [UInt8]
  var handles: [any WireHandle]

  init(_ value: Value, _ kind: MessageEncoder.Kind = .oneWay, ordinal: UInt32 = 3) {
    (bytes, handles) = MessageEncoder.encode(kind, ordinal: ordinal, value)
  }

  func decoded() throws(Malformed) -> Value {
    let header = try MessageHeader(decoding: bytes)
    return try MessageDecoder.decode(Value.self, from: bytes, header: header, handles: handles)
  }

  /// The check that refuses the bytes, or `nil` when they are taken.
  var refusal: Malformed? {
    do throws(Malformed) {
      _ = try decoded()
      return nil
    } catch {
      return error
    }
  }

  /// The bytes that this build writes for what the bytes mean; `nil` when they are refused.
  func reencoded() -> [UInt8]? {
    do throws(Malformed) {
      let header = try MessageHeader(decoding: bytes)
      let kind: MessageEncoder.Kind =
        header.expectsReply
        ? .request(id: header.requestID)
        : header.isReply ? .reply(id: header.requestID) : .oneWay
      return MessageEncoder.encode(kind, ordinal: header.ordinal, try decoded()).bytes
    } catch {
      return nil
    }
  }

  /// Overwrites four bytes, little-endian.
  mutating func put(_ value: UInt32, at index: Int) {
    for byte in 0..<4 { bytes[index + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
  }

  func uint32(at index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * $1) }
  }

  /// Where the pointer at `index` leads.
  func target(at index: Int) -> Int { index + Int(uint32(at: index)) }
}

/// Where the parameters of a one-way message begin.
let parameters = 24
