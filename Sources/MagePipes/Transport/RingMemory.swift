internal import MageSystem
internal import Synchronization

/// The shared memory of one connection. The peer may change every byte of it at any moment.
///
/// Nothing is looked at where it lies: indices are loaded once into a local value, bytes are copied out.
// @unchecked because of the mapping's raw pointer, which lives as long as this does. Words are only touched as atomics, and the bytes
// between the indices belong to one end at a time; a peer that does not keep to that spoils its own packets, which are copied before they are checked.
final class RingMemory: @unchecked Sendable {
  private let mapping: Mapping
  private let base: UnsafeMutableRawPointer

  /// Maps what `descriptor` holds; it must be sealed against shrinking and have ``RingLayout/size`` bytes.
  init?(_ descriptor: Int32) throws(SystemError) {
    mapping = try Mapping(descriptor, count: RingLayout.size, writable: true)
    guard let base = mapping.bytes.baseAddress else { return nil }
    self.base = base
  }

  private func word(
    _ field: RingLayout.Field, _ direction: RingLayout.Direction
  ) -> UnsafeMutablePointer<Atomic<UInt64>> {
    // Mapped memory is page-aligned and zeroed, the offsets are multiples of 8, and nothing else ever binds these bytes.
    (base + RingLayout.offset(of: field, direction))
      .assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// One look at an index that the peer may write: what comes after it in program order sees what the peer wrote before it.
  func load(_ field: RingLayout.Field, _ direction: RingLayout.Direction) -> UInt64 {
    word(field, direction).pointee.load(ordering: .acquiring)
  }

  func store(_ value: UInt64, _ field: RingLayout.Field, _ direction: RingLayout.Direction) {
    word(field, direction).pointee.store(value, ordering: .releasing)
  }

  /// Sets a flag to 0; true when it was 1, so that only one of two ends that see it acts on it.
  func take(_ field: RingLayout.Field, _ direction: RingLayout.Direction) -> Bool {
    let word = word(field, direction)
    guard word.pointee.load(ordering: .relaxed) != 0 else { return false }
    return word.pointee.exchange(0, ordering: .acquiringAndReleasing) != 0
  }

  /// Copies `count` bytes out of a ring, from where `position` lies in it. `count` is at most the ring's capacity.
  func copy(
    _ direction: RingLayout.Direction, at position: UInt64, count: Int,
    into target: UnsafeMutableRawPointer
  ) {
    let (offset, first) = split(position, count)
    let ring = base + RingLayout.start(of: direction)
    target.copyMemory(from: ring + offset, byteCount: first)
    if first < count { (target + first).copyMemory(from: ring, byteCount: count - first) }
  }

  /// Copies bytes into a ring; `bytes` are at most as many as its capacity.
  func copy(
    _ bytes: UnsafeRawBufferPointer, to direction: RingLayout.Direction, at position: UInt64
  ) {
    guard let source = bytes.baseAddress else { return }
    let (offset, first) = split(position, bytes.count)
    let ring = base + RingLayout.start(of: direction)
    (ring + offset).copyMemory(from: source, byteCount: first)
    if first < bytes.count {
      ring.copyMemory(from: source + first, byteCount: bytes.count - first)
    }
  }

  /// Where a position lies in its ring, and how many of `count` bytes fit before the ring's end.
  private func split(_ position: UInt64, _ count: Int) -> (offset: Int, first: Int) {
    let offset = Int(truncatingIfNeeded: position) & (RingLayout.capacity - 1)
    return (offset, min(count, RingLayout.capacity - offset))
  }
}
