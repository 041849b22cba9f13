/// Where things lie in the memory that two ends share: one page of indices, then a ring of bytes for each direction.
///
/// Every index has cache lines of its own (two, as processors fetch them in pairs), so that one end's writing does not slow the other's
/// reading of something else.
enum RingLayout {
  /// Bytes of one direction. A power of two, several of the largest packets, and small enough for a processor's cache.
  static let capacity = 256 << 10
  static let headerSize = 4096
  static let size = headerSize + 2 * capacity

  /// Which way a ring goes.
  enum Direction: Int, Sendable {
    case toWorker = 0
    case toHost = 1
  }

  /// Offsets inside a direction's part of the header.
  enum Field: Int {
    /// How many bytes were ever written. The writer's.
    case tail = 0
    /// The processor on which the writer was last. A hint; the writer's.
    case processor = 8
    /// How many bytes were ever taken. The reader's.
    case head = 128
    /// 1 while the reader waits for its doorbell. Set by the reader, taken back by whoever rings.
    case readerSleeps = 256
    /// 1 while the writer waits for room. Set by the writer, taken back by whoever rings.
    case writerWaits = 384
  }

  static func offset(of field: Field, _ direction: Direction) -> Int {
    direction.rawValue * 512 + field.rawValue
  }

  static func start(of direction: Direction) -> Int {
    headerSize + direction.rawValue * capacity
  }

  /// What a record begins with: the packet's length in the lower half, the kind in the upper one.
  static let recordHeaderSize = 8

  enum RecordKind: UInt64 {
    case packet = 0
    /// No bytes: here comes the next packet of the socket, because descriptors travel with it.
    case onSocket = 1
  }

  /// Bytes that a record of `count` bytes takes: records start at multiples of 8.
  static func recordSize(_ count: Int) -> Int {
    recordHeaderSize + (count + 7) / 8 * 8
  }
}
