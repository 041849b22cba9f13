import Glibc
import MageSystem
import Testing

@testable import MagePipes

/// What wakes an end of a ring that sleeps.
@Suite(.timeLimit(.minutes(1))) struct DoorbellTests {
  private static func isReadable(_ descriptor: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, 0) == 1
  }

  @Test("A ring that answers the announcement of a sleep is not among those that are thrown away")
  func answers() throws {
    let (sleeper, handover) = try RingPort.make()
    let writer = try RingPort.accept(handover)
    var packet = [UInt8](repeating: 1, count: 64)
    // More than the sleeps after which the doorbell is emptied.
    for sleep in 0..<5000 {
      sleeper.announceSleep()
      try #require(!sleeper.hasNews)
      try #require(try writer.writer.hasRoom(for: packet.count))
      writer.writer.write(packet)
      writer.publish()
      sleeper.slept()
      try #require(Self.isReadable(sleeper.doorbell), "sleep \(sleep)")
      let record = try packet.withUnsafeMutableBytes { try sleeper.reader.next(into: $0) }
      #expect(record == .packet(64))
      sleeper.publishTaken()
    }
  }
}
