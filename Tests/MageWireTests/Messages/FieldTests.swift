import Testing

@testable import MageWire

/// What every kind of field must do: come back as it was, and have one byte string for each value.
@Suite struct FieldTests {
  private func expectRoundTrip<Value: WireStruct & Equatable>(
    of value: Value, _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try Sample(value).decoded() == value, sourceLocation: location)
  }

  /// Each bit flipped, and each end cut off: it is refused, or it is another value's only byte string.
  private func expectCanonical<Value: WireStruct & Equatable>(
    _ value: Value, _ location: SourceLocation = #_sourceLocation
  ) {
    let good = Sample(value)
    for bit in 0..<(good.bytes.count * 8) {
      var sample = good
      sample.bytes[bit / 8] ^= 1 << (bit % 8)
      guard let again = sample.reencoded() else { continue }
      #expect(again == sample.bytes, "bit \(bit % 8) of byte \(bit / 8)", sourceLocation: location)
    }
    for count in 0..<good.bytes.count {
      var sample = good
      sample.bytes.removeLast(good.bytes.count - count)
      #expect(sample.refusal != nil, "\(count) bytes", sourceLocation: location)
    }
  }

  @Test func numbersComeBack() throws {
    try expectRoundTrip(of: Numbers())
    var other = Numbers()
    (other.int8, other.int16, other.uint16, other.int64) = (.min, .min, .max, .max)
    (other.float, other.double) = (-0.0, .infinity)
    (other.rangedInt8, other.rangedUInt64, other.rangedDouble) = (-2, 2, 1)
    try expectRoundTrip(of: other)
  }

  @Test func arraysComeBack() throws {
    try expectRoundTrip(of: Arrays())
    var empty = Arrays()
    (empty.numbers, empty.maybeNumbers, empty.bools, empty.maybeBools) = ([], [], [], [])
    (empty.colors, empty.maybeColors, empty.points, empty.table) = ([], [], [], [])
    (empty.text, empty.bytes, empty.fixed, empty.shapes) = (nil, nil, nil, [])
    empty.maybePoints = nil
    try expectRoundTrip(of: empty)
  }

  @Test func absentArraysComeBack() throws {
    try expectRoundTrip(of: Absent())
    var present = Absent()
    present.numbers = [nil, -1, 5, nil, nil, nil, nil, nil, nil, 7]
    present.bools = [true, false]
    present.maybeBools = [nil, nil, true, false, nil, nil, nil, nil, true]
    present.colors = [.blue]
    present.maybeColors = [nil, .red]
    present.rows = [[], [1]]
    present.map = [-1: true, 1: false]
    try expectRoundTrip(of: present)
    expectCanonical(present)
  }

  @Test func mapsAndUnionsComeBack() throws {
    try expectRoundTrip(of: Maps())
    var other = Maps()
    (other.byText, other.byNumber, other.byBool, other.byColor) = ([:], [:], [:], [:])
    (other.byPoint, other.maybe) = ([:], nil)
    (other.figure, other.absent) = (.maybe(nil), .dot(true))
    try expectRoundTrip(of: other)
  }

  @Test func viewsComeBack() throws {
    try expectRoundTrip(of: ViewSample())
    var other = ViewSample()
    (other.text, other.maybeText) = (TextView(""), nil)
    (other.maybeBytes, other.maybeNumbers) = (BytesView([5]), nil)
    try expectRoundTrip(of: other)
  }

  @Test func theNewestVersionComesBack() throws {
    let sample = Sample(Versioned())
    #expect(sample.uint32(at: parameters + 4) == 3)
    #expect(try sample.decoded() == Versioned())
  }

  @Test func everyBitFlipIsRefusedOrIsAnotherValue() {
    expectCanonical(Numbers())
    expectCanonical(Arrays())
    expectCanonical(Maps())
    expectCanonical(ViewSample())
    expectCanonical(Versioned())
    expectCanonical(Absent())
  }

  @Test func changesInManyPlacesAreRefusedOrAreAnotherValue() {
    var random = SplitMix(seed: 6)
    func spoil<Value: WireStruct & Equatable>(_ value: Value) {
      for _ in 0..<8_000 {
        var sample = Sample(value)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let index = Int.random(in: parameters..<sample.bytes.count, using: &random)
          sample.bytes[index] =
            Bool.random(using: &random)
            ? .random(in: 0...255, using: &random)
            : sample.bytes[index] &+ [1, 8, 248, 255][Int.random(in: 0...3, using: &random)]
        }
        guard let again = sample.reencoded() else { continue }
        #expect(again == sample.bytes)
      }
    }
    spoil(Arrays())
    spoil(ViewSample())
  }

  /// The bytes of the format's own description.
  @Test func theBytesAreThoseOfTheFormat() {
    var value = Absent()
    value.numbers = [nil, -1]
    value.maybeBools = [true, nil, false]
    let objects = Array(Sample(value).bytes[(parameters + Absent.wireSize)...])
    #expect(
      objects == [
        11, 0, 0, 0, 2, 0, 0, 0,  // [int8?]: size, count
        0b10, 0, 0xFF, 0, 0, 0, 0, 0,  // who is there, values, padding
        10, 0, 0, 0, 3, 0, 0, 0,  // [bool?]: size, count
        0b101, 0b001, 0, 0, 0, 0, 0, 0,  // who is there, values, padding
      ])
  }
}
