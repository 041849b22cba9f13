import MageSystem
import MageWire
import Synchronization
import Testing

@testable import MagePipes

/// Calls between two connections, each on its own loop.
@Suite(.timeLimit(.minutes(10)), .bothTransports) struct CallTests {
  static let echo = NoteReceiver { note, _ in note }

  @Test func aCallBringsItsReplyInBothDirections() async throws {
    try await withPeers { host, worker in
      let successor = NoteReceiver { note, _ in Note(note.number + 1) }
      let double = NoteReceiver { note, _ in Note(note.number * 2) }
      await worker.connection.bind(.bootstrap, to: successor)
      await host.connection.bind(.bootstrap, to: double)
      #expect(await host.call(Note(20)) == .success(Note(21)))
      #expect(await worker.call(Note(20)) == .success(Note(40)))
    }
  }

  @Test func manyCallsFindTheirOwnReplies() async throws {
    try await withPeers { host, worker in
      let first = Gate()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          // The first is answered last.
          if note.number == 0 { await first.next() }
          if note.number == 299 { first.open() }
          return note
        })
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<300 as Range<UInt32> {
          group.addTask { await host.call(Note(number)) == .success(Note(number)) }
        }
        for await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func largeMessagesGoThroughWhole() async throws {
    try await withPeers { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      for size in [0, 61_000, 1 << 19, (1 << 20) - 100] {
        let note = Note(1, (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) })
        #expect(await host.call(note) == .success(note))
      }
    }
  }

  @Test func descriptorsTravelWithACall() async throws {
    try await withPeers { host, worker in
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { _, attachments in
          guard let first = attachments.first else { return Note(0) }
          return Note(UInt32(clamping: try DescriptorFacts(of: first.descriptor.number).size))
        })
      let region = try SharedDescriptor.memory(sealedWith: [.shrink, .grow])
      let attachment = Attachment(kind: .region, descriptor: region)
      #expect(await host.call(Note(0), attachments: [attachment]) == .success(Note(4096)))
    }
  }

  @Test func handlersStartInTheOrderOfTheirMessages() async throws {
    try await withPeers { host, worker in
      let inbox = Inbox<UInt32>()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          inbox.put(note.number)
          return note
        })
      for number in 0..<500 as Range<UInt32> { #expect(await host.send(Note(number)) == nil) }
      #expect(await inbox.next(500) == Array(0..<500))
    }
  }

  @Test func messagesThatCameBeforeTheReceiverAreDelivered() async throws {
    try await withPeers { host, worker in
      for number in 0..<5 as Range<UInt32> { #expect(await host.send(Note(number)) == nil) }
      async let answer = host.call(Note(5))
      let inbox = Inbox<UInt32>()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          inbox.put(note.number)
          return note
        })
      #expect(await inbox.next(6) == Array(0...5))
      #expect(await answer == .success(Note(5)))
    }
  }

  // MARK: Giving up

  @Test func aWorkersCallEndsAtItsDeadlineAndTheLateAnswerIsDropped() async throws {
    try await withPeers { host, worker in
      let gate = Gate()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          if note.number == 1 { await gate.next() }
          return note
        })
      let late = await worker.call(Note(1), within: .milliseconds(20))
      #expect(late == .failure(.deadlineMissed(.milliseconds(20))))
      gate.open()
      #expect(await worker.call(Note(2)) == .success(Note(2)))
      #expect(await worker.call(Note(3)) == .success(Note(3)))
      #expect(worker.news.rest.isEmpty)
    }
  }

  @Test func aWorkerThatMissesADeadlineIsReported() async throws {
    try await withPeers { host, worker in
      let gate = Gate()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          await gate.next()
          return note
        })
      async let answer = host.call(Note(1), method: "Slow.Work", within: .milliseconds(20))
      #expect(
        await host.exceeded() == .callDeadline(.milliseconds(20), method: "Slow.Work"))
      // The caller hears of it when the worker has ended, not before.
      let ending = Ending(cause: .killed, usage: ResourceUsage())
      await host.connection.end(.workerEnded(ending))
      #expect(await answer == .failure(.workerEnded(ending)))
      gate.open()
    }
  }

  @Test func aCancelledCallKeepsItsSlotUntilItsAnswer() async throws {
    let limits = ChannelLimits(maxOutstanding: 1)
    try await withPeers(limits) { host, worker in
      let gate = Gate()
      let arrived = Inbox<UInt32>()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          await gate.next()
          return note
        })
      let first = Task { await host.call(Note(1)) }
      #expect(await arrived.next() == 1)
      first.cancel()
      #expect(await first.value == .failure(.cancelled))
      // Not sent yet: the worker owes the first answer, and would be right to refuse a second request.
      let second = Task { await host.call(Note(2)) }
      gate.open(2)
      #expect(await second.value == .success(Note(2)))
      #expect(await arrived.next() == 2)
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }

  @Test func aCancelledCallMayMissItsDeadlineToo() async throws {
    try await withPeers { host, worker in
      let gate = Gate()
      let arrived = Gate()
      await host.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.open()
          if note.number == 1 { await gate.next() }
          return note
        })
      let limit = Duration.milliseconds(100)
      let cancelled = Task { await worker.call(Note(1), within: limit) }
      await arrived.next()
      cancelled.cancel()
      // On a machine that is busy enough the deadline comes first.
      let first = await cancelled.value
      #expect(first == .failure(.cancelled) || first == .failure(.deadlineMissed(limit)))
      // The deadline of a later call says that the first one's has passed.
      #expect(await worker.call(Note(1), within: limit) == .failure(.deadlineMissed(limit)))
      gate.open(2)
      #expect(await worker.call(Note(2)) == .success(Note(2)))
      #expect(worker.news.rest.isEmpty)
    }
  }

  @Test func aCallThatWaitsToBeSentIsCancelledUnsent() async throws {
    try await withPeers(ChannelLimits(maxOutstanding: 1)) { host, worker in
      let gate = Gate()
      let arrived = Inbox<UInt32>()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.put(note.number)
          await gate.next()
          return note
        })
      async let first = host.call(Note(1))
      #expect(await arrived.next() == 1)
      let second = Task { await host.call(Note(2)) }
      second.cancel()
      #expect(await second.value == .failure(.cancelled))
      gate.open(2)
      #expect(await first == .success(Note(1)))
      #expect(await host.call(Note(3)) == .success(Note(3)))
      #expect(await arrived.next() == 3)
    }
  }

  @Test func aCallThatIsCancelledBeforeItBeginsEnds() async throws {
    try await withPeers { host, worker in
      let cancelled = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await host.call(Note(1))
      }
      #expect(await cancelled.value == .failure(.cancelled))
    }
  }

  // MARK: Limits of this side

  @Test func whatTheLimitsForbidIsNotSent() async throws {
    let limits = ChannelLimits(maxMessageBytes: 100, maxAttachments: 1)
    try await withPeers(limits) { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      let large = Note(1, Array(repeating: 0, count: 100))
      guard case .failure(.refused) = await host.call(large) else {
        Issue.record("sent")
        return
      }
      guard case .refused? = await host.send(large) else {
        Issue.record("sent")
        return
      }
      let attachment = Attachment(kind: .file, descriptor: try .file())
      let two = [attachment, attachment]
      guard case .failure(.refused) = await host.call(Note(1), attachments: two) else {
        Issue.record("sent")
        return
      }
      #expect(await host.call(Note(1)) == .success(Note(1)))
    }
  }

  @Test func oneWayMessagesWaitForCredit() async throws {
    try await withPeers(ChannelLimits(windowMessages: 4)) { host, worker in
      let gate = Gate()
      let inHand = Mutex((now: 0, most: 0))
      let done = Inbox<UInt32>()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          inHand.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
          await gate.next()
          inHand.withLock { $0.now -= 1 }
          done.put(note.number)
          return note
        })
      let sender = Task { () -> CallError? in
        for number in 0..<60 as Range<UInt32> {
          if let error = await host.send(Note(number)) { return error }
        }
        return nil
      }
      for _ in 0..<60 {
        gate.open()
        _ = await done.next()
      }
      #expect(await sender.value == nil)
      #expect(inHand.withLock { $0.most } <= 4)
      #expect(worker.news.rest.isEmpty)  // it would have named the credit that was not there
    }
  }

  @Test func callsWaitForCreditAndForASlot() async throws {
    let limits = ChannelLimits(windowMessages: 3, maxOutstanding: 2)
    try await withPeers(limits) { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<200 as Range<UInt32> {
          group.addTask { await host.call(Note(number)) == .success(Note(number)) }
        }
        for await isRight in group { #expect(isRight) }
      }
      #expect(worker.news.rest.isEmpty && host.news.rest.isEmpty)
    }
  }

  @Test func aMessageOfAWholeWindowFindsItsWay() async throws {
    let limits = ChannelLimits(maxMessageBytes: 1_000, windowBytes: 1_000)
    try await withPeers(limits) { host, worker in
      await worker.connection.bind(.bootstrap, to: Self.echo)
      for size in [10, 900, 400, 900, 1, 900] {
        let note = Note(1, Array(repeating: 1, count: size))
        #expect(await host.call(note) == .success(note))
      }
    }
  }
}
