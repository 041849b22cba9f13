import MageHost
import MagePipes
import MageWire
import ProbeInterface
import Testing

/// The trace that goes with a call: 32 bytes, which a worker is told and a host is not made to believe.
@Suite(.timeLimit(.minutes(10))) struct TraceTests {
  private static let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test("The text form is read and written")
  func text() {
    #expect(TraceContext(traceparent: Self.text)?.traceparent == Self.text)
  }

  @Test(
    "What is no trace context is none",
    arguments: [
      "", "00", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
      "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
      "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
    ])
  func refused(text: String) { #expect(TraceContext(traceparent: text) == nil) }

  @Test("The bytes that a peer sends are checked")
  func bytes() throws {
    let context = try #require(TraceContext(traceparent: Self.text))
    #expect(context.encoded.count == TraceContext.size)
    #expect(try TraceContext(decoding: context.encoded[...]) == context)
    var dirty = context.encoded
    dirty[31] = 1
    #expect(throws: Malformed.self) { try TraceContext(decoding: dirty[...]) }
    #expect(throws: Malformed.self) { try TraceContext(decoding: context.encoded.dropLast()) }
    let zero = [UInt8](repeating: 0, count: 32)
    #expect(throws: Malformed.self) { try TraceContext(decoding: zero[...]) }
  }

  @Test("A worker is told the trace of the call that it answers, and none where there is none")
  func told() async throws {
    try await TestHost.with { test in
      let (_, probe) = try await test.probe()
      #expect(try await probe.trace() == "")
      let context = TraceContext(traceparent: Self.text)
      try await TraceContext.$current.withValue(context) { () async throws in
        #expect(try await probe.trace() == Self.text)
        // As long as a message may be, and longer than a packet: it arrives whole.
        let long = String(repeating: "x", count: 150_000)
        #expect(try await probe.echo(text: long) == long)
      }
      #expect(try await probe.trace() == "")
    }
  }

  /// Keeps what it is told.
  private final class Witness: CallObserver {
    let calls = Calls()
    func willCall(_ method: String) -> TraceContext? { TraceContext(traceparent: TraceTests.text) }
    func didCall(_ method: String, took time: Duration, failure: CallError?) {
      let outcome = failure.map { "\($0)" } ?? "answered"
      Task { await calls.add(method, outcome) }
    }
  }

  private actor Calls {
    private(set) var all: [String: String] = [:]
    func add(_ method: String, _ outcome: String) { all[method] = outcome }
  }

  @Test("An observer is told of each call and how it ended, and says which trace goes with it")
  func observed() async throws {
    let witness = Witness()
    let test = try TestHost()
    let host = try Host(observer: witness)
    let worker = try await host.spawn(TestHost.worker, policy: test.policy)
    let probe = Probe.Proxy(try worker.remote(Probe.self))
    #expect(try await probe.trace() == Self.text)
    await #expect(throws: CallError.self) { try await probe.commit(crime: "crash-segv") }
    while await witness.calls.all.count < 2 { await Task.yield() }
    let calls = await witness.calls.all
    #expect(calls["test.Probe.Trace"] == "answered")
    #expect(calls["test.Probe.Commit"]?.contains("SIGSEGV") == true)
    await host.shutDown()
    await test.host.shutDown()
  }
}
