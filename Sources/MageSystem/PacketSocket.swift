internal import CMageSystem
internal import Glibc

/// One end of a SOCK_SEQPACKET pair: bytes and descriptors that belong together arrive together or not at all.
///
/// Never waits: a caller that must wait asks epoll.
package struct PacketSocket: ~Copyable, Sendable {
  package let descriptor: OwnedDescriptor

  package init(owning descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  /// One end of a new pair, and the other as a descriptor to be given away.
  package struct Pair: ~Copyable {
    private let socket: PacketSocket
    package let peer: SharedDescriptor

    fileprivate init(_ socket: consuming PacketSocket, peer: consuming OwnedDescriptor) {
      self.socket = socket
      self.peer = SharedDescriptor(peer)
    }

    package consuming func takeSocket() -> PacketSocket { socket }
  }

  /// Two connected ends, close-on-exec (socketpair(2)).
  package static func pair() throws(SystemError) -> Pair {
    var ends: (Int32, Int32) = (-1, -1)
    let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let result = unsafe withUnsafeMutableBytes(of: &ends) { raw in
      // A tuple of two Int32 has the layout of int[2].
      unsafe socketpair(AF_UNIX, kind, 0, raw.assumingMemoryBound(to: Int32.self).baseAddress)
    }
    guard result == 0 else { throw SystemError("socketpair", errno: errno) }
    return Pair(
      PacketSocket(owning: OwnedDescriptor(owning: ends.0)),
      peer: OwnedDescriptor(owning: ends.1))
  }

  /// Whether the other end is open and may still send (poll(2), POLLRDHUP).
  package var hasPeer: Bool {
    let ended: Int16 = 0x2000  // POLLRDHUP, which the libc hides behind a feature macro
    var entry = pollfd(fd: descriptor.number, events: ended, revents: 0)
    guard unsafe poll(&entry, 1, 0) > 0 else { return true }
    return entry.revents & (ended | Int16(POLLHUP) | Int16(POLLERR)) == 0
  }

  /// Sends one packet. Throws `EAGAIN` when the peer's queue is full.
  package borrowing func send(
    _ bytes: UnsafeRawBufferPointer, descriptors: [Int32] = []
  ) throws(SystemError) {
    let result = unsafe mage_send_packet(
      descriptor.number, bytes.baseAddress, bytes.count, descriptors, descriptors.count)
    _ = try check("sendmsg", result)
  }

  /// Sends one packet of `bytes`.
  package borrowing func send(
    _ bytes: [UInt8], descriptors: [Int32] = []
  ) throws(SystemError) {
    let result = unsafe bytes.withUnsafeBytes { raw in
      unsafe mage_send_packet(
        descriptor.number, raw.baseAddress, raw.count, descriptors, descriptors.count)
    }
    _ = try check("sendmsg", result)
  }

  /// What one receive call brought.
  package struct Received: Sendable {
    /// Bytes stored in the caller's buffer. Zero means that the peer has closed.
    package let count: Int
    /// Descriptors in the order in which the sender listed them; closed when dropped.
    package let descriptors: [SharedDescriptor]
    package let bytesTruncated: Bool
    package let descriptorsTruncated: Bool
    package let unexpectedControl: Bool
  }

  /// Takes the next packet into `buffer`, or throws `EAGAIN` when there is none.
  package borrowing func receive(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Received {
    var result = mage_received_packet()
    // Stack space for the most that the kernel can hand over: nothing is allocated for an ordinary packet.
    return try unsafe withUnsafeTemporaryAllocation(
      of: Int32.self, capacity: Int(MAGE_MAX_PACKET_DESCRIPTORS)
    ) { (numbers) throws(SystemError) -> Received in
      let status = unsafe mage_receive_packet(
        descriptor.number, buffer.baseAddress, buffer.count, numbers.baseAddress, &result)
      _ = try check("recvmsg", status)
      var taken: [SharedDescriptor] = []
      for index in 0..<Int(result.descriptor_count) {
        taken.append(SharedDescriptor(OwnedDescriptor(owning: unsafe numbers[index])))
      }
      return Received(
        count: Int(result.count), descriptors: taken,
        bytesTruncated: result.flags & MAGE_PACKET_BYTES_TRUNCATED.rawValue != 0,
        descriptorsTruncated: result.flags & MAGE_PACKET_DESCRIPTORS_TRUNCATED.rawValue != 0,
        unexpectedControl: result.flags & MAGE_PACKET_UNEXPECTED_CONTROL.rawValue != 0)
    }
  }
}
