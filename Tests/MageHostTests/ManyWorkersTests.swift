import MageHost
import ProbeInterface
import Testing

/// More workers at once than a launcher's queue has room for.
@Suite(.timeLimit(.minutes(10))) struct ManyWorkersTests {
  @Test("Sixty workers started at once all answer, each for itself, and all end")
  func atOnce() async throws {
    try await TestHost.with { test in
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<60 {
          group.addTask {
            let (worker, probe) = try await test.probe()
            let answer = try await probe.echo(text: "\(index)")
            await worker.finish()
            return answer
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(answers == Set((0..<60).map { "\($0)" }))
    }
  }

  @Test("A host that is shut down while workers start leaves none of them")
  func shutDownMeanwhile() async throws {
    let test = try TestHost()
    let starts = (0..<10).map { _ in
      Task { () -> Int32? in try? await test.spawn().pid }
    }
    let first = try await test.spawn()
    await test.host.shutDown()
    #expect(!exists(first.pid))
    for start in starts {
      if let pid = await start.value { #expect(!exists(pid)) }
    }
  }
}
