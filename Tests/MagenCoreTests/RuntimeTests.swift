import MagePipes
import MageSystem
import Testing

@testable import Mage

/// What generated code uses of the runtime beside the message format.
@Suite("The runtime under generated code")
struct RuntimeTests {
  private func recoded(
    _ value: Gallery.MemoryParameters, _ spoil: (inout [any WireHandle]) -> Void = { _ in }
  ) throws -> Gallery.MemoryParameters {
    let (bytes, encoded) = MessageEncoder.encode(.oneWay, ordinal: 3, value)
    var handles = encoded
    spoil(&handles)
    let header = try MessageHeader(decoding: bytes)
    return try MessageDecoder.decode(
      Gallery.MemoryParameters.self, from: bytes, header: header, handles: handles)
  }

  private func region(_ kind: AttachmentKind) throws -> MagePipes.Attachment {
    MagePipes.Attachment(
      kind: kind, descriptor: try SharedRegion.frozen([1]).attachment.descriptor)
  }

  @Test("attachments come back, and those that may be absent may")
  func attachments() throws {
    let pixels = try region(.region)
    let table = try region(.frozenRegion)
    let both = try recoded(Gallery.MemoryParameters(pixels: pixels, table: table))
    #expect(both.pixels.descriptor.number == pixels.descriptor.number)
    #expect(both.table?.descriptor.number == table.descriptor.number)
    #expect(try recoded(Gallery.MemoryParameters(pixels: pixels)).table == nil)
  }

  @Test("an attachment of another kind is refused, absent or not")
  func kinds() throws {
    let (pixels, table) = (try region(.region), try region(.frozenRegion))
    let value = Gallery.MemoryParameters(pixels: pixels, table: table)
    let refusals: [(String, [any WireHandle])] = [
      ("pixels", [table, table]), ("table", [pixels, pixels]),
    ]
    for (field, handles) in refusals {
      let refusal = #expect(throws: Malformed.self) { try recoded(value) { $0 = handles } }
      #expect(refusal?.check == .interface(.attachmentKind))
      #expect(refusal?.field == field)
    }
  }

  @Test("a rate admits a second's messages at once, and then as many as time has brought")
  func rates() {
    let rates = MethodRates()
    func admitted(_ count: Int, at milliseconds: UInt64, _ ordinal: UInt32 = 1) -> Int {
      (0..<count).filter { _ in
        rates.admit(ordinal, 10, at: MonotonicTime(nanoseconds: milliseconds * 1_000_000))
      }.count
    }
    #expect(admitted(20, at: 5_000) == 10)
    #expect(admitted(20, at: 5_099) == 0)
    #expect(admitted(20, at: 5_100) == 1)
    #expect(admitted(20, at: 5_350) == 2)
    #expect(admitted(20, at: 4_000) == 0)
    #expect(admitted(20, at: 5_000_000) == 10)
    #expect(admitted(20, at: 5_000_000, 2) == 10)
  }

  @Test("a rate of nothing, and one beyond every clock, are rates still")
  func extremeRates() {
    let rates = MethodRates()
    #expect(rates.admit(1, 0, at: MonotonicTime(nanoseconds: 1)))
    #expect(!rates.admit(1, 0, at: MonotonicTime(nanoseconds: 2)))
    #expect(rates.admit(2, .max, at: MonotonicTime(nanoseconds: 1)))
    #expect(rates.admit(2, .max, at: MonotonicTime(nanoseconds: .max)))
  }

  // MARK: Who may call, and how often

  private static let forget = Gallery.ForgetParameters(names: [], sizes: [:], ground: .white)

  private func table(callers: CallingSide?) -> MethodTable<Gallery> {
    var handlers = Handlers<Gallery>()
    handlers.on(Gallery.forget) { _ in }
    handlers.on(Gallery.stop) { _ in }
    return MethodTable(handlers, caller: callers)
  }

  /// The check that refuses a message, or `nil`.
  private func refusal(
    _ table: MethodTable<Gallery>, _ ordinal: UInt32, _ parameters: some WireStruct,
    at seconds: UInt64 = 1
  ) async throws -> Malformed? {
    let (bytes, _) = MessageEncoder.encode(.oneWay, ordinal: ordinal, parameters)
    let message = IncomingMessage(endpoint: .bootstrap, bytes: bytes, attachments: [])
    let header = try MessageHeader(decoding: bytes)
    do {
      _ = try await table.take(
        message, header, at: MonotonicTime(nanoseconds: seconds * 1_000_000_000))
      return nil
    } catch let malformed as Malformed {
      return malformed
    }
  }

  @Test("a method of the host's is refused to a worker")
  func callers() async throws {
    #expect(try await refusal(table(callers: .host), Gallery.stop.ordinal, Empty()) == nil)
    #expect(try await refusal(table(callers: nil), Gallery.stop.ordinal, Empty()) == nil)
    let refusal = try await refusal(table(callers: .worker), Gallery.stop.ordinal, Empty())
    #expect(refusal?.check == .interface(.wrongCaller))
    #expect(refusal?.method == "Stop")
  }

  // MARK: Control messages

  private func take(
    _ kind: MessageEncoder.Kind, _ ordinal: UInt32, _ value: some WireStruct
  ) async throws -> OutgoingMessage? {
    let bytes = MessageEncoder.encode(kind, ordinal: ordinal, value).bytes
    return try await table(callers: .worker).take(
      IncomingMessage(endpoint: .bootstrap, bytes: bytes, attachments: []),
      try MessageHeader(decoding: bytes))
  }

  /// What a question is answered with.
  private func answer(
    _ question: ControlMessages.Question
  ) async throws -> ControlMessages.Answer? {
    let reply = try #require(
      await take(.request(id: 7), ControlMessages.run, ControlMessages.Run(question)))
    let header = try MessageHeader(decoding: reply.bytes)
    #expect(header.isReply)
    #expect(header.requestID == 7)
    return try MessageDecoder.decode(
      ControlMessages.RunReply.self, from: reply.bytes, header: header, handles: []
    ).output
  }

  @Test("every interface says its version, whoever asks, and answers when it is flushed")
  func questions() async throws {
    #expect(try await answer(.queryVersion) == .version(ControlMessages.VersionResult(2)))
    #expect(try await answer(.flushForTesting) == nil)
  }

  @Test(
    "a version that is known is no matter; of one that is not the pipe is closed",
    arguments: [(0, true), (2, true), (3, false)] as [(UInt32, Bool)])
  func demands(_ version: UInt32, _ isKnown: Bool) async throws {
    let demand = ControlMessages.Demand.requireVersion(ControlMessages.VersionResult(version))
    func take() async throws -> OutgoingMessage? {
      try await self.take(
        .oneWay, ControlMessages.runOrClosePipe, ControlMessages.RunOrClosePipe(demand))
    }
    if isKnown {
      #expect(try await take() == nil)
    } else {
      await #expect(throws: VersionNotKnown.self) { try await take() }
    }
  }

  @Test("control messages are checked like all others")
  func badControl() async throws {
    let flags = await #expect(throws: Malformed.self) {
      try await take(.oneWay, ControlMessages.run, ControlMessages.Run(.queryVersion))
    }
    #expect(flags?.check == .message(.headerInvalidFlags))
    let empty = await #expect(throws: Malformed.self) {
      try await take(.request(id: 1), ControlMessages.run, Empty())
    }
    #expect(empty?.check == .message(.unexpectedStructHeader))
    #expect(empty?.method == "Run")
  }

  @Test("more messages than a method's rate are refused; those of other methods are not")
  func excess() async throws {
    let table = table(callers: .host)
    for _ in 0..<10 {
      #expect(try await refusal(table, Gallery.forget.ordinal, Self.forget) == nil)
    }
    let excess = try await refusal(table, Gallery.forget.ordinal, Self.forget)
    #expect(excess?.check == .interface(.tooOften))
    #expect(excess?.method == "Forget")
    for _ in 0..<20 { #expect(try await refusal(table, Gallery.stop.ordinal, Empty()) == nil) }
    #expect(try await refusal(table, Gallery.forget.ordinal, Self.forget, at: 2) == nil)
  }
}
