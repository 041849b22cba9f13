import CrimeSimulation
import MageHost
import MageSystem
import MageWire
import ProbeInterface
import Testing

/// Calls between a host and a real worker.
@Suite(.timeLimit(.minutes(10))) struct CallTests {
  @Test("A call comes back with its own reply, many at once too")
  func echo() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      let texts = (0..<500).map { "text \($0)" }
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for text in texts {
          group.addTask { try await probe.echo(text: text) == text }
        }
        for try await isSame in group { #expect(isSame) }
      }
      let ending = await worker.finish()
      #expect(ending.cause == .finished)
      #expect(ending.usage.wall > .zero)
      #expect(ending.usage.peakMemoryBytes > 1 << 20)
    }
  }

  @Test("A message larger than a packet arrives whole", arguments: [0, 1, 65_000, 150_000])
  func largeMessage(_ count: Int) async throws {
    try await TestHost.with { test in
      let (_, probe) = try await test.probe()
      let text = String(repeating: "é", count: count / 2)
      #expect(try await probe.echo(text: text) == text)
    }
  }

  @Test("A file that the host opened can be read by the worker, which could not open it")
  func file() async throws {
    try await TestHost.with { test in
      let (_, probe) = try await test.probe()
      let file = try OwnedDescriptor.open("/etc/hostname", flags: 0)
      let expected = try FileReading.read("/etc/hostname", limit: 4096)
      let text = try await probe.readFile(file: .file(file))
      #expect(text == String(decoding: expected, as: UTF8.self))
    }
  }

  @Test("A frozen region goes to the worker and another comes back")
  func regions() async throws {
    try await TestHost.with { test in
      let (_, probe) = try await test.probe()
      let bytes = [UInt8](repeating: 3, count: 1 << 20)
      let region = try SharedRegion.frozen(bytes)
      #expect(try await probe.sum(region: region.attachment) == 3 << 20)
      let made = try await probe.makeRegion(count: 100_000)
      #expect(made.kind == .frozenRegion)
      #expect(try SharedRegion(made).copy(limit: 1 << 20) == Array(repeating: 7, count: 100_000))
      #expect(throws: SystemError.self) { try SharedRegion(made).copy(limit: 99_999) }
    }
  }

  @Test("What is no readable regular file is refused before it is sent")
  func refusedAttachment() throws {
    for (path, flags) in [("/dev/null", Int32(0)), ("/proc", 0o200000)] {
      #expect(throws: SystemError.self) {
        try Attachment.file(try OwnedDescriptor.open(path, flags: flags))
      }
    }
  }

  @Test("One-way messages arrive in order with calls")
  func oneWay() async throws {
    try await TestHost.with { test in
      let (_, probe) = try await test.probe()
      for index in 0..<1000 { try await probe.note(text: "\(index)") }
      #expect(try await probe.notes() == 1000)
    }
  }

  @Test("A call that is cancelled on its way throws at once, and the worker lives on")
  func cancellation() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      // Immediate: it has asked before it is cancelled.
      let call = Task.immediate { await Self.error(of: probe, .neverReply) }
      call.cancel()
      #expect(await call.value == .cancelled)
      #expect(exists(worker.pid))
    }
  }

  @Test("A call of a task that is cancelled already throws at once")
  func earlyCancellation() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      let call = Task {
        while !Task.isCancelled { await Task.yield() }
        return await Self.error(of: probe, .neverReply)
      }
      call.cancel()
      #expect(await call.value == .cancelled)
      #expect(exists(worker.pid))
    }
  }

  private static func error(of probe: Probe.Proxy, _ crime: Crime) async -> CallError? {
    do throws(CallError) {
      try await probe.commit(crime)
      return nil
    } catch {
      return error
    }
  }

  @Test("A call that misses its deadline ends the worker and names the method")
  func deadline() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      await #expect(throws: CallError.self) {
        try await probe.within(.milliseconds(100)).commit(.neverReply)
      }
      let cause = await worker.ending().cause
      #expect(
        cause == .limit(.callDeadline(.milliseconds(100), method: "test.Probe.Commit")))
    }
  }

  @Test("Calls on a worker that has ended throw its ending at once")
  func afterTheEnd() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      let ending = await worker.kill()
      #expect(ending.cause == .killed)
      for _ in 0..<3 {
        await #expect(throws: CallError.workerEnded(ending)) {
          try await probe.echo(text: "anyone?")
        }
      }
    }
  }

  @Test("Every call that waits when the worker ends throws the same ending")
  func pendingCalls() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      let calls = (0..<20).map { _ in
        Task { await Self.error(of: probe, .neverReply) }
      }
      // The first of them is with the worker once a later message was sent.
      try await probe.note(text: "go")
      let ending = await worker.kill()
      for call in calls { #expect(await call.value == .workerEnded(ending)) }
    }
  }

  @Test("A handler's own error closes the pipe and ends nobody")
  func handlerError() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      let error = await #expect(throws: CallError.self) {
        try await probe.fail()
      }
      guard case .pipeClosed(let reason) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.text.contains("Failure"))
      #expect(exists(worker.pid))
      #expect(await worker.finish().cause == .finished)
    }
  }

  @Test("A reply outside its interface's limits ends the worker and names the field")
  func lie() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      await #expect(throws: CallError.self) { try await probe.lie() }
      guard case .malformed(let malformed) = await worker.ending().cause else {
        Issue.record("not malformed")
        return
      }
      #expect(malformed.check == .interface(.tooLong))
      #expect(malformed.interface == "test.Probe")
      #expect(malformed.method == "Lie")
      #expect(malformed.field == "text")
    }
  }

  @Test("A host that reports a bad message ends the worker for it")
  func reported() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn()
      let ending = await worker.reportBadMessage("not what was asked for")
      #expect(ending.cause == .malformed(Malformed(.application, detail: "not what was asked for")))
    }
  }

  @Test("A worker may call what the host implements on the first pipe")
  func workerCalls() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn("call-host", "good morning")
      let (answers, answered) = AsyncStream.makeStream(of: String.self)
      var handlers = Handlers<Probe>()
      handlers.on(Probe.echo) { Probe.EchoReply(text: $0.text + ", worker") }
      handlers.on(Probe.note) { answered.yield($0.text) }
      Receiver(try worker.takeEndpoint(), handlers)
      #expect(await answers.first { _ in true } == "good morning, worker")
    }
  }

  @Test("A handler of the host that throws BadMessage ends the worker for it")
  func badMessage() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn("call-host", "something wrong")
      var handlers = Handlers<Probe>()
      handlers.on(Probe.echo) { _ in throw BadMessage("no worker says that") }
      Receiver(try worker.takeEndpoint(), handlers)
      guard case .malformed(let malformed) = await worker.ending().cause else {
        Issue.record("not malformed")
        return
      }
      #expect(malformed.check == .application)
      #expect(malformed.method == "Echo")
      #expect(malformed.detail == "no worker says that")
    }
  }

  @Test("A method that the host's receiver does not have is malformed")
  func unknownMethod() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn("call-host")
      Receiver(try worker.takeEndpoint(), Handlers<Probe>())
      guard case .malformed(let malformed) = await worker.ending().cause else {
        Issue.record("not malformed")
        return
      }
      #expect(malformed.check == .message(.headerUnknownMethod))
    }
  }

  @Test("Calls after the host was shut down throw, they do not wait")
  func afterShutDown() async throws {
    let test = try TestHost()
    let (worker, probe) = try await test.probe()
    await test.host.shutDown()
    #expect(await worker.ending().cause == .hostGone)
    await #expect(throws: CallError.self) { try await probe.echo(text: "anyone?") }
    await #expect(throws: SpawnError.self) { try await test.spawn() }
    await test.host.shutDown()
  }

  @Test("The first pipe can be taken once")
  func takenTwice() async throws {
    try await TestHost.with { test in
      let worker = try await test.spawn()
      _ = try worker.takeEndpoint()
      #expect(throws: CallError.self) { try worker.remote(Probe.self) }
    }
  }
}
