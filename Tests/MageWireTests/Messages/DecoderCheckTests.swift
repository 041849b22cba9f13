import Testing

@testable import MageWire

/// Each check of the decoder, reached by one change to a good message, with the field that it names.
@Suite struct DecoderCheckTests {
  static let good = Sample(Everything())
  /// The object that the pointer field at `offset` of the parameters leads to.
  static func object(_ offset: Int) -> Int { good.target(at: parameters + offset) }

  /// A change to a good message, the check that finds it and the field where it does.
  struct Crime: CustomTestStringConvertible, Sendable {
    let name: String
    let check: Malformed.Check
    let field: String?
    let commit: @Sendable (inout Sample<Everything>) -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ check: MessageCheck, at field: String?,
      _ commit: @escaping @Sendable (inout Sample<Everything>) -> Void
    ) {
      self.init(name, .message(check), at: field, commit)
    }

    init(
      _ name: String, _ check: Malformed.Check, at field: String?,
      _ commit: @escaping @Sendable (inout Sample<Everything>) -> Void
    ) {
      (self.name, self.check, self.field, self.commit) = (name, check, field, commit)
    }
  }

  static let pointers: [Crime] = [
    Crime("a pointer between multiples of 8", .misalignedObject, at: "point") {
      $0.put($0.uint32(at: parameters + 56) - 4, at: parameters + 56)
    },
    Crime("a pointer over other objects", .notCanonical, at: "points") {
      $0.put(UInt32($0.bytes.count - parameters - 72), at: parameters + 72)
    },
    Crime("a pointer just behind the end", .illegalMemoryRange, at: "points") {
      $0.put(UInt32($0.bytes.count - parameters - 72) + 8, at: parameters + 72)
    },
    Crime("a pointer far behind the end", .illegalMemoryRange, at: "text") {
      $0.put(0xFFFF_FFF8, at: parameters + 32)
    },
    Crime("a pointer to an object that was read", .illegalMemoryRange, at: "bytes") {
      $0.put(UInt32(object(32) - parameters - 40), at: parameters + 40)
    },
    Crime("a pointer into its own struct", .illegalMemoryRange, at: "text") {
      $0.put(8, at: parameters + 32)
    },
    Crime("two pointers to one object", .illegalMemoryRange, at: "maybe") {
      $0.put(UInt32(object(56) - parameters - 64), at: parameters + 64)
    },
    Crime("a pointer of 33 bits", .illegalPointer, at: "text") {
      $0.bytes[parameters + 36] = 1
    },
    Crime("a pointer of 64 bits", .illegalPointer, at: "maybe") {
      $0.bytes[parameters + 71] = 0x80
    },
    Crime("no string", .unexpectedNullPointer, at: "text") { $0.put(0, at: parameters + 32) },
    Crime("no bytes", .unexpectedNullPointer, at: "bytes") { $0.put(0, at: parameters + 40) },
    Crime("no numbers", .unexpectedNullPointer, at: "numbers") {
      $0.put(0, at: parameters + 48)
    },
    Crime("no struct", .unexpectedNullPointer, at: "point") { $0.put(0, at: parameters + 56) },
    Crime("no array", .unexpectedNullPointer, at: "points") { $0.put(0, at: parameters + 72) },
    Crime("no element", .unexpectedNullPointer, at: "points") { $0.put(0, at: object(72) + 8) },
    Crime("no text in the union", .unexpectedNullPointer, at: "shape.text") {
      $0.put(0, at: parameters + 88)
    },
    Crime("a struct that nobody points to", .notCanonical, at: "points") {
      $0.put(0, at: parameters + 64)
    },
  ]

  static let objects: [Crime] = [
    Crime("a struct below its header", .unexpectedStructHeader, at: "point") {
      $0.put(7, at: object(56))
    },
    Crime("a struct of another size", .unexpectedStructHeader, at: "point") {
      $0.put(24, at: object(56))
    },
    Crime("a smaller struct", .unexpectedStructHeader, at: "maybe") { $0.put(8, at: object(64)) },
    Crime("a struct of another version", .unexpectedStructHeader, at: "point") {
      $0.put(1, at: object(56) + 4)
    },
    Crime("parameters of another version", .unexpectedStructHeader, at: "parameters") {
      $0.put(1, at: parameters + 4)
    },
    Crime("a struct beyond the message", .illegalMemoryRange, at: "point") {
      $0.put(0xFFFF_FFF8, at: object(56))
    },
    Crime("an array below its header", .unexpectedArrayHeader, at: "text") {
      $0.put(7, at: object(32))
      $0.put(0, at: object(32) + 4)
    },
    Crime("an array with more elements than bytes", .unexpectedArrayHeader, at: "numbers") {
      $0.put(4, at: object(48) + 4)
    },
    Crime("an array of four billion", .unexpectedArrayHeader, at: "points") {
      $0.put(.max, at: object(72) + 4)
    },
    Crime("an array beyond the message", .illegalMemoryRange, at: "numbers") {
      $0.put(0xFFFF_FFF8, at: object(48))
      $0.put(0x3FFF_FFFC, at: object(48) + 4)
    },
    Crime("an array with bytes to spare", .notCanonical, at: "numbers") {
      $0.put(2, at: object(48) + 4)
    },
    Crime("text that is not UTF-8", .notUTF8, at: "text") { $0.bytes[object(32) + 8] = 0xFF },
    Crime("text that is cut inside a character", .notUTF8, at: "text") {
      $0.put(8 + 3, at: object(32))
      $0.put(3, at: object(32) + 4)
    },
    Crime("an unknown enum value", .unknownEnumValue, at: "color") {
      $0.put(3, at: parameters + 20)
    },
    Crime("a negative enum value", .unknownEnumValue, at: "color") {
      $0.put(.max, at: parameters + 20)
    },
    Crime("an unknown union tag", .unknownUnionTag, at: "shape") {
      $0.put(3, at: parameters + 84)
    },
    Crime("a union of another size", .unexpectedUnionSize, at: "shape") {
      $0.put(24, at: parameters + 80)
    },
    Crime("no union", .unexpectedNullPointer, at: "shape") { $0.put(0, at: parameters + 80) },
  ]

  static let handles: [Crime] = [
    Crime("no handle", .unexpectedInvalidHandle, at: "handle") {
      $0.put(.max, at: parameters + 96)
    },
    Crime("a handle that did not come", .illegalHandle, at: "handle") {
      $0.put(1, at: parameters + 96)
    },
    Crime("a handle that is far out", .illegalHandle, at: "handle") {
      $0.put(.max - 1, at: parameters + 96)
    },
    Crime("no handles at all", .illegalHandle, at: "handle") { $0.handles = [] },
    Crime("a handle is skipped", .unreferencedHandle, at: "handle") {
      $0.handles.append(Token(number: 2))
      $0.put(1, at: parameters + 96)
    },
    Crime("a handle that no field names", .unreferencedHandle, at: nil) {
      $0.handles.append(Token(number: 2))
    },
    Crime("a handle of another kind", .interface(.attachmentKind), at: "handle") {
      $0.handles = [OtherToken()]
    },
  ]

  @Test(arguments: pointers + objects + handles)
  func theCheckThatFindsItNamesTheField(crime: Crime) {
    var sample = Self.good
    crime.commit(&sample)
    #expect(sample.refusal?.check == crime.check)
    #expect(sample.refusal?.field == crime.field)
  }

  @Test func theGoodMessageIsTaken() { #expect(Self.good.refusal == nil) }

  @Test func repeatedAndDecreasingHandlesAreRefused() {
    for (first, second) in [(0, 0), (1, 0)] as [(UInt32, UInt32)] {
      var sample = Sample(TwoTokens())
      sample.put(first, at: parameters + 8)
      sample.put(second, at: parameters + 12)
      let check: MessageCheck = first == 0 ? .illegalHandle : .unreferencedHandle
      #expect(sample.refusal?.check == .message(check))
    }
  }

  @Test func whatIsLongerThanItsFieldAllowsIsRefused() {
    let tooLong: [(String, (inout Everything) -> Void)] = [
      ("text", { $0.text = String(repeating: "x", count: Everything.maxText + 1) }),
      ("bytes", { $0.bytes = Array(repeating: 1, count: Everything.maxBytes + 1) }),
      ("numbers", { $0.numbers = Array(repeating: 1, count: Everything.maxNumbers + 1) }),
      (
        "points",
        { $0.points = Array(repeating: Point(x: 0, y: 0), count: Everything.maxPoints + 1) }
      ),
    ]
    for (field, lengthen) in tooLong {
      var value = Everything()
      lengthen(&value)
      let refusal = Sample(value).refusal
      #expect(refusal?.check == .interface(.tooLong))
      #expect(refusal?.field == field)
    }
  }

  @Test func aNumberOutsideItsRangeIsRefused() throws {
    for value in [9, 21, .max] as [UInt32] {
      #expect(Sample(Ranged(value)).refusal?.check == .interface(.outOfRange))
    }
    for value in [10, 20] as [UInt32] {
      #expect(try Sample(Ranged(value)).decoded().value == value)
    }
  }

  @Test func nestingEndsAtItsLimit() throws {
    let deepest = Link(depth: MessageDecoder.maxDepth - 1)  // the last link's null counts too
    #expect(try Sample(deepest).decoded() == deepest)
    let refusal = Sample(Link(depth: MessageDecoder.maxDepth)).refusal
    #expect(refusal?.check == .message(.maxRecursionDepth))
    #expect(Sample(Link(depth: 5_000)).refusal?.check == .message(.maxRecursionDepth))
  }
}

/// A number from 10 to 20.
struct Ranged: WireStruct, Equatable {
  static let wireSize = 16
  let value: UInt32
  init(_ value: UInt32) { self.value = value }
  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    value = try message.uint32(fields, 8, "value", in: 10...20)
  }
  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.uint32(fields, 8, value)
  }
}
