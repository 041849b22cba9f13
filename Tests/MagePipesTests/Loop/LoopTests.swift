import CMageSystem
import Glibc
import MageSystem
import Synchronization
import Testing

@testable import MagePipes

/// Jobs, descriptors, timers and wake-ups, all on one thread.
@Suite(.timeLimit(.minutes(10))) struct LoopTests {
  /// Counts on the loop.
  actor Counter {
    nonisolated let loop: Loop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private(set) var count = 0
    private(set) var wasElsewhere = false
    init(_ loop: Loop) { self.loop = loop }

    func add() {
      count += 1
      if !loop.isCurrent { wasElsewhere = true }
    }

    /// Gives way to others again and again, and never ends by itself.
    func busy(until done: Gate) async {
      while done.rest.isEmpty { await Task.yield() }
    }
  }

  @Test func anActorOnTheLoopRunsOnItsThread() async throws {
    try await withLoop { running in
      let counter = Counter(running.loop)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask { for _ in 0..<500 { await counter.add() } }
        }
      }
      #expect(await counter.count == 4_000)
      #expect(await !counter.wasElsewhere)
      #expect(!running.loop.isCurrent)
    }
  }

  @Test func jobsOfTheLoopItselfRunInTheirOrder() async throws {
    try await withLoop { running in
      let inbox = Inbox<Int>()
      try await running.run { [loop = running.loop] in
        for number in 0..<1_000 { Task(executorPreference: loop) { inbox.put(number) } }
      }
      #expect(await inbox.next(1_000) == Array(0..<1_000))
    }
  }

  @Test func timersFireInTheOrderOfTheirDeadlinesAndNotBefore() async throws {
    try await withLoop { running in
      let inbox = Inbox<(Int, Bool)>()
      try await running.run { [loop = running.loop] in
        let start = MonotonicTime.now
        for number in [3, 1, 2] {
          let deadline = start.advanced(by: .milliseconds(number * 5))
          loop.schedule(at: deadline) {
            inbox.put((number, loop.isCurrent && MonotonicTime.now >= deadline))
          }
        }
      }
      let fired = await inbox.next(3)
      #expect(fired.map(\.0) == [1, 2, 3])
      #expect(fired.map(\.1) == [true, true, true])
    }
  }

  @Test func aTimerMayScheduleAndCancelOthers() async throws {
    try await withLoop { running in
      let inbox = Inbox<String>()
      try await running.run { [loop = running.loop] in
        let soon = MonotonicTime.now.advanced(by: .milliseconds(5))
        let late = loop.schedule(at: soon.advanced(by: .milliseconds(5))) { inbox.put("cancelled") }
        loop.schedule(at: soon) {
          inbox.put("first")
          loop.cancel(late)
          loop.schedule(at: soon.advanced(by: .milliseconds(10))) { inbox.put("second") }
        }
      }
      #expect(await inbox.next(2) == ["first", "second"])
      #expect(inbox.rest.isEmpty)
    }
  }

  @Test func aDescriptorIsWatchedUntilItIsNot() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    defer {
      mage_close(reading)
      mage_close(writing)
    }
    try await withLoop { running in
      let inbox = Inbox<UInt8>()
      let token = Mutex<Loop.WatchToken?>(nil)
      try await running.run { [loop = running.loop] in
        let watch = try loop.watch(reading, .read) { _ in
          var byte: UInt8 = 0
          guard read(reading, &byte, 1) == 1 else { return }
          // From its own callback: the loop must not touch what was just removed.
          if byte == 2, let token = token.withLock({ $0 }) { loop.unwatch(token) }
          inbox.put(byte)
        }
        token.withLock { $0 = watch }
      }
      for byte in [1, 2, 3] as [UInt8] { #expect(write(writing, [byte], 1) == 1) }
      #expect(await inbox.next(2) == [1, 2])
      try await running.run { [loop = running.loop] in
        if let watch = token.withLock({ $0 }) { try loop.modify(watch, .read) }
      }
      #expect(inbox.rest.isEmpty)
      #expect(await Counter(running.loop).count == 0)  // the loop still runs
    }
  }

  @Test func aWaitingLoopIsWokenByAnotherThread() async throws {
    try await withLoop { running in
      let inbox = Inbox<Int>()
      // One at a time, so that the loop has gone to sleep before most of them.
      for number in 0..<200 {
        Task(executorPreference: running.loop) { inbox.put(number) }
        #expect(await inbox.next() == number)
      }
    }
  }

  @Test func jobsThatNeverEndDoNotStarveTimersAndDescriptors() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    defer {
      mage_close(reading)
      mage_close(writing)
    }
    try await withLoop { running in
      let counter = Counter(running.loop)
      let done = Gate()
      let busy = Task { await counter.busy(until: done) }
      let inbox = Inbox<String>()
      try await running.run { [loop = running.loop] in
        let soon = MonotonicTime.now.advanced(by: .milliseconds(1))
        _ = loop.schedule(at: soon) { inbox.put("timer") }
      }
      #expect(await inbox.next() == "timer")
      let token = try await running.run { [loop = running.loop] in
        try loop.watch(reading, .read) { _ in
          var byte: UInt8 = 0
          if read(reading, &byte, 1) == 1 { inbox.put("read") }
        }
      }
      #expect(write(writing, [1], 1) == 1)
      #expect(await inbox.next() == "read")
      done.open()
      await busy.value
      try await running.run { [loop = running.loop] in loop.unwatch(token) }
    }
  }

  @Test func theEndOfATurnComesAfterItsJobs() async throws {
    try await withLoop { running in
      let inbox = Inbox<String>()
      try await running.run { [loop = running.loop] in
        loop.atEndOfTurn {
          inbox.put("end")
          loop.atEndOfTurn { inbox.put("next end") }
        }
        Task(executorPreference: loop) { inbox.put("job") }
      }
      #expect(await inbox.next(3) == ["job", "end", "next end"])
    }
  }

  @Test func aPacketIsPrivateMemory() async throws {
    try await withLoop { running in
      var ends: [Int32] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
      let (near, far) = (ends[0], ends[1])
      defer { mage_close(far) }
      let received = try await running.run { [loop = running.loop] in
        let socket = PacketSocket(owning: OwnedDescriptor(owning: near))
        for packet in [[1, 2, 3], [4, 5]] as [[UInt8]] {
          _ = mage_send_packet(far, packet, packet.count, nil, 0)
        }
        let first = try loop.receivePacket(from: socket).bytes
        let second = try loop.receivePacket(from: socket).bytes
        return [Array(first), Array(second)]
      }
      #expect(received == [[1, 2, 3], [4, 5]])
    }
  }

  @Test func aStoppedLoopHasEnded() async throws {
    let running = try RunningLoop()
    try await running.stop()
    #expect(!running.loop.isCurrent)
  }
}
