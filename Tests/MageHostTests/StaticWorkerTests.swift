import MageHost
import MageSystem
import ProbeInterface
import TestSupport
import Testing

/// A worker whose executable needs no shared object.
@Suite(.timeLimit(.minutes(10))) struct StaticWorkerTests {
  static var worker: String { Places.product("static-worker") }

  @Test("A static worker starts, answers, and is ended for a crime like any other")
  func runs() async throws {
    try await TestHost.with { test in
      let worker = try await test.host.spawn(Self.worker, policy: test.policy)
      let probe = Probe.Proxy(try worker.remote(Probe.self))
      #expect(try await probe.echo(text: "hello") == "hello")
      _ = try? await probe.commit(crime: "open-passwd")
      guard case .forbiddenCall(let call) = await worker.ending().cause else {
        Issue.record("\(await worker.ending())")
        return
      }
      #expect(call.name == "openat")
    }
  }

  @Test("A path that is not absolute works alike")
  func relativePath() async throws {
    try await TestHost.with { test in
      let up = String(repeating: "../", count: 40)
      let worker = try await test.host.spawn(
        up + Self.worker.dropFirst(), policy: test.policy)
      #expect(try await Probe.Proxy(try worker.remote(Probe.self)).echo(text: "hi") == "hi")
    }
  }

  @Test("Its root holds the link to its own name, which leads nowhere, and nothing else")
  func view() async throws {
    try await TestHost.with { test in
      let worker = try await test.host.spawn(Self.worker, policy: test.policy)
      let root = "/proc/\(worker.pid)/root"
      #expect(try DirectoryListing.names(in: root) == ["proc"])
      #expect(try DirectoryListing.names(in: root + "/proc") == ["self"])
      #expect(try DirectoryListing.names(in: root + "/proc/self") == ["exe"])
      #expect(try FileReading.link(root + "/proc/self/exe") == Self.worker)
      let mounts = try FileReading.read("/proc/\(worker.pid)/mounts", limit: 1 << 20)
      #expect(String(decoding: mounts, as: UTF8.self).split(separator: "\n").count == 1)
    }
  }
}
