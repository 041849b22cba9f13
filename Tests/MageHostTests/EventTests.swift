import MagePipes
import ProbeInterface
import Testing

@testable import MageHost

/// What a host says of its workers, and that nobody can make it wait by not listening.
@Suite(.timeLimit(.minutes(10))) struct EventTests {
  @Test("A worker's life is told in order, and the sequence ends with the host")
  func life() async throws {
    let test = try TestHost()
    let events = test.host.events()
    let (worker, probe) = try await test.probe()
    await #expect(throws: CallError.self) { try await probe.commit(crime: "open-passwd") }
    await test.host.shutDown()
    var seen: [String] = []
    for await event in events {
      switch event.kind {
      case .started(let identity, _):
        #expect(identity == worker.identity)
        seen.append("started")
      case .ended(let identity, let ending):
        #expect(identity == worker.identity)
        guard case .forbiddenCall = ending.cause else {
          Issue.record("\(ending)")
          continue
        }
        seen.append("ended")
      default: Issue.record("\(event)")
      }
    }
    #expect(seen == ["started", "ended"])
    #expect(worker.identity.kind == "hostile-worker")
  }

  @Test("A worker that never came to serve is a start that failed, and nothing else")
  func failedStart() async throws {
    let test = try TestHost()
    let events = test.host.events()
    await #expect(throws: SpawnError.self) { try await test.spawn("exit") }
    await test.host.shutDown()
    var kinds: [String] = []
    for await event in events {
      if case .startFailed(let kind, let policy, _) = event.kind {
        kinds.append("\(kind) \(policy)")
      } else {
        kinds.append("?")
      }
    }
    #expect(kinds == ["hostile-worker renderer"])
  }

  @Test(
    "Who does not read loses events, is told how many where they would have stood, and holds up nobody"
  )
  func dropped() async throws {
    let hub = EventHub()
    let events = HostEvents(hub, capacity: 2)
    for count in 1...5 { hub.say(.restartDelayed(kind: "\(count)", by: .zero)) }
    var reader = events.makeAsyncIterator()
    var texts: [String] = []
    for _ in 0..<2 { texts.append(describe(await reader.next())) }
    hub.say(.restartDelayed(kind: "6", by: .zero))
    hub.say(.restartDelayed(kind: "7", by: .zero))
    hub.finish()
    while let event = await reader.next() { texts.append(describe(event)) }
    // The word about what was dropped takes a place as well.
    #expect(texts == ["1", "2", "dropped 3", "6", "dropped 1"])
  }

  @Test("The last events to be dropped are told too")
  func droppedAtTheEnd() async throws {
    let hub = EventHub()
    let events = HostEvents(hub, capacity: 1)
    for count in 1...3 { hub.say(.restartDelayed(kind: "\(count)", by: .zero)) }
    hub.finish()
    var texts: [String] = []
    for await event in events { texts.append(describe(event)) }
    #expect(texts == ["1", "dropped 2"])
  }

  @Test("A reader that is cancelled is let go, and a sequence that is dropped buffers nothing")
  func cancelled() async throws {
    let hub = EventHub()
    let task = Task {
      for await _ in HostEvents(hub, capacity: 1) {}
      return true
    }
    while !hub.hasReaders { await Task.yield() }
    task.cancel()
    #expect(await task.value)
    while hub.hasReaders { await Task.yield() }
  }

  private func describe(_ event: HostEvent?) -> String {
    switch event?.kind {
    case .restartDelayed(let kind, _): kind
    case .dropped(let count): "dropped \(count)"
    default: "\(String(describing: event))"
    }
  }
}
