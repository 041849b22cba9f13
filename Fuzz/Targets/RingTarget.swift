internal import MageSystem
internal import MageWire

@testable internal import MagePipes

/// The host's ends of a ring whose memory an attacker writes. The bytes are a script of what the attacker stores and of what the host does.
enum RingTarget {
  static func run(_ bytes: [UInt8]) -> Bool {
    guard let memory = SharedRing.memory else { return true }
    SharedRing.clear()
    var play = RingPlay(memory, Script(bytes))
    return play.run()
  }
}

/// One memory for all runs: making one costs more than a script.
private enum SharedRing {
  static let memory: RingMemory? = {
    guard
      let descriptor = try? SharedMemory.create(
        name: "fuzz-ring", size: RingLayout.size, seals: .seal)
    else { return nil }
    // What is mapped stays when the descriptor goes.
    return try? RingMemory(descriptor.number)
  }()

  static func clear() {
    for direction in [RingLayout.Direction.toHost, .toWorker] {
      for field in [
        RingLayout.Field.tail, .processor, .head, .readerSleeps, .writerWaits,
      ] { memory?.store(0, field, direction) }
    }
  }
}

private struct RingPlay {
  private let memory: RingMemory
  private var script: Script
  private var reader: RingReader
  private var writer: RingWriter
  /// What a packet is copied into, with exactly the room that it may have: the sanitizer sees one byte more.
  private var buffer = [UInt8](repeating: 0, count: 4096)
  private var isRefused = false

  init(_ memory: RingMemory, _ script: Script) {
    self.memory = memory
    self.script = script
    reader = RingReader(memory, .toHost)
    writer = RingWriter(memory, .toWorker)
  }

  mutating func run() -> Bool {
    while !script.isAtEnd, !isRefused {
      switch script.byte() % 8 {
      case 0: memory.store(UInt64(script.number()) << 3, .tail, .toHost)
      case 1: memory.store(wide(), .tail, .toHost)
      case 2: memory.store(wide(), .head, .toWorker)
      case 3: memory.store(writer.head + UInt64(script.byte()), .head, .toWorker)
      case 4: put(script.piece())
      case 5: record()
      case 6: fill(Int(script.byte()) << 4)
      default: guard take() else { return false }
      }
      guard isSound else { return false }
    }
    return true
  }

  private var isSound: Bool {
    let capacity = UInt64(RingLayout.capacity)
    return reader.head <= reader.tail && reader.tail - reader.head <= capacity
      && writer.head <= writer.tail && writer.tail - writer.head <= capacity
      && reader.head % 8 == 0 && writer.tail % 8 == 0
  }

  private mutating func wide() -> UInt64 { UInt64(script.number()) << 32 | UInt64(script.number()) }

  // MARK: The attacker

  /// Bytes where the reader looks next.
  private func put(_ bytes: [UInt8]) {
    bytes.prefix(RingLayout.capacity).withUnsafeBytes {
      memory.copy($0, to: .toHost, at: reader.head)
    }
  }

  /// A record with a length and a kind of the script's choice, and an index that shows it.
  private mutating func record() {
    let count = UInt64(script.byte()) << 8 | UInt64(script.byte())
    let header = (UInt64(script.byte() & 1) << 32 | count).littleEndian
    withUnsafeBytes(of: header) { memory.copy($0, to: .toHost, at: reader.tail) }
    let size = RingLayout.recordSize(Int(count))
    memory.store(reader.tail + UInt64(size), .tail, .toHost)
  }

  // MARK: The host

  private mutating func take() -> Bool {
    let (before, room) = (reader.head, buffer.count)
    let record = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(Malformed) in try reader.next(into: bytes) }
    }
    switch record {
    case .success(.packet(let count)?):
      return count <= room && reader.head - before == UInt64(RingLayout.recordSize(count))
    case .success(.onSocket?): return reader.head - before == UInt64(RingLayout.recordHeaderSize)
    case .success(nil): return reader.head == before
    case .failure(let malformed):
      isRefused = true
      return !malformed.description.isEmpty && reader.head == before
    }
  }

  private mutating func fill(_ count: Int) {
    do throws(Malformed) {
      guard try writer.hasRoom(for: count) else { return }
      writer.write([UInt8](repeating: 7, count: count))
      if script.byte() & 1 == 0 { writer.publish(from: 0) }
    } catch {
      isRefused = true
    }
  }
}
