import Foundation
import Glibc
import MagePipes
import MageSystem
import ProbeInterface
import TestSupport
import Testing

@testable import MageHost

/// A worker that does not die when it is killed, as one that waits inside the kernel for what never comes: here one that is frozen (cgroups(7), freezer).
@Suite(.timeLimit(.minutes(2))) struct StuckTests {
  private static let root = "/sys/fs/cgroup/freezer"

  @Test(
    "A worker that does not die holds up nobody, and is reaped when it does",
    .enabled(if: access(root, W_OK) == 0, "no freezer of the first version here"))
  func frozen() async throws {
    let group = "\(Self.root)/mage-test-\(getpid())"
    #expect(mkdir(group, 0o755) == 0)
    try await TestHost.with { test in
      let (bystander, friendly) = try await test.probe()
      let worker = try await test.spawn()
      try FileWriting.write("\(worker.pid)", to: "\(group)/cgroup.procs")
      try FileWriting.write("FROZEN", to: "\(group)/freezer.state")
      async let ending = worker.kill()
      // Meanwhile others are served.
      #expect(try await friendly.echo(text: "hello") == "hello")
      #expect(await ending.cause == .killed)
      #expect(exists(worker.pid))
      #expect(try await friendly.echo(text: "hello") == "hello")
      try FileWriting.write("THAWED", to: "\(group)/freezer.state")
      let end = ContinuousClock.now + .seconds(20)
      while exists(worker.pid), ContinuousClock.now < end { await Task.yield() }
      #expect(!exists(worker.pid), "it is dead, and nobody has reaped it")
      #expect(exists(bystander.pid))
    }
    #expect(rmdir(group) == 0)
  }
}
