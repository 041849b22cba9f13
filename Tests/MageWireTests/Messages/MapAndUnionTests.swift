import Testing

@testable import MageWire

/// The checks of maps, unions, views, versions and handles that may be absent.
@Suite struct MapAndUnionTests {
  private func refusal<Value: WireStruct & Equatable>(
    _ value: Value, _ spoil: (inout Sample<Value>) -> Void
  ) -> Malformed? {
    var sample = Sample(value)
    #expect(sample.refusal == nil)
    spoil(&sample)
    return sample.refusal
  }

  /// A position in the map that the field at `offset` leads to.
  private func keys(_ sample: Sample<Maps>, _ offset: Int) -> Int {
    sample.target(at: sample.target(at: parameters + offset) + 8)
  }

  // MARK: Maps

  @Test func aMapIsAStructOfTwoPointers() {
    for (index, value) in [(0, 32), (0, 16), (4, 1)] as [(Int, UInt32)] {
      let found = refusal(Maps()) { $0.put(value, at: $0.target(at: parameters + 16) + index) }
      #expect(found?.check == .message(.unexpectedStructHeader))
      #expect(found?.field == "byNumber")
    }
  }

  @Test func mapsHaveBothArrays() {
    for offset in [8, 16] {
      let found = refusal(Maps()) { $0.put(0, at: $0.target(at: parameters + 16) + offset) }
      #expect(found?.check == .message(.unexpectedNullPointer))
    }
    let absent = refusal(Maps()) { $0.put(0, at: parameters + 16) }
    #expect(absent?.check == .message(.unexpectedNullPointer))
  }

  @Test func keysAndValuesAreOfOneNumber() {
    let found = refusal(Maps()) {
      // The values of `byColor` are bits: three instead of two take no more room.
      let values = $0.target(at: $0.target(at: parameters + 32) + 16)
      $0.put(3, at: values + 4)
    }
    #expect(found?.check == .message(.differentSizedArraysInMap))
    #expect(found?.field == "byColor")
  }

  @Test func keysAscendAndAreThereOnce() {
    for (first, second) in [(5, -1), (5, 5)] as [(Int16, Int16)] {
      let found = refusal(Maps()) {
        let keys = keys($0, 16) + 8
        for (index, key) in [first, second].enumerated() {
          $0.bytes[keys + index * 2] = UInt8(truncatingIfNeeded: key)
          $0.bytes[keys + index * 2 + 1] = UInt8(truncatingIfNeeded: key >> 8)
        }
      }
      #expect(found?.check == .message(.notCanonical))
      #expect(found?.field == "byNumber")
    }
    let colors = refusal(Maps()) {
      let keys = keys($0, 32) + 8
      $0.put(1, at: keys)
      $0.put(0, at: keys + 4)
    }
    #expect(colors?.check == .message(.notCanonical))
    let bools = refusal(Maps()) { $0.bytes[keys($0, 24) + 8] = 0b01 }
    #expect(bools?.check == .message(.notCanonical))
  }

  /// Structs have no order, and still no key is there twice.
  @Test func aStructIsAKeyOnce() {
    let found = refusal(Maps()) { sample in
      let keys = keys(sample, 40)
      let (first, second) = (sample.target(at: keys + 8), sample.target(at: keys + 16))
      for index in 0..<16 { sample.bytes[second + index] = sample.bytes[first + index] }
    }
    #expect(found?.check == .message(.notCanonical))
    #expect(found?.field == "byPoint")
  }

  @Test func structsAscendByTheirBytes() {
    let found = refusal(Maps()) { sample in
      let keys = keys(sample, 40)
      let (first, second) = (sample.target(at: keys + 8), sample.target(at: keys + 16))
      for index in 0..<16 { sample.bytes.swapAt(first + index, second + index) }
    }
    #expect(found?.check == .message(.notCanonical))
    #expect(found?.field == "byPoint")
  }

  @Test func equalMapsHaveEqualBytes() {
    for count in [2, 3, 40] as [Int32] {
      var value = Maps()
      value.byPoint = [:]
      value.byNumber = [:]
      for index in 0..<count {
        value.byPoint[Point(x: index, y: 0)] = UInt8(index)
        value.byNumber[Int16(index)] = Point(x: 0, y: index)
      }
      var other = Maps()
      other.byPoint = [:]
      other.byNumber = [:]
      for index in (0..<count).reversed() {
        other.byPoint[Point(x: index, y: 0)] = UInt8(index)
        other.byNumber[Int16(index)] = Point(x: 0, y: index)
      }
      #expect(Sample(value).bytes == Sample(other).bytes)
    }
  }

  // MARK: Unions

  @Test func unionsAreThereAndOfOneSize() {
    let absent = refusal(Maps()) { $0.put(0, at: parameters + 56) }
    #expect(absent?.check == .message(.unexpectedNullPointer))
    #expect(absent?.field == "figure")
    let large = refusal(Maps()) { $0.put(24, at: parameters + 56) }
    #expect(large?.check == .message(.unexpectedUnionSize))
    let unknown = refusal(Maps()) { $0.put(4, at: parameters + 60) }
    #expect(unknown?.check == .message(.unknownUnionTag))
  }

  @Test func anAbsentUnionIsAllZero() {
    for index in 76..<88 {
      let found = refusal(Maps()) { $0.bytes[parameters + index] = 1 }
      #expect(found?.check == .message(.notCanonical))
    }
  }

  @Test func aUnionBehindAPointerIsAnObject() {
    let crimes: [(MessageCheck, String, (inout Sample<Maps>, Int) -> Void)] = [
      (.unexpectedNullPointer, "other", { sample, _ in sample.put(0, at: parameters + 64) }),
      (
        .misalignedObject, "other",
        { sample, _ in sample.put(sample.uint32(at: parameters + 64) - 4, at: parameters + 64) }
      ),
      (
        .illegalMemoryRange, "other",
        { sample, _ in sample.put(UInt32(sample.bytes.count), at: parameters + 64) }
      ),
      (.unexpectedUnionSize, "other", { sample, target in sample.put(24, at: target) }),
      (.unexpectedNullPointer, "other", { sample, target in sample.put(0, at: target) }),
      (.unknownUnionTag, "other", { sample, target in sample.put(9, at: target + 4) }),
    ]
    for (check, field, commit) in crimes {
      let found = refusal(Maps()) { sample in
        commit(&sample, sample.target(at: parameters + 64))
      }
      #expect(found?.check == .message(check))
      #expect(found?.field == field)
    }
    var dot = Maps()
    dot.figure = .other(.dot(true))
    for (index, bit) in [(8, 1), (9, 0), (15, 7)] {
      let found = refusal(dot) {
        $0.bytes[$0.target(at: parameters + 64) + index] |= 1 << bit
      }
      #expect(found?.check == .message(.notCanonical))
    }
  }

  @Test func nestingOfUnionsEndsAtItsLimit() {
    func deep(_ count: Int) -> Maps {
      var value = Maps()
      value.figure = (0..<count).reduce(Figure.dot(true)) { figure, _ in .other(figure) }
      return value
    }
    #expect(Sample(deep(MessageDecoder.maxDepth - 1)).refusal == nil)
    let refusal = Sample(deep(MessageDecoder.maxDepth)).refusal
    #expect(refusal?.check == .message(.maxRecursionDepth))
    #expect(Sample(deep(5_000)).refusal?.check == .message(.maxRecursionDepth))
  }

  // MARK: Members of later versions

  /// What ``LaterNote`` writes, read as ``Note``.
  private func asNotes(
    _ first: LaterNote, _ second: LaterNote, _ spoil: (inout [any WireHandle]) -> Void = { _ in }
  ) throws(Malformed) -> Notes<Note> {
    let (bytes, encoded) = MessageEncoder.encode(.oneWay, ordinal: 3, Notes(first, second))
    var handles = encoded
    spoil(&handles)
    let header = try MessageHeader(decoding: bytes)
    return try MessageDecoder.decode(
      Notes<Note>.self, from: bytes, header: header, handles: handles)
  }

  @Test func membersOfLaterVersionsArePassedOver() throws {
    let expected = Notes(Note.number(0), Note.number(0))
    let text = LaterNote.text(["longer than eight bytes", "and another"])
    #expect(try asNotes(text, text) == expected)
    #expect(try asNotes(.token(Token(number: 1)), .token(Token(number: 2))) == expected)
    #expect(try asNotes(text, .token(Token(number: 1))) == expected)
  }

  @Test func knownMembersLeaveNothingUnread() {
    let value = Notes(Note.number(1), Note.number(2))
    #expect(refusal(value) { $0.handles.append(Token(number: 9)) } != nil)
    let gap = refusal(value) {
      let target = $0.target(at: parameters + 40)
      $0.bytes.insert(contentsOf: Array(repeating: 0, count: 8), at: target)
      $0.put($0.uint32(at: parameters + 40) + 8, at: parameters + 40)
    }
    #expect(gap?.check == .message(.notCanonical))
  }

  /// Passing over one member is no leave to hide something elsewhere.
  @Test func onlyWhatFollowsAnUnknownMemberIsPassedOver() throws {
    let note = LaterNote.text(["x"])
    let (bytes, handles) = MessageEncoder.encode(.oneWay, ordinal: 3, Notes(note, note))
    let header = try MessageHeader(decoding: bytes)
    let tail = Array(repeating: 0 as UInt8, count: 8)
    #expect(throws: Malformed.self) {
      try MessageDecoder.decode(
        Notes<Note>.self, from: bytes + tail, header: try MessageHeader(decoding: bytes + tail),
        handles: handles)
    }
    #expect(throws: Malformed.self) {
      try MessageDecoder.decode(
        Notes<Note>.self, from: bytes, header: header, handles: handles + [Token(number: 9)])
    }
  }

  @Test func handlesMayBeAbsent() throws {
    var value = Notes(Note.number(1), Note.number(2))
    #expect(try Sample(value).decoded() == value)
    value.handle = nil
    let sample = Sample(value)
    #expect(sample.handles.isEmpty)
    #expect(sample.uint32(at: parameters + 48) == .max)
    #expect(try sample.decoded() == value)
  }

  // MARK: Views

  @Test func viewsAreCheckedAsCopiesAre() {
    let text = refusal(ViewSample()) { $0.bytes[$0.target(at: parameters + 8) + 8] = 0xFF }
    #expect(text?.check == .message(.notUTF8))
    #expect(text?.field == "text")
    var long = ViewSample()
    long.text = TextView("nine byte")
    #expect(Sample(long).refusal?.check == .interface(.tooLong))
    long = ViewSample()
    long.bytes = BytesView([1, 2, 3, 4, 5])
    #expect(Sample(long).refusal?.check == .interface(.tooLong))
    var short = ViewSample()
    short.numbers = NumbersView([1])
    #expect(Sample(short).refusal?.check == .message(.unexpectedArrayHeader))
    for (offset, name) in [(8, "text"), (16, "bytes"), (24, "numbers")] {
      let absent = refusal(ViewSample()) { $0.put(0, at: parameters + offset) }
      #expect(absent?.check == .message(.unexpectedNullPointer))
      #expect(absent?.field == name)
    }
  }

  @Test func viewsSayWhatCopiesWould() throws {
    let value = try Sample(ViewSample()).decoded()
    #expect(value.text.string == "fünf")
    #expect(value.text.utf8Count == 5)
    #expect(value.text.withUTF8 { $0[0] } == UInt8(ascii: "f"))
    #expect(value.bytes.array == [1, 2, 3])
    #expect(value.bytes.withSpan { $0.count } == 3)
    #expect(value.numbers.array == [1, -2.5])
    #expect(value.numbers.count == 2)
    #expect(value.numbers[1] == -2.5)
    #expect(value.numbers[-1] == nil)
    #expect(value.numbers[2] == nil)
    #expect(value.numbers[.max] == nil)
    #expect(value.maybeNumbers?[0] == .min)
    #expect(Set([value.bytes, BytesView([1, 2, 3])]).count == 1)
  }

  // MARK: Versions

  /// A message of ``Versioned`` as an older sender writes it.
  private func older(_ version: UInt32, size: Int) -> Sample<Versioned> {
    var value = Versioned()
    value.text = nil
    var sample = Sample(value)
    sample.bytes.removeLast(Versioned.wireSize - size)
    sample.put(UInt32(size), at: parameters)
    sample.put(version, at: parameters + 4)
    return sample
  }

  @Test func fieldsOfLaterVersionsAreAbsent() throws {
    var expected = Versioned()
    expected.text = nil
    #expect(try older(1, size: 24).decoded() == expected)
    expected.extra = 0
    #expect(try older(0, size: 16).decoded() == expected)
  }

  @Test func eachVersionHasItsSizeAndNoOtherIsKnown() {
    for (version, size) in [(0, 24), (1, 16), (1, 32), (2, 24), (2, 32), (3, 24), (4, 32)] {
      let refusal = older(UInt32(version), size: size).refusal
      #expect(refusal?.check == .message(.unexpectedStructHeader), "\(version), \(size)")
    }
  }
}
