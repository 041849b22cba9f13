import MageWire
import Testing

@testable import MagePipes

/// Which buffer holds which array, and what has to happen when none does.
@Suite struct BufferTableTests {
  static let kilo = 1 << 10
  static let mega = 1 << 20

  private func table(_ sizes: [Int], limit: Int = 32 << 20) throws -> BufferTable {
    var table = BufferTable(
      ChannelLimits(maxPayloadBytes: 16 << 20, poolBytes: UInt32(limit)))
    for size in sizes { try table.add(try #require(table.freeNumber), size) }
    return table
  }

  @Test func theSmallestBufferThatFitsIsTaken() throws {
    var table = try table([4 * Self.mega, Self.mega, 2 * Self.mega])
    #expect(table.reserve([Self.mega]) == [2])
    #expect(table.reserve([Self.mega]) == [3])
    #expect(table.reserve([Self.mega]) == [1])
    #expect(table.reserve([Self.mega]) == nil)
    try table.returned(3)
    #expect(table.reserve([Self.mega]) == [3])
  }

  @Test func arraysOfOneMessageGetTheirBuffersTogetherOrNone() throws {
    var table = try table([Self.mega, 4 * Self.mega])
    #expect(table.reserve([Self.mega, 2 * Self.mega]) == [1, 2])
    try table.returned(1)
    try table.returned(2)
    // The small one must not take the only buffer for the large one, whichever comes first.
    #expect(table.reserve([2 * Self.mega, Self.mega]) == [2, 1])
    try table.returned(1)
    #expect(table.reserve([Self.mega, Self.mega]) == nil)
    #expect(table.reserve([Self.mega]) == [1])
  }

  @Test func sizesArePowersOfTwoWithinThePolicy() throws {
    let table = try table([])
    let expected: [(Int, Int)] = [
      (64 * Self.kilo, 128 * Self.kilo), (128 * Self.kilo, 128 * Self.kilo),
      (128 * Self.kilo + 1, 256 * Self.kilo), (9 * Self.mega, 16 * Self.mega),
    ]
    for (count, size) in expected {
      #expect(table.shortage(for: [count]) == .buffer(size, dropping: []))
    }
    let odd = BufferTable(
      ChannelLimits(maxPayloadBytes: UInt32(3 * Self.mega), poolBytes: UInt32(5 * Self.mega)))
    #expect(odd.shortage(for: [3 * Self.mega]) == .buffer(3 * Self.mega, dropping: []))
    #expect(odd.canHold([3 * Self.mega, 2 * Self.mega]))
    #expect(!odd.canHold([3 * Self.mega, 3 * Self.mega]))
    #expect(!odd.canHold([3 * Self.mega + 1]))
    #expect(!BufferTable(ChannelLimits()).canHold([64 * Self.kilo]))
  }

  @Test func emptyBuffersMakeRoomForALargerOne() throws {
    var table = try table([Self.mega, 2 * Self.mega, 4 * Self.mega], limit: 8 << 20)
    #expect(table.shortage(for: [8 * Self.mega]) == .buffer(8 * Self.mega, dropping: [1, 2, 3]))
    #expect(table.reserve([Self.mega]) == [1])
    // Nothing is dropped for what would not fit all the same.
    #expect(table.shortage(for: [8 * Self.mega]) == .returns)
    try table.returned(1)
    let discarded = [1, 2, 3].map { table.discard($0) }
    #expect(discarded == [true, true, true])
    #expect(table.total == 0)
    #expect(table.shortage(for: [8 * Self.mega]) == .buffer(8 * Self.mega, dropping: []))
  }

  @Test func thereAreNoMoreBuffersThanTheMost() throws {
    let size = BufferTable.smallest
    var table = try table([Int](repeating: size, count: BufferTable.maxBuffers))
    #expect(table.freeNumber == nil)
    #expect(!table.allows(size))
    let all = [Int](repeating: size, count: BufferTable.maxBuffers)
    #expect(table.canHold(all))
    #expect(!table.canHold(all + [size]))
    #expect(table.reserve(all)?.count == BufferTable.maxBuffers)
    #expect(table.shortage(for: [size]) == .returns)
  }

  @Test func whatWasNotUsedForAWholePeriodIsIdle() throws {
    var table = try table([Self.mega, Self.mega, Self.mega])
    #expect(table.takeIdle() == [])
    #expect(table.reserve([Self.mega]) == [1])
    #expect(table.takeIdle() == [2, 3])
    // Full ones are never idle, however long.
    #expect(table.takeIdle() == [2, 3])
    try table.returned(1)
    #expect(table.takeIdle() == [1, 2, 3])
  }

  @Test func withoutMemoryThereIsWhatThereIs() throws {
    var table = try table([Self.mega])
    table.freeze()
    #expect(table.canHold([Self.mega]))
    #expect(!table.canHold([Self.mega, Self.mega]))
    #expect(!table.canHold([2 * Self.mega]))
    #expect(!table.allows(Self.mega))
  }
}
