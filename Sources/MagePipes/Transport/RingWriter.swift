internal import MageWire

/// The filling end of one direction. The reader's index is as little trusted as a writer's: a false one could make this end
/// overwrite what was not taken, which hurts the reader alone, or wait for ever, which the deadlines of calls and the quota on queued bytes end.
///
/// Invariant: `head <= tail <= head + capacity`.
struct RingWriter {
  let memory: RingMemory
  let direction: RingLayout.Direction
  private(set) var head: UInt64 = 0
  private(set) var tail: UInt64 = 0
  private var published: UInt64 = 0

  init(_ memory: RingMemory, _ direction: RingLayout.Direction) {
    self.memory = memory
    self.direction = direction
  }

  /// Whether the reader has taken something since this was last looked at.
  var hasNews: Bool { memory.load(.head, direction) != head }

  var hasUnpublished: Bool { tail != published }

  /// Whether a packet of `count` bytes fits.
  mutating func hasRoom(for count: Int) throws(Malformed) -> Bool {
    let size = UInt64(RingLayout.recordSize(count))
    if UInt64(RingLayout.capacity) - (tail - head) >= size { return true }
    try lookAtHead()
    return UInt64(RingLayout.capacity) - (tail - head) >= size
  }

  private mutating func lookAtHead() throws(Malformed) {
    let seen = memory.load(.head, direction)
    guard seen >= head else {
      throw Malformed(.transport(.ringIndexBackwards), detail: "from \(head) to \(seen)")
    }
    guard seen <= published else {
      throw Malformed(
        .transport(.ringIndexTooFar), detail: "took \(seen) of \(published) bytes")
    }
    head = seen
  }

  /// Writes a packet for which there is room. The reader sees it after ``publish()``.
  mutating func write(_ packet: [UInt8]) {
    header(.packet, UInt64(packet.count))
    packet.withUnsafeBytes { memory.copy($0, to: direction, at: tail) }
    tail += UInt64(RingLayout.recordSize(packet.count) - RingLayout.recordHeaderSize)
  }

  /// Says that the next packet of the socket comes here.
  mutating func writeOnSocket() { header(.onSocket, 0) }

  private mutating func header(_ kind: RingLayout.RecordKind, _ count: UInt64) {
    let header = (kind.rawValue << 32 | count).littleEndian
    withUnsafeBytes(of: header) { memory.copy($0, to: direction, at: tail) }
    tail += UInt64(RingLayout.recordHeaderSize)
  }

  /// Shows the reader everything that was written.
  mutating func publish(from processor: Int32) {
    published = tail
    memory.store(UInt64(UInt32(bitPattern: processor)), .processor, direction)
    memory.store(tail, .tail, direction)
  }
}
