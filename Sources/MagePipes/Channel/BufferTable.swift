package import MageWire

/// The shared buffers of one direction, as numbers: how large they are and which of them hold something.
///
/// Both sides keep the same table. Who writes a buffer owns it while it is empty, and only the writer uses or drops it; who reads it owns
/// it from the message that names it to the return. So neither has to ask, and nothing they do can cross.
package struct BufferTable: Sendable {
  /// More would cost each side address space for nothing: a buffer holds one array.
  package static let maxBuffers = 32
  /// Bytes of the smallest buffer.
  package static let smallest = 128 << 10

  struct Buffer: Sendable {
    let size: Int
    /// It holds what the reader has not returned.
    var isFull = false
    /// It was used since somebody last asked.
    var isUsed = true
  }

  private(set) var buffers: [UInt16: Buffer] = [:]
  private let maxPayload: Int
  /// What all of them hold together; what there is, once the host has no more memory.
  private(set) var limit: Int
  private(set) var total = 0

  package init(_ limits: ChannelLimits) {
    maxPayload = Int(limits.maxPayloadBytes)
    limit = Int(limits.poolBytes)
  }

  /// Bytes of the buffer for an array of `count`: a power of two, so that the next array fits as well, and not beyond what is allowed.
  private func size(for count: Int) -> Int {
    var size = Self.smallest
    while size < count { size *= 2 }  // `count` is at most 2^32
    return max(count, min(size, maxPayload, limit))
  }

  // MARK: Both sides

  /// Whether another buffer of `size` bytes is within what the policy allows.
  func allows(_ size: Int) -> Bool {
    size >= Payload.threshold && size <= maxPayload && buffers.count < Self.maxBuffers
      && size <= limit - total
  }

  mutating func add(_ number: UInt16, _ size: Int) throws(Malformed) {
    guard number > 0, buffers[number] == nil else {
      throw Malformed(.channel(.bufferUnknown), detail: "buffer \(number) again")
    }
    guard allows(size) else {
      throw Malformed(
        .channel(.bufferLimit), detail: "\(size) bytes more than \(total), limit \(limit)")
    }
    buffers[number] = Buffer(size: size)
    total += size
  }

  /// There will be no more buffers than there are.
  mutating func freeze() { limit = total }

  /// The lowest number that is free.
  var freeNumber: UInt16? {
    (1...UInt16(Self.maxBuffers)).first { buffers[$0] == nil }
  }

  private func known(_ number: UInt16) throws(Malformed) -> Buffer {
    guard let buffer = buffers[number] else {
      throw Malformed(.channel(.bufferUnknown), detail: "buffer \(number)")
    }
    return buffer
  }

  // MARK: The reader's

  /// The writer has filled a buffer.
  mutating func fill(_ number: UInt16, _ count: Int) throws(Malformed) {
    let buffer = try known(number)
    guard !buffer.isFull else {
      throw Malformed(.channel(.bufferInUse), detail: "buffer \(number)")
    }
    guard count >= Payload.threshold, count <= buffer.size else {
      throw Malformed(
        .channel(.bufferSize), detail: "\(count) bytes in a buffer of \(buffer.size)")
    }
    buffers[number]?.isFull = true
  }

  /// What was in it has been taken. False when there was nothing.
  mutating func empty(_ number: UInt16) -> Bool {
    guard buffers[number]?.isFull == true else { return false }
    buffers[number]?.isFull = false
    return true
  }

  /// The writer has dropped a buffer.
  mutating func drop(_ number: UInt16) throws(Malformed) {
    let buffer = try known(number)
    guard !buffer.isFull else {
      throw Malformed(.channel(.bufferInUse), detail: "buffer \(number)")
    }
    remove(number)
  }

  private mutating func remove(_ number: UInt16) {
    guard let buffer = buffers.removeValue(forKey: number) else { return }
    total -= buffer.size
  }
}

// MARK: - The writer's

extension BufferTable {
  /// What is missing before arrays can be sent.
  enum Shortage: Equatable, Sendable {
    /// They fit what is there.
    case none
    /// A buffer of this size is, once these have been dropped.
    case buffer(Int, dropping: [UInt16])
    /// Buffers must come back first.
    case returns
  }

  /// Whether arrays of these sizes can be in buffers together, now or once all have come back.
  func canHold(_ counts: [Int]) -> Bool {
    guard counts.count <= Self.maxBuffers else { return false }
    var sum = 0
    for count in counts {
      guard count <= maxPayload else { return false }
      sum += size(for: count)  // at most 32 times 2^33
    }
    return sum <= limit
  }

  /// The smallest free buffers that hold arrays of these sizes, and what could not be placed.
  private func place(_ counts: [Int]) -> (found: [UInt16?], lacking: Int?) {
    var found = [UInt16?](repeating: nil, count: counts.count)
    var free = buffers.filter { !$0.value.isFull }
    var lacking: Int?
    // Large ones first: a small one must not take the only buffer that holds them.
    for (index, count) in counts.enumerated().sorted(by: { $0.element > $1.element }) {
      let fits = free.filter { $0.value.size >= count }
      if let best = fits.min(by: { ($0.value.size, $0.key) < ($1.value.size, $1.key) }) {
        found[index] = best.key
        free[best.key] = nil
      } else if lacking == nil {
        lacking = size(for: count)
      }
    }
    return (found, lacking)
  }

  /// Takes a buffer for each array; `nil` when some have none.
  mutating func reserve(_ counts: [Int]) -> [UInt16]? {
    let (found, lacking) = place(counts)
    guard lacking == nil else { return nil }
    let numbers = found.compactMap { $0 }
    for number in numbers {
      buffers[number]?.isFull = true
      buffers[number]?.isUsed = true
    }
    return numbers
  }

  /// What has to happen before ``reserve(_:)`` succeeds.
  func shortage(for counts: [Int]) -> Shortage {
    let (found, lacking) = place(counts)
    guard let lacking else { return .none }
    var rest = buffers.filter { !$0.value.isFull && !found.contains($0.key) }
    var (dropped, freed): ([UInt16], Int) = ([], 0)
    while !allows(lacking, freed, dropped.count) {
      let least = rest.min { ($0.value.size, $0.key) < ($1.value.size, $1.key) }
      guard let least else { return .returns }
      rest[least.key] = nil
      dropped.append(least.key)
      freed += least.value.size
    }
    return .buffer(lacking, dropping: dropped)
  }

  private func allows(_ size: Int, _ freed: Int, _ dropped: Int) -> Bool {
    buffers.count - dropped < Self.maxBuffers && size <= limit - total + freed
  }

  /// The reader returns a buffer.
  mutating func returned(_ number: UInt16) throws(Malformed) {
    guard empty(number) else {
      throw Malformed(.channel(.bufferReturnUnexpected), detail: "buffer \(number)")
    }
  }

  /// Drops an empty buffer. False when there is none.
  mutating func discard(_ number: UInt16) -> Bool {
    guard let buffer = buffers[number], !buffer.isFull else { return false }
    remove(number)
    return true
  }

  /// The empty buffers that nobody has used since this was called last.
  mutating func takeIdle() -> [UInt16] {
    let idle = buffers.filter { !$0.value.isFull && !$0.value.isUsed }.map(\.key)
    for number in buffers.keys { buffers[number]?.isUsed = false }
    return idle.sorted()
  }
}
