import MageTesting
import Testing

@Suite("A played worker that attacks", .timeLimit(.minutes(10)))
struct HostilePeerTests {
  @Test("good calls are answered")
  func friendly() async throws {
    let ledger = MemoryLedger()
    let peer = try await HostilePeer(attacking: Ledger.handlers(ledger))
    let reply = try await peer.call(
      Ledger.put, .init(name: "Ada", amount: 7, currency: .crown, note: []))
    #expect(reply.total == 7)
    try await peer.send(Ledger.forget, .init(name: "Ada"))
    #expect(await peer.isAlive())
    #expect(ledger.names.isEmpty)
  }

  @Test("values beyond the interface's limits end it, and no handler sees them")
  func limits() async throws {
    let spoils: [(Ledger.PutParameters, String, String)] = [
      (
        .init(name: String(repeating: "x", count: 33), amount: 1, currency: .euro, note: []),
        "interface.tooLong", "name"
      ),
      (.init(name: "a", amount: 0, currency: .euro, note: []), "interface.outOfRange", "amount"),
      (.init(name: "a", amount: 1001, currency: .euro, note: []), "interface.outOfRange", "amount"),
      (
        .init(name: "a", amount: 1, currency: .euro, note: [UInt8](repeating: 0, count: 65)),
        "interface.tooLong", "note"
      ),
    ]
    for (parameters, check, field) in spoils {
      let ledger = MemoryLedger()
      let peer = try await HostilePeer(attacking: Ledger.handlers(ledger))
      let error = await #expect(throws: CallError.self) {
        try await peer.call(Ledger.put, parameters)
      }
      guard case .workerEnded(let ending) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(ending.cause.malformed?.name == check)
      #expect(ending.cause.malformed?.field == field)
      #expect(await peer.ending() == ending.cause)
      #expect(ledger.names.isEmpty)
    }
  }

  @Test("what only a handler can see to be wrong ends it too")
  func badMessage() async throws {
    let peer = try await HostilePeer(attacking: Ledger.handlers(MemoryLedger()))
    await #expect(throws: CallError.self) {
      try await peer.call(Ledger.put, .init(name: "", amount: 1, currency: .euro, note: []))
    }
    #expect(await peer.ending().malformed?.name == "application.badMessage")
  }

  @Test("raw messages and packets are judged as a worker's are")
  func raw() async throws {
    let first = try await HostilePeer(attacking: Ledger.handlers(MemoryLedger()))
    first.send(message: [1, 2, 3])
    #expect(await first.ending().malformed?.layer == .message)
    let second = try await HostilePeer(attacking: Ledger.handlers(MemoryLedger()))
    second.send(packet: [0xFF])
    #expect(await second.ending().malformed?.layer == .transport)
    #expect(!second.send(packet: [0xFF]))
  }

  @Test("it can die, and what it had sent before is judged first")
  func death() async throws {
    let first = try await HostilePeer(attacking: Ledger.handlers(MemoryLedger()))
    await first.die()
    #expect(await first.ending() == .crashed(Signal(11)))
    let second = try await HostilePeer(attacking: Ledger.handlers(MemoryLedger()))
    second.send(packet: [0xFF])
    await second.die()
    #expect(await second.ending().malformed?.layer == .transport)
  }

  @Test("every way of spoiling a message is refused or means something else; no rule is left out")
  func breaking() async throws {
    let broken = try await RuleBreaking.attack(with: [.put, .forget]) {
      Ledger.handlers(MemoryLedger())
    }
    #expect(broken.attempts.count > 1_000)
    #expect(broken.otherEndings.isEmpty)
    #expect(!broken.accepted.isEmpty)
    for (check, field) in [
      ("interface.tooLong", "name"), ("interface.tooLong", "note"),
      ("interface.outOfRange", "amount"), ("message.unknownEnumValue", "currency"),
      ("message.notUTF8", "name"), ("message.unexpectedNullPointer", "name"),
    ] { #expect(broken.hasBroken(check, at: field), "\(check) at \(field)") }
    #expect(broken.hasBroken("message.headerUnknownMethod"))
    #expect(!broken.hasBroken("interface.tooLong", at: "currency"))
  }

  @Test("an implementation whose interface has no limits is told so")
  func unlimited() async throws {
    var handlers = Handlers<Ledger>()
    handlers.on(Method<Ledger, Unlimited, Ledger.PutReply>(0, "Put")) { _ in .init(total: 0) }
    let peer = try await HostilePeer(attacking: handlers)
    let long = String(repeating: "x", count: 5_000)
    _ = try await peer.call(Method<Ledger, Unlimited, Ledger.PutReply>(0, "Put"), .init(long))
    #expect(await peer.isAlive())
  }
}

/// The parameters of a method that limits nothing.
private struct Unlimited: WireStruct {
  static let wireSize = 16
  let name: String

  init(_ name: String) { self.name = name }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    name = try message.string(fields, 8, "name")
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.string(fields, 8, name)
  }
}
