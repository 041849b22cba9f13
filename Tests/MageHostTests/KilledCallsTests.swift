import Foundation
import MageHost
import ProbeInterface
import Testing

/// Workers that are killed at any moment with calls on the way.
@Suite(.timeLimit(.minutes(30))) struct KilledCallsTests {
  private static let calls =
    ProcessInfo.processInfo.environment["MAGE_SOAK"] == nil ? 200 : 10_000
  private static let callsOfAWorker = 10
  private static let deadline = Duration.seconds(4)
  /// What a busy machine may add.
  private static let slack = Duration.seconds(6)

  @Test("Each call on a worker that is killed ends, once, in time, and says why")
  func killed() async throws {
    try await TestHost.with { test in
      for _ in 0..<(Self.calls / Self.callsOfAWorker) {
        let (worker, probe) = try await test.probe()
        let ends = try await callAndKill(worker, probe)
        let ending = await worker.ending()
        #expect(ends.count == Self.callsOfAWorker)
        for end in ends {
          #expect(end.took < Self.deadline + Self.slack)
          #expect(end.error == nil || end.error == .workerEnded(ending))
        }
        #expect(!exists(worker.pid))
      }
    }
  }

  private struct End: Sendable {
    let error: CallError?
    let took: Duration
  }

  /// Some calls are answered before the kill, some are on their way, some have not left.
  private func callAndKill(
    _ worker: WorkerProcess, _ probe: Probe.Proxy
  ) async throws -> [End] {
    let moment = Duration.microseconds(Int.random(in: 0...3_000))
    return try await withThrowingTaskGroup(of: End?.self) { group in
      for _ in 0..<Self.callsOfAWorker {
        group.addTask {
          let start = ContinuousClock.now
          do {
            _ = try await probe.within(Self.deadline).echo(text: "x")
            return End(error: nil, took: start.duration(to: .now))
          } catch let error as CallError {
            return End(error: error, took: start.duration(to: .now))
          }
        }
      }
      group.addTask {
        try await Task.sleep(for: moment)
        await worker.kill()
        return nil
      }
      return try await group.reduce(into: []) { ends, end in if let end { ends.append(end) } }
    }
  }
}
