import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// Messages that come together, handlers that take them so, and messages that leave without waiting.
@Suite struct BatchTests {
  static let pipe = EndpointID.bootstrap.rawValue

  /// Takes messages of method 1 in batches and all others one by one.
  struct Batches: MessageReceiver {
    let taken = Inbox<[UInt32]>()

    func receive(
      _ message: IncomingMessage, header: MessageHeader
    ) throws(Malformed) -> Dispatch {
      let number = try note(message).number
      return .oneWay { taken.put([1000 + number]) }
    }

    func takesBatches(of ordinal: UInt32) -> Bool { ordinal == 1 }

    func receive(
      batch: [IncomingMessage]
    ) throws(Malformed) -> @Sendable () async throws -> Void {
      var numbers: [UInt32] = []
      for message in batch { numbers.append(try note(message).number) }
      return { [numbers] in taken.put(numbers) }
    }

    func disconnected(_ reason: CloseReason?) {}

    private func note(_ message: IncomingMessage) throws(Malformed) -> Note {
      try MessageDecoder.decode(
        Note.self, from: message.bytes, header: MessageHeader(decoding: message.bytes), handles: [])
    }
  }

  private static func message(_ ordinal: UInt32, _ value: some WireStruct) -> ArraySlice<UInt8> {
    MessageEncoder.encode(.oneWay, ordinal: ordinal, value).bytes[...]
  }

  @Test func whatComesTogetherIsTakenTogether() async throws {
    try await withHostile { host, hostile in
      let receiver = Batches()
      await host.connection.bind(.bootstrap, to: receiver)
      hostile.send { writer in
        for (ordinal, number) in [(1, 1), (1, 2), (1, 3), (0, 4), (1, 5), (1, 6)] {
          let note = Self.message(UInt32(ordinal), Note(UInt32(number)))
          writer.append(.message, endpoint: Self.pipe, payload: note)
        }
      }
      #expect(await receiver.taken.next(3) == [[1, 2, 3], [1004], [5, 6]])
    }
  }

  @Test func ofABatchWithADefectNothingIsTaken() async throws {
    try await withHostile { host, hostile in
      let receiver = Batches()
      await host.connection.bind(.bootstrap, to: receiver)
      hostile.send { writer in
        writer.append(.message, endpoint: Self.pipe, payload: Self.message(1, Note(1)))
        writer.append(.message, endpoint: Self.pipe, payload: Self.message(1, Empty()))
        writer.append(.message, endpoint: Self.pipe, payload: Self.message(0, Note(2)))
      }
      #expect(await host.refusal() == .message(.unexpectedStructHeader))
      #expect(receiver.taken.rest.isEmpty)
    }
  }

  @Test func whatCameBeforeADefectIsTakenAndJudgedFirst() async throws {
    try await withHostile { host, hostile in
      let receiver = Batches()
      await host.connection.bind(.bootstrap, to: receiver)
      hostile.send { writer in
        writer.append(.message, endpoint: Self.pipe, payload: Self.message(0, Note(1)))
        writer.append(.message, endpoint: Self.pipe, payload: Self.message(1, Note(2)))
        writer.append(.hello, payload: [0, 0, 0, 0, 0, 0, 0, 0])
      }
      #expect(await receiver.taken.next(2) == [[1001], [2]])
      #expect(await host.refusal() == .channel(.kindNotAllowed))
    }
    try await withHostile { host, hostile in
      await host.connection.bind(.bootstrap, to: Batches())
      hostile.send { writer in
        writer.append(.message, endpoint: Self.pipe, payload: Self.message(0, Empty()))
        writer.append(.hello, payload: [0, 0, 0, 0, 0, 0, 0, 0])
      }
      #expect(await host.refusal() == .message(.unexpectedStructHeader))
    }
  }

  @Test func aBatchGivesAllOfItsCreditBack() async throws {
    try await withHostile(ChannelLimits(windowMessages: 8)) { host, hostile in
      await host.connection.bind(.bootstrap, to: Batches())
      for _ in 0..<3 {
        hostile.send { writer in
          for number in 0..<8 as Range<UInt32> {
            writer.append(.message, endpoint: Self.pipe, payload: Self.message(1, Note(number)))
          }
        }
        let frames = try await hostile.receive()
        #expect(frames.map(\.kind) == [.credit])
        let credit = try Credit(decoding: frames[0].payload[...])
        #expect(credit.messages == 8)
      }
    }
  }

  @Test func aHandlerThatWaitsHoldsUpNobody() async throws {
    try await withHostile { host, hostile in
      let (gate, said) = (Gate(), Inbox<String>())
      let receiver = NoteReceiver { note, _ in
        said.put("\(note.number) begins")
        if note.number == 1 { await gate.next() } else { gate.open() }
        said.put("\(note.number) ends")
        return note
      }
      await host.connection.bind(.bootstrap, to: receiver)
      hostile.send { writer in
        for number in 1...2 as ClosedRange<UInt32> {
          writer.append(.message, endpoint: Self.pipe, payload: Self.message(0, Note(number)))
        }
      }
      #expect(await said.next(4) == ["1 begins", "2 begins", "2 ends", "1 ends"])
    }
  }

  // MARK: Leaving

  /// Sends a note at once, if that is possible.
  private static func sendAtOnce(_ number: UInt32, from peer: Peer) -> Bool {
    let message = MessageEncoder.encode(.oneWay, ordinal: 0, Note(number)).bytes
    return message.withUnsafeBytes { peer.connection.bootstrap.sendAtOnce($0) }
  }

  @Test func whatLeavesAtOnceAndWhatWaitsKeepTheirOrder() async throws {
    try await withPeers(ChannelLimits(windowMessages: 4)) { host, worker in
      let numbers = Inbox<UInt32>()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          numbers.put(note.number)
          return note
        })
      let atOnce = await Task(executorPreference: host.connection.loop) {
        var atOnce = 0
        for number in 0..<1000 as Range<UInt32> {
          if Self.sendAtOnce(number, from: host) {
            atOnce += 1
          } else {
            _ = await host.send(Note(number))
          }
        }
        return atOnce
      }.value
      #expect(await numbers.next(1000) == Array(0..<1000))
      #expect(atOnce > 0 && atOnce < 1000)
    }
  }

  @Test func nothingLeavesAtOnceFromAnotherThreadOrThroughAPipeThatIsClosed() async throws {
    try await withPeers { host, worker in
      #expect(!Self.sendAtOnce(1, from: host))
      host.connection.bootstrap.close(CloseReason())
      let isSent = await Task(executorPreference: host.connection.loop) {
        Self.sendAtOnce(2, from: host)
      }.value
      #expect(!isSent)
    }
  }
}
