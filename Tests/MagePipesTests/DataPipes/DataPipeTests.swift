import Mage
import MageWire
import Testing

@testable import MagePipes

/// Streams of bytes inside one process.
@Suite(.timeLimit(.minutes(10))) struct DataPipeTests {
  @Test(arguments: [1, 4096, 4097, 300_000])
  func bytesComeInTheirOrderAndTheStreamEnds(count: Int) async throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind(capacity: 4096))
    let sending = Task {
      try await writer.write(pattern(count))
      try writer.finish()
    }
    #expect(try await reader.collect(atMost: count) == pattern(count))
    #expect(try await reader.read() == nil)
    try await sending.value
  }

  @Test func aStreamIsASequence() async throws {
    let (producer, consumer) = makeDataPipe()
    let writer = try producer.bind()
    let reader = try consumer.bind()
    let sending = Task {
      for byte in UInt8(0)..<200 { try await writer.write([byte]) }
      try writer.finish()
    }
    var all: [UInt8] = []
    for try await bytes in reader {
      #expect(!bytes.isEmpty)
      all += bytes
    }
    #expect(all == Array(0..<200))
    try await sending.value
  }

  @Test func nothingLeavesBeforeThereIsAReader() async throws {
    let (producer, consumer) = makeDataPipe()
    let writer = try producer.bind()
    let writing = Task.immediate { try await writer.write([1, 2, 3]) }
    let reader = try consumer.bind()
    #expect(try await reader.read() == [1, 2, 3])
    try await writing.value
  }

  @Test func aWriterWaitsForItsReader() async throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind(capacity: 4096))
    try await writer.write(pattern(4096))
    let limit = Duration.milliseconds(20)
    let more = Task.immediate { try await writer.write(Array(repeating: 7, count: 2048)) }
    // Read less than is worth telling: the writer still waits.
    #expect(try await reader.read(upTo: 100)?.count == 100)
    #expect(try await reader.read(upTo: 3996)?.count == 3996)
    try await more.value
    #expect(try await reader.read()?.count == 2048)
    await #expect(throws: CallError.deadlineMissed(limit)) { try await reader.read(within: limit) }
    // The deadline of a read ends nothing.
    try await writer.write([9])
    #expect(try await reader.read() == [9])
  }

  @Test func aWriteThatMissesItsDeadlineEndsTheStream() async throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind(capacity: 4096))
    let limit = Duration.milliseconds(20)
    await #expect(throws: CallError.deadlineMissed(limit)) {
      try await writer.write(pattern(5000), within: limit)
    }
    await #expect(throws: CallError.self) { try await writer.write([1]) }
    // A part is not the whole.
    await #expect(throws: CallError.pipeClosed(CloseReason(text: "a write failed"))) {
      try await reader.collect(atMost: 10_000)
    }
  }

  @Test func waitingTasksCanBeCancelled() async throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind(capacity: 4096))
    let reading = Task.immediate { try await reader.read() }
    reading.cancel()
    await #expect(throws: CallError.cancelled) { try await reading.value }
    let writing = Task.immediate { try await writer.write(pattern(5000)) }
    writing.cancel()
    await #expect(throws: CallError.cancelled) { try await writing.value }
  }

  @Test func aStreamThatWasNotFinishedThrowsBehindWhatHadCome() async throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind())
    try await writer.write([1, 2])
    let reason = CloseReason(code: 4, text: "no more")
    writer.close(reason)
    #expect(try await reader.read() == [1, 2])
    await #expect(throws: CallError.pipeClosed(reason)) { try await reader.read() }
  }

  @Test func aWriterThatGoesClosesItsStream() async throws {
    let (producer, consumer) = makeDataPipe()
    let reader = try consumer.bind()
    do { _ = try producer.bind() }
    await #expect(throws: CallError.pipeClosed(CloseReason())) { try await reader.read() }
  }

  @Test func aReaderThatClosesTellsItsWriter() async throws {
    let (producer, consumer) = makeDataPipe()
    let writer = try producer.bind()
    let reader = try consumer.bind(capacity: 4096)
    let writing = Task.immediate { try await writer.write(pattern(50_000)) }
    let reason = CloseReason(code: 5, text: "enough")
    reader.close(reason)
    await #expect(throws: CallError.pipeClosed(reason)) { try await writing.value }
    await #expect(throws: CallError.pipeClosed(reason)) { try await reader.read() }
  }

  @Test func oneTaskReadsAndOneWrites() async throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind(capacity: 4096))
    let reading = Task.immediate { try await reader.read() }
    await #expect(throws: CallError.endpoint(.busy)) { try await reader.read() }
    try await writer.write([1])
    #expect(try await reading.value == [1])
    let writing = Task.immediate { try await writer.write(pattern(9000)) }
    await #expect(throws: CallError.endpoint(.busy)) { try await writer.write([1]) }
    #expect(throws: CallError.endpoint(.busy)) { try writer.finish() }
    var count = 0
    while count < 9000 { count += try #require(await reader.read()).count }
    try await writing.value
    try writer.finish()
    #expect(throws: CallError.endpoint(.unbound)) { try writer.finish() }
    await #expect(throws: CallError.endpoint(.unbound)) { try await writer.write([1]) }
  }

  @Test func collectingStopsAtItsLimit() async throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind())
    try await writer.write(pattern(1000))
    await #expect(throws: CallError.refused("more than 999 bytes in the stream")) {
      try await reader.collect(atMost: 999)
    }
    await #expect(throws: CallError.self) { try await writer.write([1]) }
  }

  @Test func anEndIsBoundOnce() throws {
    let (producer, consumer) = makeDataPipe()
    let (writer, reader) = (try producer.bind(), try consumer.bind())
    #expect(throws: EndpointError.bound) { try producer.bind() }
    #expect(throws: CallError.endpoint(.bound)) { try consumer.bind() }
    withExtendedLifetime((writer, reader)) {}
  }
}
