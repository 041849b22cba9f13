internal import MageWire

/// The taking end of one direction. Assume that an attacker holds the other: its index is loaded once, compared with what is
/// possible, and kept; the own index is kept here and only ever written to the shared memory.
///
/// Invariant: `head <= tail <= head + capacity`, all three multiples of 8.
struct RingReader {
  /// What ``next(into:)`` found.
  enum Record: Equatable {
    /// So many bytes were copied.
    case packet(Int)
    case onSocket
  }

  let memory: RingMemory
  let direction: RingLayout.Direction
  private(set) var head: UInt64 = 0
  private(set) var tail: UInt64 = 0

  init(_ memory: RingMemory, _ direction: RingLayout.Direction) {
    self.memory = memory
    self.direction = direction
  }

  /// Whether the writer's index is another than the one that was taken last. Says nothing about what it is worth.
  var hasNews: Bool { memory.load(.tail, direction) != tail || tail != head }

  /// Copies the next packet's bytes into `buffer`, which must hold the largest packet; `nil` when there is none.
  mutating func next(into buffer: UnsafeMutableRawBufferPointer) throws(Malformed) -> Record? {
    if head == tail { try lookAtTail() }
    let available = tail - head
    guard available > 0 else { return nil }
    // Both are multiples of 8, so a whole header is there.
    var header: UInt64 = 0
    withUnsafeMutableBytes(of: &header) { bytes in
      guard let target = bytes.baseAddress else { return }
      memory.copy(direction, at: head, count: RingLayout.recordHeaderSize, into: target)
    }
    let record = try check(UInt64(littleEndian: header), available, buffer.count)
    if case .packet(let count) = record, let target = buffer.baseAddress {
      memory.copy(
        direction, at: head + UInt64(RingLayout.recordHeaderSize), count: count, into: target)
      head += UInt64(RingLayout.recordSize(count))
    } else {
      head += UInt64(RingLayout.recordHeaderSize)
    }
    return record
  }

  private mutating func lookAtTail() throws(Malformed) {
    let seen = memory.load(.tail, direction)
    guard seen >= tail else {
      throw Malformed(.transport(.ringIndexBackwards), detail: "from \(tail) to \(seen)")
    }
    guard seen - head <= UInt64(RingLayout.capacity) else {
      throw Malformed(.transport(.ringIndexTooFar), detail: "\(seen - head) bytes in the ring")
    }
    guard seen % 8 == 0 else {
      throw Malformed(.transport(.ringIndexMisaligned), detail: "\(seen)")
    }
    tail = seen
  }

  private func check(
    _ header: UInt64, _ available: UInt64, _ room: Int
  ) throws(Malformed) -> Record {
    let count = Int(header & 0xFFFF_FFFF)
    switch RingLayout.RecordKind(rawValue: header >> 32) {
    case .packet:
      guard count <= room else {
        throw Malformed(.transport(.packetTooLong), detail: "\(count) bytes, at most \(room)")
      }
      guard RingLayout.recordSize(count) <= Int(available) else {
        throw Malformed(
          .transport(.ringRecordOverrun), detail: "\(count) bytes, \(available) are there")
      }
      return .packet(count)
    case .onSocket where count == 0:
      return .onSocket
    default:
      throw Malformed(.transport(.ringRecordUnknown), detail: "header \(header)")
    }
  }

  /// Tells the writer how much was taken.
  func publish() { memory.store(head, .head, direction) }
}
