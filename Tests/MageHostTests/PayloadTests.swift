import MageHost
import MageWire
import ProbeInterface
import Testing

/// Large arrays between a host and a real worker under the renderer policy.
@Suite(.timeLimit(.minutes(10))) struct PayloadTests {
  static func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131) }
  }

  private func transports(
    _ body: (WorkerProcess, Probe.Proxy) async throws -> Void
  ) async throws {
    for transport in [.socket, .ring] as [IPCQuota.Transport] {
      let change: (inout Policy) -> Void = { $0.ipc.transport = transport }
      try await TestHost.with(change) { test in
        let (worker, probe) = try await test.probe()
        try await body(worker, probe)
      }
    }
  }

  @Test("Arrays beyond a message's size go there and back under the shipped filters")
  func reflected() async throws {
    try await transports { worker, probe in
      for count in [1000, 65_536, 3 << 20, 16 << 20] {
        let sent = Self.bytes(count)
        let reflected = try await probe.reflect(bytes: sent)
        #expect(reflected == sent, "\(count)")
      }
      #expect(exists(worker.pid))
    }
  }

  @Test("Arrays are read where they are, at both ends")
  func inPlace() async throws {
    try await transports { _, probe in
      let bytes = Self.bytes(2 << 20)
      for _ in 0..<20 { try await probe.look(bytes: UntrustedBytes(bytes)) }
      let taken = try await probe.taken()
      #expect(taken.count == 20 * UInt64(bytes.count))
      #expect(taken.sum == 20 &* UntrustedBytes(bytes).sumOfWords)
      let shown = try await probe.show(count: 1 << 20)
      #expect(shown.copy() == [UInt8](repeating: 7, count: 1 << 20))
    }
  }

  @Test("A worker that is killed while its arrays are read takes nothing with it")
  func outlived() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      let shown = try await probe.show(count: 16 << 20)
      _ = await worker.kill()
      #expect(!exists(worker.pid))
      #expect(shown.copy() == [UInt8](repeating: 7, count: 16 << 20))
    }
  }

  @Test("A policy without a pool keeps arrays in their messages")
  func withoutPool() async throws {
    let change: (inout Policy) -> Void = { ($0.ipc.maxPayload, $0.ipc.poolBytes) = (0, 0) }
    try await TestHost.with(change) { test in
      let (_, probe) = try await test.probe()
      let bytes = Self.bytes(900_000)
      #expect(try await probe.reflect(bytes: bytes) == bytes)
      await #expect(throws: CallError.self) {
        _ = try await probe.reflect(bytes: Self.bytes(2 << 20))
      }
    }
  }
}
