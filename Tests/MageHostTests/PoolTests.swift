import MageHost
import ProbeInterface
import Testing

/// Workers that are used again and again.
@Suite(.timeLimit(.minutes(10))) struct PoolTests {
  private func withPool(
    _ limits: PoolLimits, _ body: (WorkerPool<Probe.Proxy>) async throws -> Void
  ) async throws {
    try await TestHost.with { test in
      var limits = limits
      // For waits that are not what a test is about, on a machine that has other work.
      limits.waitDeadline = .seconds(100)
      let template = try await test.host.prepare(StaticWorkerTests.worker, policy: test.policy)
      let pool = WorkerPool(template, limits) { (worker) throws(CallError) in
        Probe.Proxy(try worker.remote(Probe.self))
      }
      try await body(pool)
      await pool.close()
    }
  }

  @Test("One worker serves one after the other, and its use is told by its pid")
  func reuse() async throws {
    try await withPool(PoolLimits(maximum: 1)) { pool in
      var pids: Set<Int32> = []
      for _ in 0..<5 {
        pids.insert(
          try await pool.withWorker { probe, worker in
            let text = try await probe.echo(text: "hello")
            #expect(text == "hello")
            return worker.pid
          })
      }
      #expect(pids.count == 1)
    }
  }

  @Test("A pool of workers that are started one by one works alike")
  func cold() async throws {
    try await TestHost.with { test in
      let pool = WorkerPool(
        test.host, TestHost.worker, policy: test.policy, PoolLimits(maximum: 2)
      ) { (worker) throws(CallError) in Probe.Proxy(try worker.remote(Probe.self)) }
      let text = try await pool.withWorker { probe, _ in try await probe.echo(text: "cold") }
      #expect(text == "cold")
      await pool.close()
    }
  }

  @Test("Never more than the maximum are alive, and everybody is served")
  func maximum() async throws {
    try await withPool(PoolLimits(maximum: 2)) { pool in
      let pids = try await withThrowingTaskGroup(of: Int32.self) { group in
        for index in 0..<12 {
          group.addTask {
            try await pool.withWorker { probe, worker in
              let text = try await probe.echo(text: "\(index)")
              #expect(text == "\(index)")
              #expect(await pool.count <= 2)
              return worker.pid
            }
          }
        }
        return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
      }
      #expect((1...2).contains(pids.count))
    }
  }

  @Test("Who waits longer than the deadline is told that all are busy")
  func deadline() async throws {
    try await withPool(PoolLimits(maximum: 1)) { pool in
      try await pool.withWorker { _, _ in
        let error = await #expect(throws: PoolError.self) {
          try await pool.withWorker(deadline: .milliseconds(20)) { _, _ in }
        }
        guard case .allBusy(.milliseconds(20)) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }

  @Test("Workers are given in the order in which they were asked for")
  func order() async throws {
    try await withPool(PoolLimits(maximum: 1)) { pool in
      let order = Order()
      try await withThrowingTaskGroup(of: Void.self) { group in
        try await pool.withWorker { _, _ in
          for index in 0..<5 {
            group.addTask {
              try await pool.withWorker { _, _ in await order.append(index) }
            }
            // The next one asks when this one waits.
            while await pool.waiting <= index { await Task.yield() }
          }
        }
        try await group.waitForAll()
      }
      #expect(await order.values == [0, 1, 2, 3, 4])
    }
  }

  @Test("A worker that ends in use is replaced at once")
  func replaced() async throws {
    try await withPool(PoolLimits(maximum: 1)) { pool in
      let first = try await pool.withWorker { probe, worker in
        try? await probe.commit(crime: "open-passwd")
        _ = await worker.ending()
        return worker.pid
      }
      let second = try await pool.withWorker { probe, worker in
        let text = try await probe.echo(text: "again")
        #expect(text == "again")
        return worker.pid
      }
      #expect(first != second)
    }
  }

  @Test(
    "Nobody gets a worker that has ended, however soon after its end it is given back and the next one asks"
  )
  func deadOnes() async throws {
    try await TestHost.with { test in
      let template = try await test.host.prepare(StaticWorkerTests.worker, policy: test.policy)
      let limits = PoolLimits(maximum: 1, waitDeadline: .seconds(100))
      let pool = WorkerPool(template, limits) { (worker) throws(CallError) in
        Probe.Proxy(try worker.remote(Probe.self))
      }
      // On the host's own executor nothing comes between the call's end and the giving back.
      try await Task(executorPreference: test.host.executor) {
        for _ in 0..<5 {
          await #expect(throws: CallError.self) {
            try await pool.withWorker { probe, _ in try await probe.commit(crime: "crash-segv") }
          }
          let text = try await pool.withWorker { probe, _ in try await probe.echo(text: "next") }
          #expect(text == "next")
        }
      }.value
      await pool.close()
    }
  }

  @Test("Who is cancelled while it waits leaves the queue at once")
  func cancelled() async throws {
    try await withPool(PoolLimits(maximum: 1)) { pool in
      try await pool.withWorker { _, _ in
        let waiting = Task { try await pool.withWorker { _, _ in } }
        while await pool.waiting == 0 { await Task.yield() }
        waiting.cancel()
        let error = await #expect(throws: PoolError.self) { try await waiting.value }
        guard case .cancelled = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(await pool.waiting == 0)
      }
    }
  }

  @Test("The minimum is started ahead, and again when one is killed")
  func minimum() async throws {
    try await withPool(PoolLimits(minimum: 2, maximum: 3)) { pool in
      await pool.warm()
      while await pool.count < 2 { await Task.yield() }
      let killed = try await pool.withWorker { _, worker in
        await worker.kill()
        return worker.pid
      }
      while await pool.count < 2 { await Task.yield() }
      let next = try await pool.withWorker { _, worker in worker.pid }
      #expect(next != killed)
    }
  }

  @Test("Idle workers above the minimum are finished")
  func idle() async throws {
    let limits = PoolLimits(minimum: 1, maximum: 3, idleTime: .milliseconds(10))
    try await withPool(limits) { pool in
      try await pool.withWorker { _, _ in
        try await pool.withWorker { _, _ in
          #expect(await pool.count == 2)
        }
      }
      while await pool.count > 1 { await Task.yield() }
      #expect(await pool.count == 1)
    }
  }

  @Test("With one use for each, nobody gets a worker that somebody has used")
  func oneUse() async throws {
    try await withPool(PoolLimits(maximum: 2, usesPerWorker: 1)) { pool in
      var pids: [Int32] = []
      for _ in 0..<4 { pids.append(try await pool.withWorker { _, worker in worker.pid }) }
      #expect(Set(pids).count == 4)
    }
  }

  @Test("A pool whose workers cannot start says why, and one that is closed says that")
  func failures() async throws {
    try await TestHost.with { test in
      let pool = WorkerPool(
        test.host, "/nonexistent", policy: test.policy, PoolLimits(maximum: 1)
      ) { (worker) throws(CallError) in worker.pid }
      for _ in 0..<2 {
        let error = await #expect(throws: PoolError.self) {
          try await pool.withWorker { _, _ in }
        }
        guard case .spawn(.notPossible) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      await pool.close()
      let error = await #expect(throws: PoolError.self) { try await pool.withWorker { _, _ in } }
      guard case .closed = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }
}

private actor Order {
  private(set) var values: [Int] = []
  func append(_ value: Int) { values.append(value) }
}
