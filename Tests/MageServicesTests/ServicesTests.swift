import InMemoryLogging
import InMemoryTracing
import Instrumentation
import Logging
import MageHost
import MageServices
import Metrics
import MetricsTestKit
import ProbeInterface
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing
import Tracing

/// A host among the services of a server.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ServicesTests {
  /// Once for the process: both systems may be set up once.
  private static let metrics: TestMetrics = {
    let metrics = TestMetrics()
    MetricsSystem.bootstrap(metrics)
    return metrics
  }()

  private static let tracer: InMemoryTracer = {
    let tracer = InMemoryTracer()
    InstrumentationSystem.bootstrap(MultiplexInstrument([Propagation(), tracer]))
    return tracer
  }()

  private static let worker = Places.product("hostile-worker")

  private func policy() throws -> Policy {
    var policy = try PolicyLibrary(directory: Places.policies).policy(named: "renderer")
    policy.descriptors.removeAll { $0.name == nil }
    policy.descriptors += [.null(0...0), .output(1...2)]
    return policy
  }

  private func kind(_ name: String) throws -> WorkerKind {
    WorkerKind(
      name, executable: Self.worker, policy: try policy(), offers: [Probe.self],
      pool: PoolLimits(maximum: 1, waitDeadline: .seconds(60)), output: OutputRule())
  }

  @Test("A graceful shutdown ends the host and its workers")
  func lifecycle() async throws {
    let host = try Host()
    let worker = try await host.spawn(try kind("service"))
    try await testGracefulShutdown { trigger in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await HostService(host, grace: .seconds(1)).run() }
        trigger.triggerGracefulShutdown()
        try await group.waitForAll()
      }
    }
    let ending = await worker.ending()
    #expect([.finished, .hostGone].contains(ending.cause), "\(ending)")
    await #expect(throws: SpawnError.self) { try await host.spawn(try kind("service")) }
  }

  @Test("Workers' lives and lines are logged with who they are")
  func logged() async throws {
    let handler = InMemoryLogHandler()
    var logger = Logger(label: "mage") { _ in handler }
    logger.logLevel = .trace
    let host = try Host()
    let log = HostLog(host, logger)
    let worker = try await host.spawn(try kind("logged"))
    let probe = Probe.Proxy(try worker.remote(Probe.self))
    _ = try await probe.write(descriptor: 2, bytes: Array("look: \u{1b}[2J\n".utf8))
    await #expect(throws: CallError.self) { try await probe.commit(crime: "open-passwd") }
    await host.shutDown()
    try await log.run()
    let entries = handler.entries
    #expect(entries.map(\.level) == [.debug, .notice, .error])
    #expect(entries[1].message == "look: \\u{1b}[2J")
    #expect(entries[2].message.description.hasPrefix("worker ended: forbidden call: openat"))
    for entry in entries {
      #expect(entry.metadata["mage.worker"] == "\(worker.identity.number)")
      #expect(entry.metadata["mage.pid"] == "\(worker.pid)")
      #expect(entry.metadata["mage.kind"] == "logged")
      #expect(entry.metadata["mage.policy"] == "renderer")
    }
    #expect(entries[2].metadata["mage.cause"] == "forbidden-call")
  }

  @Test("Spawns, endings, calls and what there is are counted")
  func counted() async throws {
    let metrics = Self.metrics
    let host = try Host(observer: CallTelemetry())
    let service = HostMetrics(host, every: .milliseconds(10))
    let running = Task { try await service.run() }
    let worker = try await host.spawn(try kind("counted"))
    let probe = Probe.Proxy(try worker.remote(Probe.self))
    for _ in 0..<3 { _ = try await probe.echo(text: "hello") }
    let workers = { try? metrics.expectGauge("mage_workers", [("kind", "counted")]).lastValue }
    while workers() != 1 { await Task.yield() }
    await #expect(throws: CallError.self) { try await probe.commit(crime: "crash-segv") }
    while workers() != 0 { await Task.yield() }
    await host.shutDown()
    try await running.value
    let kind = [("kind", "counted")]
    #expect(
      try metrics.expectCounter("mage_workers_started", kind + [("role", "worker")]).totalValue == 1
    )
    #expect(
      try metrics.expectCounter("mage_workers_ended", kind + [("cause", "crashed")]).totalValue == 1
    )
    let calls = try metrics.expectTimer(
      "mage_call_seconds", [("method", "test.Probe.Echo"), ("outcome", "answered")])
    #expect(calls.values.count == 3)
    let failed = try metrics.expectTimer(
      "mage_call_seconds", [("method", "test.Probe.Commit"), ("outcome", "worker-ended")])
    #expect(failed.values.count == 1)
  }

  private func passed(_ figure: String, _ kind: String) -> Int64? {
    try? Self.metrics.expectCounter("mage_\(figure)", [("kind", kind)]).totalValue
  }

  @Test("What workers have passed is counted when they came and went between two looks")
  func shortLived() async throws {
    _ = Self.metrics
    let host = try Host()
    // Looks once at the beginning and once at the end.
    let service = HostMetrics(host, every: .seconds(3600))
    let running = Task { try await service.run() }
    var kind = try kind("short-lived")
    kind.pool.usesPerWorker = 1
    let pool = try await host.pool(of: kind, calling: Probe.self)
    let text = String(repeating: "a", count: 1000)
    for _ in 0..<4 {
      _ = try await pool.withWorker { remote, _ in try await Probe.Proxy(remote).echo(text: text) }
    }
    await host.shutDown()
    try await running.value
    #expect(passed("calls_answered", "short-lived") == 4)
    #expect(try #require(passed("sent_bytes", "short-lived")) > 4000)
    #expect(try #require(passed("received_bytes", "short-lived")) > 4000)
  }

  @Test("What a living worker has passed is counted while it lives, and once")
  func living() async throws {
    _ = Self.metrics
    let host = try Host()
    let service = HostMetrics(host, every: .milliseconds(10))
    let running = Task { try await service.run() }
    let worker = try await host.spawn(try kind("living"))
    let probe = Probe.Proxy(try worker.remote(Probe.self))
    for _ in 0..<3 { _ = try await probe.echo(text: "hello") }
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    while passed("calls_answered", "living") != 3, .now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(passed("calls_answered", "living") == 3)
    let bytes = passed("sent_bytes", "living")
    await worker.kill()
    _ = await worker.ending()
    await host.shutDown()
    try await running.value
    #expect(passed("calls_answered", "living") == 3)
    #expect(passed("sent_bytes", "living") == bytes)
  }

  private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test("The trace of the calling task is the worker's")
  func traced() async throws {
    _ = Self.tracer
    let host = try Host(observer: CallTelemetry())
    let worker = try await host.spawn(try kind("traced"))
    let probe = Probe.Proxy(try worker.remote(Probe.self))
    #expect(try await probe.trace() == "")
    var context = ServiceContext.topLevel
    context[TraceParentKey.self] = Self.trace
    let told = try await ServiceContext.withValue(context) { try await probe.trace() }
    #expect(told == Self.trace)
    await host.shutDown()
  }

  @Test("A trace that a worker claims is linked to the host's span and is not its parent")
  func claimed() async throws {
    let tracer = Self.tracer
    let host = try Host(observer: CallTelemetry())
    var kind = try kind("claims")
    kind.arguments = ["call-host", Self.trace]
    kind.accepts = [Probe.self]
    let worker = try await host.spawn(kind)
    let (claims, continuation) = AsyncStream<String?>.makeStream()
    var handlers = Handlers<Probe>()
    handlers.on(Probe.echo) { request in
      await withWorkerSpan("asked") { _ in
        // What the host calls in turn does not carry it on.
        continuation.yield(TraceContext.ofWorker?.traceparent)
        continuation.yield(TraceContext.current?.traceparent)
      }
      return Probe.EchoReply(text: request.text)
    }
    handlers.on(Probe.note) { _ in continuation.finish() }
    try worker.receive(handlers)
    let seen = await claims.reduce(into: []) { $0.append($1) }
    #expect(seen == [Self.trace, nil])
    let span = try #require(tracer.finishedSpans.last { $0.operationName == "asked" })
    #expect(span.parentSpanID == nil)
    #expect(span.links.map { $0.context[TraceParentKey.self] } == [Self.trace])
    await host.shutDown()
  }
}

/// W3C propagation, as a tracer for servers brings it.
private struct Propagation: Instrument {
  func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  ) where Carrier == Extract.Carrier {
    context[TraceParentKey.self] = extractor.extract(key: "traceparent", from: carrier)
  }

  func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
  ) where Carrier == Inject.Carrier {
    guard let value = context[TraceParentKey.self] else { return }
    injector.inject(value, forKey: "traceparent", into: &carrier)
  }
}

private enum TraceParentKey: ServiceContextKey { typealias Value = String }
