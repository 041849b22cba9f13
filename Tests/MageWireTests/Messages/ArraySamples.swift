@testable import MageWire

/// Numbers of each kind, one after the other, alone and within ranges.
struct Numbers: WireStruct, Equatable {
  static let wireSize = 104

  var int8: Int8 = -1
  var int16: Int16 = -2
  var uint16: UInt16 = 0xBEEF
  var int64 = Int64.min
  var float: Float = 1.5
  var double = -Double.pi
  var rangedInt8: Int8 = -1
  var rangedUInt8: UInt8 = 1
  var rangedInt16: Int16 = -1
  var rangedUInt16: UInt16 = 1
  var rangedInt32: Int32 = -1
  var rangedInt64: Int64 = -1
  var rangedUInt64: UInt64 = 1
  var rangedFloat: Float = 0.5
  var rangedDouble = 0.5

  init() {}

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    int8 = message.int8(fields, 8)
    int16 = message.int16(fields, 10)
    uint16 = message.uint16(fields, 12)
    int64 = message.int64(fields, 16)
    float = message.float(fields, 24)
    double = message.double(fields, 32)
    rangedInt8 = try message.int8(fields, 40, "int8", in: -2 ... -1)
    rangedUInt8 = try message.uint8(fields, 41, "uint8", in: 1...2)
    rangedInt16 = try message.int16(fields, 42, "int16", in: -2 ... -1)
    rangedUInt16 = try message.uint16(fields, 44, "uint16", in: 1...2)
    rangedInt32 = try message.int32(fields, 48, "int32", in: -2 ... -1)
    rangedInt64 = try message.int64(fields, 56, "int64", in: -2 ... -1)
    rangedUInt64 = try message.uint64(fields, 64, "uint64", in: 1...2)
    rangedFloat = try message.float(fields, 72, "float", in: 0...1)
    rangedDouble = try message.double(fields, 80, "double", in: 0...1)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.int8(fields, 8, int8)
    message.int16(fields, 10, int16)
    message.uint16(fields, 12, uint16)
    message.int64(fields, 16, int64)
    message.float(fields, 24, float)
    message.double(fields, 32, double)
    message.int8(fields, 40, rangedInt8)
    message.uint8(fields, 41, rangedUInt8)
    message.int16(fields, 42, rangedInt16)
    message.uint16(fields, 44, rangedUInt16)
    message.int32(fields, 48, rangedInt32)
    message.int64(fields, 56, rangedInt64)
    message.uint64(fields, 64, rangedUInt64)
    message.float(fields, 72, rangedFloat)
    message.double(fields, 80, rangedDouble)
  }
}

/// Arrays of each kind, as they must be and as they may be absent.
struct Arrays: WireStruct, Equatable {
  static let wireSize = 112
  enum Color: Int32 { case red, green, blue }

  var numbers: [Int16] = [-1, 2, 3]
  var maybeNumbers: [Int64?] = [nil, -1, 5]
  var bools = [true, false, true, true, false, false, false, false, true]
  var maybeBools: [Bool?] = [nil, true, false]
  var colors = [Color.blue, .red]
  var maybeColors: [Color?] = [.green, nil, .blue]
  var points: [Point] = [Point(x: 1, y: 2)]
  var table: [[UInt8]?] = [[1, 2, 3], nil, []]
  var text: String? = "fünf"
  var bytes: [UInt8]? = [9, 8]
  var fixed: [UInt32]? = [1, 2]
  var shapes: [Figure?] = [.dot(true), nil, .text("in an array")]
  var maybePoints: [Point]? = [Point(x: 3, y: 4)]

  init() {}

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    numbers = try message.numbers(fields, 8, "numbers", Int16.self, max: 4)
    maybeNumbers = try message.nullableNumbers(fields, 16, "maybeNumbers", Int64.self, max: 4)
    bools = try message.bools(fields, 24, "bools", max: 12)
    maybeBools = try message.nullableBools(fields, 32, "maybeBools", max: 12)
    colors = try message.enumerations(fields, 40, "colors", Color.self, max: 4)
    maybeColors = try message.nullableEnumerations(fields, 48, "maybeColors", Color.self, max: 4)
    points = try message.structures(fields, 56, "points", Point.self)
    table = try message.array(fields, 64, "table", stride: 8, max: 3) {
      (message, element) throws(Malformed) in
      try message.optionalBytes(element, 0, "row", max: 3)
    }
    text = try message.optionalString(fields, 72, "text", max: 8)
    bytes = try message.optionalBytes(fields, 80, "bytes", count: 2)
    fixed = try message.optionalNumbers(fields, 88, "fixed", UInt32.self, count: 2)
    shapes = try message.array(fields, 96, "shapes", stride: 16) {
      (message, element) throws(Malformed) in
      try message.optionalUnion(element, 0, "shape", Figure.self)
    }
    maybePoints = try message.optionalStructures(fields, 104, "maybePoints", Point.self, max: 2)
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.numbers(fields, 8, numbers)
    message.nullableNumbers(fields, 16, maybeNumbers)
    message.bools(fields, 24, bools)
    message.nullableBools(fields, 32, maybeBools)
    message.enumerations(fields, 40, colors)
    message.nullableEnumerations(fields, 48, maybeColors)
    message.structures(fields, 56, points)
    message.array(fields, 64, table, stride: 8) { $0.bytes($1, 0, $2) }
    message.string(fields, 72, text)
    message.bytes(fields, 80, bytes)
    message.numbers(fields, 88, fixed)
    message.array(fields, 96, shapes, stride: 16) { $0.union($1, 0, $2) }
    message.structures(fields, 104, maybePoints)
  }
}

/// The other forms of arrays that may be absent.
struct Absent: WireStruct, Equatable {
  static let wireSize = 64

  var numbers: [Int8?]?
  var bools: [Bool]?
  var maybeBools: [Bool?]?
  var colors: [Arrays.Color]?
  var maybeColors: [Arrays.Color?]?
  var rows: [[UInt8]]?
  var map: [Int8: Bool]?

  init() {}

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    numbers = try message.optionalNullableNumbers(fields, 8, "numbers", Int8.self)
    bools = try message.optionalBools(fields, 16, "bools")
    maybeBools = try message.optionalNullableBools(fields, 24, "maybeBools")
    colors = try message.optionalEnumerations(fields, 32, "colors", Arrays.Color.self)
    maybeColors = try message.optionalNullableEnumerations(
      fields, 40, "maybeColors", Arrays.Color.self)
    rows = try message.optionalArray(fields, 48, "rows", stride: 8) {
      (message, element) throws(Malformed) in try message.bytes(element, 0, "row")
    }
    map = try message.optionalMap(fields, 56, "map") { (message, map) throws(Malformed) in
      try message.numbers(map, 8, "map", Int8.self)
    } values: { (message, map) throws(Malformed) in
      try message.bools(map, 16, "map")
    }
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.nullableNumbers(fields, 8, numbers)
    message.bools(fields, 16, bools)
    message.nullableBools(fields, 24, maybeBools)
    message.enumerations(fields, 32, colors)
    message.nullableEnumerations(fields, 40, maybeColors)
    message.array(fields, 48, rows, stride: 8) { $0.bytes($1, 0, $2) }
    message.map(fields, 56, map) {
      $0.numbers($1, 8, $2)
    } values: {
      $0.bools($1, 16, $2)
    }
  }
}
