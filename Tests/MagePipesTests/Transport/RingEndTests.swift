import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What the two ends of a ring make of each other's indices and records.
@Suite struct RingEndTests {
  /// Both ends of one direction, in memory that a test may change.
  struct Ring {
    let memory: RingMemory
    var writer: RingWriter
    var reader: RingReader
    var buffer = [UInt8](repeating: 0, count: Outbox.maxPacketBytes)

    init() throws {
      let descriptor = try SharedMemory.create(name: "test", size: RingLayout.size)
      memory = try #require(try RingMemory(descriptor.number))
      writer = RingWriter(memory, .toHost)
      reader = RingReader(memory, .toHost)
    }

    mutating func write(_ packet: [UInt8]) throws {
      try #require(try writer.hasRoom(for: packet.count))
      writer.write(packet)
      writer.publish(from: 0)
    }

    mutating func next() throws(Malformed) -> [UInt8]? {
      let result = buffer.withUnsafeMutableBytes { buffer in
        Result { () throws(Malformed) in try reader.next(into: buffer) }
      }
      guard case .packet(let count) = try result.get() else { return nil }
      return Array(buffer.prefix(count))
    }

    /// The check that refuses what is in the ring.
    mutating func refusal() -> Malformed.Check? {
      do throws(Malformed) {
        _ = try next()
        return nil
      } catch {
        return error.check
      }
    }

    /// Makes a record by hand.
    func store(header: UInt64, tail: UInt64) {
      withUnsafeBytes(of: header.littleEndian) { memory.copy($0, to: .toHost, at: reader.head) }
      memory.store(tail, .tail, .toHost)
    }
  }

  @Test func packetsComeOutAsTheyWentInAroundTheEndManyTimes() throws {
    var ring = try Ring()
    var random = SplitMix(seed: 1)
    for _ in 0..<500 {
      let packets = (0..<3).map { _ in
        [UInt8](
          repeating: .random(in: 0...255, using: &random),
          count: .random(in: 0...65536, using: &random))
      }
      for packet in packets { try ring.write(packet) }
      for packet in packets { #expect(try ring.next() == packet) }
      #expect(try ring.next() == nil)
      ring.reader.publish()
    }
  }

  @Test func whatIsNotPublishedIsNotThere() throws {
    var ring = try Ring()
    ring.writer.write([1, 2, 3])
    #expect(!ring.reader.hasNews)
    #expect(try ring.next() == nil)
    ring.writer.publish(from: 0)
    #expect(ring.reader.hasNews)
    #expect(try ring.next() == [1, 2, 3])
  }

  @Test func aFullRingTakesNothingUntilTheReaderSaysWhatItTook() throws {
    var ring = try Ring()
    let packet = [UInt8](repeating: 7, count: 65536)
    while try ring.writer.hasRoom(for: packet.count) { try ring.write(packet) }
    #expect(ring.writer.tail > 0)
    #expect(try ring.next() == packet)
    #expect(try !ring.writer.hasRoom(for: packet.count))
    ring.reader.publish()
    #expect(try ring.writer.hasRoom(for: packet.count))
  }

  // MARK: Hostile writers

  @Test func anIndexThatGoesBackIsRefused() throws {
    var ring = try Ring()
    try ring.write([1])
    #expect(try ring.next() == [1])
    ring.memory.store(8, .tail, .toHost)
    #expect(ring.refusal() == .transport(.ringIndexBackwards))
  }

  /// Between two looks the index goes back to a place that is still ahead of the reader.
  @Test func anIndexThatGoesBackBetweenTwoReadsIsRefused() throws {
    var ring = try Ring()
    try ring.write([1])
    try ring.write([2])
    #expect(try ring.next() == [1])
    ring.memory.store(24, .tail, .toHost)
    // What was there at the first look is what is read.
    #expect(try ring.next() == [2])
    #expect(ring.refusal() == .transport(.ringIndexBackwards))
  }

  @Test func anIndexThatJumpsIsRefused() throws {
    for jump in [UInt64(RingLayout.capacity) + 8, 1 << 40, .max - 7] as [UInt64] {
      var ring = try Ring()
      ring.memory.store(jump, .tail, .toHost)
      #expect(ring.refusal() == .transport(.ringIndexTooFar))
    }
  }

  @Test func anIndexInsideARecordIsRefused() throws {
    var ring = try Ring()
    ring.memory.store(12, .tail, .toHost)
    #expect(ring.refusal() == .transport(.ringIndexMisaligned))
  }

  @Test func aRecordLongerThanWhatWasWrittenIsRefused() throws {
    var ring = try Ring()
    ring.store(header: 9, tail: 16)
    #expect(ring.refusal() == .transport(.ringRecordOverrun))
    ring = try Ring()
    ring.store(header: 0xFFFF_FFFF, tail: 16)
    #expect(ring.refusal() == .transport(.packetTooLong))
  }

  @Test func aRecordOfAnotherKindIsRefused() throws {
    for header in [2 << 32, 1 << 32 | 8, .max] as [UInt64] {
      var ring = try Ring()
      ring.store(header: header, tail: 16)
      #expect(ring.refusal() == .transport(.ringRecordUnknown))
    }
  }

  @Test func bytesThatChangeAfterTheyWereTakenDoNotMatter() throws {
    var ring = try Ring()
    try ring.write([1, 2, 3])
    let taken = try ring.next()
    ring.store(header: .max, tail: ring.writer.tail)
    #expect(taken == [1, 2, 3])
  }

  /// Every word of the ring changes all the time while it is read.
  @Test func noWritingFromOutsideBringsTheReaderDown() async throws {
    let ring = try Ring()
    let memory = ring.memory
    let over = Gate()
    try Thread.start(name: "scribbler") {
      var random = SplitMix(seed: 2)
      for turn in 0..<200_000 {
        let header = UInt64.random(in: 0...40, using: &random)
        withUnsafeBytes(of: header.littleEndian) { memory.copy($0, to: .toHost, at: header & ~7) }
        memory.store(turn % 3 == 0 ? random.next() : 8 * (header & 31), .tail, .toHost)
      }
      over.open()
    }
    var refused = 0
    var reader = ring
    for _ in 0..<200_000 {
      if reader.refusal() != nil {
        refused += 1
        reader.reader = RingReader(memory, .toHost)
      }
    }
    await over.next()
    #expect(refused > 0)
  }

  // MARK: Hostile readers

  @Test func aReaderThatGivesBackWhatItTookIsRefused() throws {
    var ring = try Ring()
    let packet = [UInt8](repeating: 7, count: 65536)
    while try ring.writer.hasRoom(for: packet.count) { try ring.write(packet) }
    ring.memory.store(65544, .head, .toHost)
    #expect(try ring.writer.hasRoom(for: packet.count))
    try ring.write(packet)
    ring.memory.store(8, .head, .toHost)
    #expect(throws: Malformed.self) { try ring.writer.hasRoom(for: packet.count) }
  }

  @Test func aReaderThatTookMoreThanThereWasIsRefused() throws {
    var ring = try Ring()
    let packet = [UInt8](repeating: 7, count: 65536)
    while try ring.writer.hasRoom(for: packet.count) { try ring.write(packet) }
    ring.memory.store(ring.writer.tail + 8, .head, .toHost)
    #expect(throws: Malformed.self) { try ring.writer.hasRoom(for: packet.count) }
  }
}
