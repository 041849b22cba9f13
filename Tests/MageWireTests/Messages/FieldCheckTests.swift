import Testing

@testable import MageWire

/// The checks of the other kinds of fields, each reached by one change to a good message.
@Suite struct FieldCheckTests {
  /// Spoils a good message, and expects the check that finds it and the field where it does.
  private func expect<Value: WireStruct & Equatable>(
    _ check: Malformed.Check, at field: String?, in value: Value,
    _ location: SourceLocation = #_sourceLocation, _ spoil: (inout Sample<Value>) -> Void
  ) {
    var sample = Sample(value)
    #expect(sample.refusal == nil, sourceLocation: location)
    spoil(&sample)
    #expect(sample.refusal?.check == check, sourceLocation: location)
    #expect(sample.refusal?.field == field, sourceLocation: location)
  }

  private func expect<Value: WireStruct & Equatable>(
    _ check: Malformed.Check, at field: String, encoding value: Value,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(Sample(value).refusal?.check == check, sourceLocation: location)
    #expect(Sample(value).refusal?.field == field, sourceLocation: location)
  }

  // MARK: Ranges

  @Test func everyNumberKeepsItsRange() {
    let crimes: [(String, (inout Numbers) -> Void)] = [
      ("int8", { $0.rangedInt8 = 0 }), ("int8", { $0.rangedInt8 = -3 }),
      ("uint8", { $0.rangedUInt8 = 3 }), ("uint8", { $0.rangedUInt8 = 0 }),
      ("int16", { $0.rangedInt16 = 0 }), ("uint16", { $0.rangedUInt16 = 3 }),
      ("int32", { $0.rangedInt32 = 0 }), ("int64", { $0.rangedInt64 = .max }),
      ("uint64", { $0.rangedUInt64 = .max }), ("float", { $0.rangedFloat = 1.5 }),
      ("double", { $0.rangedDouble = -0.5 }),
    ]
    for (field, commit) in crimes {
      var value = Numbers()
      commit(&value)
      expect(.interface(.outOfRange), at: field, encoding: value)
    }
  }

  @Test func nanIsInNoRange() {
    var value = Numbers()
    value.rangedFloat = .nan
    expect(.interface(.outOfRange), at: "float", encoding: value)
    value = Numbers()
    value.rangedDouble = .nan
    expect(.interface(.outOfRange), at: "double", encoding: value)
  }

  // MARK: Arrays

  @Test func arraysKeepTheirLimits() {
    let crimes: [(String, (inout Arrays) -> Void)] = [
      ("numbers", { $0.numbers = Array(repeating: 0, count: 5) }),
      ("maybeNumbers", { $0.maybeNumbers = Array(repeating: nil, count: 5) }),
      ("bools", { $0.bools = Array(repeating: true, count: 13) }),
      ("maybeBools", { $0.maybeBools = Array(repeating: nil, count: 13) }),
      ("colors", { $0.colors = Array(repeating: .red, count: 5) }),
      ("maybeColors", { $0.maybeColors = Array(repeating: nil, count: 5) }),
      ("table", { $0.table = Array(repeating: nil, count: 4) }),
      ("row", { $0.table = [[1, 2, 3, 4]] }),
      ("text", { $0.text = "nine byte" }),
      ("maybePoints", { $0.maybePoints = Array(repeating: Point(x: 0, y: 0), count: 3) }),
    ]
    for (field, commit) in crimes {
      var value = Arrays()
      commit(&value)
      expect(.interface(.tooLong), at: field, encoding: value)
    }
  }

  @Test func fixedArraysHaveTheirLength() {
    for count in [0, 1, 3] {
      var value = Arrays()
      value.bytes = Array(repeating: 1, count: count)
      expect(.message(.unexpectedArrayHeader), at: "bytes", encoding: value)
      value = Arrays()
      value.fixed = Array(repeating: 1, count: count)
      expect(.message(.unexpectedArrayHeader), at: "fixed", encoding: value)
    }
  }

  @Test func requiredArraysAreThere() {
    let offsets = [
      (8, "numbers"), (16, "maybeNumbers"), (24, "bools"), (32, "maybeBools"), (40, "colors"),
      (48, "maybeColors"), (56, "points"), (64, "table"), (96, "shapes"),
    ]
    for (offset, name) in offsets {
      expect(.message(.unexpectedNullPointer), at: name, in: Arrays()) {
        $0.put(0, at: parameters + offset)
      }
    }
  }

  @Test func arraysHaveRoomForTheirElementsAndNoMore() {
    for (offset, name) in [(8, "numbers"), (16, "maybeNumbers"), (64, "table"), (96, "shapes")] {
      for change in [1, UInt32.max] {
        let check: MessageCheck = change == 1 ? .unexpectedArrayHeader : .notCanonical
        expect(.message(check), at: name, in: Arrays()) {
          let count = $0.target(at: parameters + offset) + 4
          $0.put($0.uint32(at: count) &+ change, at: count)
        }
      }
    }
    // Nine bools fill two bytes: 16 would fit, 17 and 8 do not.
    for (offset, name) in [(24, "bools"), (32, "maybeBools")] {
      expect(.message(.unexpectedArrayHeader), at: name, in: Arrays()) {
        $0.put(17, at: $0.target(at: parameters + offset) + 4)
      }
      expect(.message(.notCanonical), at: name, in: Arrays()) {
        $0.put(0, at: $0.target(at: parameters + offset) + 4)
      }
    }
  }

  @Test func bitsBehindTheLastBoolAreZero() {
    expect(.message(.notCanonical), at: "bools", in: Arrays()) {
      $0.bytes[$0.target(at: parameters + 24) + 9] |= 0b10
    }
    for (byte, bit) in [(8, 3), (9, 3)] {
      expect(.message(.notCanonical), at: "maybeBools", in: Arrays()) {
        $0.bytes[$0.target(at: parameters + 32) + byte] |= 1 << bit
      }
    }
  }

  @Test func whatIsAbsentIsZero() {
    expect(.message(.notCanonical), at: "maybeNumbers", in: Arrays()) {
      $0.bytes[$0.target(at: parameters + 16) + 16] = 1
    }
    expect(.message(.notCanonical), at: "maybeNumbers", in: Arrays()) {
      $0.bytes[$0.target(at: parameters + 16) + 9] = 1  // between the bitmap and the values
    }
    expect(.message(.notCanonical), at: "maybeBools", in: Arrays()) {
      $0.bytes[$0.target(at: parameters + 32) + 9] |= 1
    }
    expect(.message(.notCanonical), at: "maybeColors", in: Arrays()) {
      $0.bytes[$0.target(at: parameters + 48) + 16] = 1
    }
    expect(.message(.notCanonical), at: "shapes", in: Arrays()) {
      $0.bytes[$0.target(at: parameters + 96) + 8 + 16 + 4] = 1  // the absent union's tag
    }
  }

  @Test func enumsInArraysAreKnown() {
    expect(.message(.unknownEnumValue), at: "colors", in: Arrays()) {
      $0.put(3, at: $0.target(at: parameters + 40) + 8)
    }
    expect(.message(.unknownEnumValue), at: "maybeColors", in: Arrays()) {
      $0.put(3, at: $0.target(at: parameters + 48) + 12)
    }
  }

  @Test func elementsThatMustBeThereAre() {
    expect(.message(.unexpectedNullPointer), at: "points", in: Arrays()) {
      $0.put(0, at: $0.target(at: parameters + 56) + 8)
    }
  }

  @Test func optionalTextIsUTF8() {
    expect(.message(.notUTF8), at: "text", in: Arrays()) {
      $0.bytes[$0.target(at: parameters + 72) + 8] = 0xFF
    }
  }
}
