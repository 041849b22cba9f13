import MageTesting
import Testing

@Suite("A played worker that answers by a script", .timeLimit(.minutes(10)))
struct ScriptedWorkerTests {
  private func total(_ worker: ScriptedWorker<Ledger>) async throws -> UInt64 {
    try await Ledger.Proxy(worker.remote).put(name: "Ada", amount: 7, currency: .euro, note: [])
  }

  private func ending(
    _ script: @escaping @Sendable (ScriptedRequest) -> ScriptedAnswer
  ) async throws -> Ending.Cause? {
    let worker = try await ScriptedWorker(of: Ledger.self, script)
    let error = await #expect(throws: CallError.self) { try await total(worker) }
    guard case .workerEnded(let ending) = error else { return nil }
    return ending.cause
  }

  @Test("it answers what the script says")
  func answers() async throws {
    let worker = try await ScriptedWorker(of: Ledger.self) { request in
      let amount = request.parameters(of: Ledger.put)?.amount ?? 0
      return .reply(to: request, of: Ledger.put, .init(total: UInt64(amount) * 6))
    }
    #expect(try await total(worker) == 42)
    await worker.requests(1)
  }

  @Test("it dies instead of answering")
  func death() async throws {
    #expect(try await ending { _ in .death() } == .crashed(Signal(11)))
  }

  @Test("a reply of other bytes, to another request, or of another packet ends it")
  func lies() async throws {
    #expect(try await ending { _ in .message([1, 2, 3]) }?.malformed?.layer == .message)
    #expect(try await ending { .message($0.bytes) }?.malformed != nil)
    #expect(try await ending { _ in .packet([7]) }?.malformed?.layer == .transport)
  }

  @Test("a second answer ends it, and the first one counts")
  func twice() async throws {
    let worker = try await ScriptedWorker(of: Ledger.self) { request in
      .reply(to: request, of: Ledger.put, .init(total: 1)).twice
    }
    #expect(try await total(worker) == 1)
    #expect(await worker.ending().malformed?.name == "channel.replyUnexpected")
  }

  @Test("a deadline passes when the test says so, and not before")
  func deadline() async throws {
    let time = TestTime()
    let worker = try await ScriptedWorker(of: Ledger.self, deadline: .seconds(30), time: time) {
      _ in .nothing
    }
    let call = Task { try await total(worker) }
    await worker.requests(1)
    await time.advance(by: .milliseconds(29_999))
    #expect(worker.cause == nil)
    await time.advance(by: .milliseconds(1))
    let expected = Ending.Cause.limit(.callDeadline(.seconds(30), method: "ledger.Ledger.Put"))
    #expect(await worker.ending() == expected)
    await #expect(throws: CallError.self) { try await call.value }
  }

  @Test("every way of spoiling a reply is refused or means something else")
  func spoiledReplies() async throws {
    let broken = try await RuleBreaking.spoilReplies(to: Ledger.put, .init(total: 7)) { remote in
      let proxy = Ledger.Proxy(remote)
      _ = try? await proxy.put(name: "Ada", amount: 7, currency: .euro, note: [])
    }
    #expect(broken.attempts.count > 300)
    #expect(broken.otherEndings.isEmpty)
    #expect(broken.hasBroken("channel.replyUnexpected"))
    #expect(broken.hasBroken("message.unexpectedStructHeader"))
    // All bits of the number are good ones.
    #expect(broken.accepted.count >= 64)
  }

  @Test("in this process the same checks stand between caller and implementation")
  func inProcess() async throws {
    let ledger = MemoryLedger()
    let proxy = Ledger.Proxy(Remote(inProcess: Ledger.handlers(ledger)))
    #expect(try await proxy.put(name: "Ada", amount: 7, currency: .euro, note: []) == 7)
    await #expect(throws: CallError.self) {
      try await proxy.put(name: "Ada", amount: 0, currency: .euro, note: [])
    }
    #expect(ledger.names == ["Ada"])
  }
}
