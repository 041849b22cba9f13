import CMageSystem
import Glibc
import MageSystem
import Testing

/// Packets arrive whole, with their descriptors, or not at all.
@Suite struct PacketSocketTests {
  private struct Arrived {
    let bytes: [UInt8]
    let received: PacketSocket.Received
  }

  private func receive(
    _ socket: borrowing PacketSocket, capacity: Int = 100
  ) throws(SystemError) -> Arrived {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
    defer { buffer.deallocate() }
    let received = try socket.receive(into: buffer)
    return Arrived(bytes: Array(buffer.prefix(received.count)), received: received)
  }

  private func ends() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
    return (ends[0], ends[1])
  }

  @Test func packetsKeepTheirBoundariesAndTheirOrder() throws {
    let (near, far) = try ends()
    let first = PacketSocket(owning: OwnedDescriptor(owning: near))
    let second = PacketSocket(owning: OwnedDescriptor(owning: far))
    try first.send([1, 2, 3])
    try first.send([4])
    #expect(try receive(second).bytes == [1, 2, 3])
    #expect(try receive(second).bytes == [4])
    #expect(throws: SystemError("recvmsg", errno: EAGAIN)) { try receive(second) }
  }

  @Test func descriptorsArriveInTheirOrder() throws {
    let (near, far) = try ends()
    let first = PacketSocket(owning: OwnedDescriptor(owning: near))
    let second = PacketSocket(owning: OwnedDescriptor(owning: far))
    let file = try OwnedDescriptor.open("/proc/self/exe", flags: O_RDONLY)
    let null = try OwnedDescriptor.open("/dev/null", flags: O_RDONLY)
    try first.send([1], descriptors: [file.number, null.number, file.number])
    let descriptors = try receive(second).received.descriptors
    let kinds = try descriptors.map { try DescriptorFacts(of: $0.number).kind }
    #expect(kinds == [.regularFile, .characterDevice, .regularFile])
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let (near, far) = try ends()
    let first = PacketSocket(owning: OwnedDescriptor(owning: near))
    let second = PacketSocket(owning: OwnedDescriptor(owning: far))
    try first.send([1, 2, 3])
    let cut = try receive(second, capacity: 2)
    #expect(cut.bytes == [1, 2] && cut.received.bytesTruncated)
    try first.send([1, 2])
    #expect(try !receive(second, capacity: 2).received.bytesTruncated)
    let many = Array(repeating: first.descriptor.number, count: 254)
    #expect(throws: SystemError("sendmsg", errno: E2BIG)) { try first.send([1], descriptors: many) }
  }

  @Test func otherControlMessagesAreSaid() throws {
    let (near, far) = try ends()
    let first = PacketSocket(owning: OwnedDescriptor(owning: near))
    let second = PacketSocket(owning: OwnedDescriptor(owning: far))
    var yes: Int32 = 1
    try #require(setsockopt(far, SOL_SOCKET, SO_PASSCRED, &yes, 4) == 0)
    try first.send([1])
    #expect(try receive(second).received.unexpectedControl)
  }

  @Test func theEndOfThePeerIsAnEmptyPacket() throws {
    let (near, far) = try ends()
    let second = PacketSocket(owning: OwnedDescriptor(owning: far))
    do { _ = PacketSocket(owning: OwnedDescriptor(owning: near)) }
    #expect(try receive(second).received.count == 0)
    #expect(throws: SystemError("sendmsg", errno: EPIPE)) { try second.send([1]) }
  }

  @Test func aFullQueueIsSaidAndNeverWaitedFor() throws {
    let (near, far) = try ends()
    let first = PacketSocket(owning: OwnedDescriptor(owning: near))
    let second = PacketSocket(owning: OwnedDescriptor(owning: far))
    let packet = [UInt8](repeating: 1, count: 60_000)
    #expect(throws: SystemError("sendmsg", errno: EAGAIN)) {
      while true { try first.send(packet) }
    }
    #expect(try receive(second, capacity: 60_000).bytes == packet)
  }
}

@Suite struct MonotonicTimeTests {
  @Test func momentsSaturate() {
    let late = MonotonicTime(nanoseconds: .max)
    #expect(late.advanced(by: .seconds(1)) == late)
    #expect(late.since(MonotonicTime(nanoseconds: 0)) == .nanoseconds(Int64.max))
    #expect(MonotonicTime(nanoseconds: 1).since(late) == .zero)
    #expect(MonotonicTime(nanoseconds: 5).advanced(by: .seconds(-1)).nanoseconds == 5)
    #expect(Duration.seconds(Int64.max).clampedNanoseconds == .max)
    #expect(Duration.seconds(-1).clampedNanoseconds == 0)
    #expect(Duration.milliseconds(3).clampedNanoseconds == 3_000_000)
  }

  @Test func theClockDoesNotGoBack() {
    let first = MonotonicTime.now
    #expect(MonotonicTime.now >= first)
  }
}
