import Mage
import MageWire
import Testing

@testable import MagePipes

/// Streams between processes.
@Suite(.timeLimit(.minutes(10))) struct DataPipeTravelTests {
  /// Both directions: the host sends an end, and the worker does.
  static let directions = [true, false]

  private func peers(
    _ isHostFirst: Bool, _ limits: ChannelLimits = ChannelLimits(),
    _ body: (_ sender: Peer, _ other: Peer) async throws -> Void
  ) async throws {
    try await withPeers(limits) { host, worker in
      try await body(isHostFirst ? host : worker, isHostFirst ? worker : host)
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }

  private static let count = 1 << 20

  private func transfer(_ writer: DataPipeWriter, _ reader: DataPipeReader) async throws {
    let sending = Task {
      try await writer.write(pattern(Self.count))
      try writer.finish()
    }
    #expect(try await reader.collect(atMost: Self.count) == pattern(Self.count))
    try await sending.value
  }

  @Test(.bothTransports, arguments: directions)
  func theOtherProcessReads(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let courier = try sender.courier()
      let parcels = try other.parcels()
      let (producer, consumer) = makeDataPipe()
      try await courier.send(Courier.carry, Carrying(consumer: consumer))
      let reader = try #require(await parcels.next().consumer).bind()
      try await transfer(try producer.bind(), reader)
    }
  }

  @Test(.bothTransports, arguments: directions)
  func theOtherProcessWrites(isHostFirst: Bool) async throws {
    try await peers(isHostFirst) { sender, other in
      let courier = try sender.courier()
      let parcels = try other.parcels()
      let (producer, consumer) = makeDataPipe()
      // Bound before the other end leaves: what it has said goes along.
      let reader = try consumer.bind()
      try await courier.send(Courier.carry, Carrying(producer: producer))
      try await transfer(try #require(await parcels.next().producer).bind(), reader)
    }
  }

  @Test(arguments: directions)
  func aStreamThatNobodyReadsHoldsUpNothingElse(isHostFirst: Bool) async throws {
    let limits = ChannelLimits(windowMessages: 8, windowBytes: 64 << 10)
    try await peers(isHostFirst, limits) { sender, other in
      let courier = try sender.courier()
      let parcels = try other.parcels()
      let (producer, consumer) = makeDataPipe()
      try await courier.send(Courier.carry, Carrying(consumer: consumer))
      let reader = try #require(await parcels.next().consumer).bind(capacity: 16 << 10)
      let writer = try producer.bind()
      let writing = Task.immediate { try await writer.write(pattern(200_000)) }
      for number in 1...50 as ClosedRange<UInt32> {
        #expect(try await courier.call(Courier.ask, Note(number)) == Note(number + 1))
      }
      var all: [UInt8] = []
      while all.count < 200_000 { all += try #require(await reader.read()) }
      #expect(all == pattern(200_000))
      try await writing.value
    }
  }

  @Test func manyStreamsShareAConnection() async throws {
    try await peers(true) { sender, other in
      let courier = try sender.courier()
      let parcels = try other.parcels()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<10 {
          let (producer, consumer) = makeDataPipe()
          try await courier.send(Courier.carry, Carrying(consumer: consumer))
          let reader = try #require(await parcels.next().consumer).bind(capacity: 20_000)
          let writer = try producer.bind()
          group.addTask {
            try await writer.write(pattern(100_000))
            try writer.finish()
          }
          group.addTask {
            let all = try await reader.collect(atMost: 100_000)
            #expect(all == pattern(100_000))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  /// What a peer's streams may make this process hold is the policy's window, whoever opens how many.
  @Test func streamsHoldNoMoreThanTheWindow() async throws {
    try await peers(true, ChannelLimits(windowBytes: 10_000)) { sender, other in
      let courier = try sender.courier()
      let parcels = try other.parcels()
      func arrive() async throws -> (DataPipeProducer, DataPipeConsumer) {
        let (producer, consumer) = makeDataPipe()
        try await courier.send(Courier.carry, Carrying(consumer: consumer))
        return (producer, try #require(await parcels.next().consumer))
      }
      let (first, second, third) = (try await arrive(), try await arrive(), try await arrive())
      let reader = try first.1.bind(capacity: 8000)
      #expect(throws: CallError.self) { try second.1.bind() }
      reader.close()
      let next = try third.1.bind()
      // What is left is given, and no more than that.
      let writing = Task.immediate { try await third.0.bind().write(pattern(10_001)) }
      #expect(try await next.read()?.isEmpty == false)
      writing.cancel()
      withExtendedLifetime((first, second, third)) {}
    }
  }

  @Test func theEndOfAConnectionEndsItsStreams() async throws {
    try await withPeers { host, worker in
      let courier = try worker.courier()
      let parcels = try host.parcels()
      let (producer, consumer) = makeDataPipe()
      try await courier.send(Courier.carry, Carrying(consumer: consumer))
      let reader = try #require(await parcels.next().consumer).bind()
      let writer = try producer.bind()
      try await writer.write([1])
      #expect(try await reader.read() == [1])
      let reading = Task.immediate { try await reader.read() }
      await host.connection.end(.hostGone("the test"))
      await #expect(throws: CallError.hostGone("the test")) { try await reading.value }
    }
  }

  @Test func aStreamRunsBetweenTwoWorkers() async throws {
    try await withStar { star in
      let up = try star.workers.first.courier()
      let hub = try star.hosts.first.parcels()
      let down = try star.hosts.second.courier()
      let second = try star.workers.second.parcels()
      let (producer, consumer) = makeDataPipe()
      let writer = try producer.bind()
      try await up.send(Courier.carry, Carrying(consumer: consumer))
      try await down.send(Courier.carry, await hub.next())
      let reader = try #require(await second.next().consumer).bind()
      try await transfer(writer, reader)
      withExtendedLifetime(up) {}
    }
  }
}
