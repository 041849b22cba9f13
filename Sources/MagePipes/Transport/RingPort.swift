internal import MageSystem
internal import MageWire
internal import Synchronization

/// One end of a ring connection: both directions, and the doorbells.
///
/// Who finds nothing to do says so in the shared memory and sleeps; who then has something to say rings. As long as both ends are awake,
/// nothing is rung and no system call is made.
///
/// The doorbells are pipes and not eventfds: the ends of a pipe are two open files, so what a hostile worker does with
/// its end (`O_NONBLOCK` off, filled up) cannot make the host's write wait. They are watched edge-triggered and hardly ever read.
// @unchecked because everything here belongs to one loop's thread, as the connection whose port this is.
package final class RingPort: @unchecked Sendable {
  /// Rings without news that a peer may send in a row: one may cross with each message, more than that are made up.
  static let mostEmptyRings = 64
  /// Each sleep brings one ring at most, so this many fit a pipe; then it is emptied.
  private static let sleepsBetweenEmptying = 2048

  let memory: RingMemory
  var reader: RingReader
  var writer: RingWriter
  private let heard: OwnedDescriptor
  let bell: OwnedDescriptor
  /// The host keeps the end that its worker listens at: without a reader, a write to a pipe is a SIGPIPE.
  private let kept: SharedDescriptor?
  private var sleeps = 0
  private(set) var emptyRings = 0

  /// Whether the loop looks here by itself.
  var isAwake = false
  /// Packets wait for room.
  var isBlocked = false
  /// Takes what has come. Set by the connection.
  var deliver: () -> Void = {}

  init(
    _ memory: RingMemory, side: Channel.Side, heard: consuming OwnedDescriptor,
    bell: consuming OwnedDescriptor, keeping kept: SharedDescriptor? = nil
  ) {
    self.memory = memory
    reader = RingReader(memory, side == .host ? .toHost : .toWorker)
    writer = RingWriter(memory, side == .host ? .toWorker : .toHost)
    self.heard = heard
    self.bell = bell
    self.kept = kept
  }

  /// What the loop watches.
  var doorbell: Int32 { heard.number }

  /// Whether it is worth looking: one or two loads.
  var hasNews: Bool { reader.hasNews || (isBlocked && writer.hasNews) }

  /// Where the peer wrote last, as it says.
  var peerProcessor: Int32 {
    Int32(truncatingIfNeeded: memory.load(.processor, reader.direction))
  }

  /// Shows the peer what was written and wakes it if it sleeps.
  func publish() {
    guard writer.hasUnpublished else { return }
    writer.publish(from: Processor.current)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    if memory.take(.readerSleeps, writer.direction) { ring() }
  }

  /// Tells the peer what was taken, and wakes it if it waits for room.
  func publishTaken() {
    reader.publish()
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    if memory.take(.writerWaits, reader.direction) { ring() }
  }

  /// Asks the peer to ring once there is room. True when there is some by now.
  func waitForRoom(for count: Int) throws(Malformed) -> Bool {
    publish()
    memory.store(1, .writerWaits, writer.direction)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    isBlocked = try !writer.hasRoom(for: count)
    return !isBlocked
  }

  /// Asks the peer to ring. Look at ``hasNews`` afterwards, and only then sleep.
  func announceSleep() {
    sleeps += 1
    // Before it is asked for: a ring that answers the announcement must not be among what is thrown away.
    if sleeps % Self.sleepsBetweenEmptying == 0 { heard.discardContents() }
    memory.store(1, .readerSleeps, reader.direction)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  func revokeSleep() { memory.store(0, .readerSleeps, reader.direction) }

  /// Goes to sleep: the doorbell is the only thing that wakes this end.
  func slept() { isAwake = false }

  /// The doorbell rang. False when it has rung for nothing too often.
  func rang() -> Bool {
    emptyRings = hasNews ? 0 : emptyRings + 1
    return emptyRings <= Self.mostEmptyRings
  }

  /// Fails when the pipe is full or the peer gone: it has rung then, or will not be missed.
  func ring() { bell.writeByte() }
}
