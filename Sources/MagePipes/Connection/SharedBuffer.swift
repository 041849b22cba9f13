internal import MageSystem
internal import MageWire
internal import Synchronization

/// One shared buffer's memory, mapped once and used again and again.
///
/// The host makes it, sealed so that nobody can change its size: what is mapped stays there, and no access ends in SIGBUS. What the host
/// fills is sealed against new writable mappings as well, and the worker's is read-only.
// @unchecked because of the mapping's raw pointer, which lives as long as this does. The writer writes before it says so in a message, and a
// peer that writes at another time changes bytes that are untrusted anyhow.
final class SharedBuffer: @unchecked Sendable {
  private let mapping: Mapping

  var bytes: UnsafeMutableRawBufferPointer { mapping.bytes }

  init(_ mapping: consuming Mapping) { self.mapping = mapping }

  /// Host: makes memory of `size` bytes that `writer` fills, and what the worker maps.
  static func make(
    _ size: Int, writer: Channel.Side
  ) throws(SystemError) -> (buffer: SharedBuffer, memory: Attachment) {
    let isOurs = writer == .host
    let descriptor = try SharedMemory.create(
      name: "mage-buffer", size: size, seals: isOurs ? [] : .seal)
    let mapping = try Mapping(descriptor.number, count: size, writable: isOurs)
    if isOurs { try SharedMemory.add([.futureWrite, .seal], to: descriptor.number) }
    return (
      SharedBuffer(mapping),
      Attachment(kind: .region, descriptor: SharedDescriptor(descriptor))
    )
  }

  /// Worker: maps what the host has made; `nil` when it has another size.
  static func map(_ added: AddedBuffer) throws(SystemError) -> SharedBuffer? {
    let number = added.memory.descriptor.number
    guard try DescriptorFacts(of: number).size == added.size else { return nil }
    return SharedBuffer(try Mapping(number, count: added.size, writable: added.writer == .worker))
  }

  /// Copies an array into the buffer, which is large enough.
  func fill(with payload: UntrustedBytes) {
    payload.withChangingBytes { source in
      guard source.count <= bytes.count else { return }
      unsafe bytes.copyMemory(from: source)
    }
  }
}

/// What a message holds of a buffer that the peer has filled. When it goes, the peer gets the buffer back.
final class BufferLease: SharedBytes {
  private let buffer: SharedBuffer
  private let number: UInt16
  private let returns: BufferReturns

  var memory: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer.bytes) }

  init(_ buffer: SharedBuffer, _ number: UInt16, _ returns: BufferReturns) {
    self.buffer = buffer
    self.number = number
    self.returns = returns
  }

  deinit { returns.add(number) }
}

/// Buffers that nobody reads any more, until the loop has said so. A lease may go anywhere: on any thread, and in the middle of a change
/// to the connection.
final class BufferReturns: Sendable {
  private let numbers = Mutex<[UInt16]>([])
  private let wake: @Sendable () -> Void

  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func add(_ number: UInt16) {
    let isFirst = numbers.withLock { numbers in
      numbers.append(number)
      return numbers.count == 1
    }
    if isFirst { wake() }
  }

  func take() -> [UInt16] {
    numbers.withLock { numbers in
      defer { numbers.removeAll(keepingCapacity: true) }
      return numbers
    }
  }
}
