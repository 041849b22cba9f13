import Foundation
import Glibc
import MagePipes
import MageSystem
import ProbeInterface
import TestSupport
import Testing

@testable import MageHost

/// Control groups, where this user may make them; where not, the host watches, and says so.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MemoryGroupTests {
  private static let root = ControlGroup.available.map(ControlGroup.root)

  /// Groups of a process.
  private static func groups(_ prefix: String) -> [String] {
    guard let root else { return [] }
    return ((try? DirectoryListing.names(in: root)) ?? []).filter { $0.hasPrefix(prefix) }
  }

  /// The name of the group that a host made for a worker, if that is in one.
  private static func group(of pid: Int32) -> String? {
    let bytes = (try? FileReading.read("/proc/\(pid)/cgroup", limit: 1 << 16)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .compactMap { $0.split(separator: "/").last { $0.hasPrefix("mage-") } }
      .first.map(String.init)
  }

  /// Looks until it is so, or for ten seconds.
  private static func wait(_ isSo: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end { if isSo() { return true } }
    return isSo()
  }

  @Test("A worker that lives is in a group, which is gone when it is")
  func worker() async throws {
    try await TestHost.with { (test) async throws in
      let worker = try await test.spawn()
      let expected = Self.root != nil
      #expect(Self.wait { (Self.group(of: worker.pid) != nil) == expected })
      let clock = ContinuousClock.now + .seconds(10)
      let wanted: Mechanisms.Memory = expected ? MemoryLimit.mechanism : .watch
      while await worker.mechanisms().memory != wanted, ContinuousClock.now < clock {}
      #expect(await worker.mechanisms().memory == wanted)
      let group = Self.group(of: worker.pid)
      #expect((group != nil) == expected)
      await worker.kill()
      if let group { #expect(Self.wait { Self.groups(group).isEmpty }) }
    }
  }

  @Test("A group that a dead host left behind goes with the next one that is made")
  func stale() async throws {
    // No pid is this high (PID_MAX_LIMIT is 2^22).
    if let root = Self.root { #expect(mkdir(root + "/mage-4194305-1", 0o755) == 0) }
    try await TestHost.with { (test) async throws in
      _ = try await test.spawn()
      #expect(Self.wait { Self.groups("mage-4194305-").isEmpty })
    }
  }

  private static func status(_ cause: MageSystem.ExitStatus.Cause) -> MageSystem.ExitStatus {
    MageSystem.ExitStatus(
      cause: cause, userTime: .zero, systemTime: .zero, peakResidentBytes: 1 << 20)
  }

  @Test("What the kernel killed for want of memory ended for memory, whatever it had used itself")
  func verdict() {
    let watch = ResourceWatch(cpuLimit: nil, memoryLimit: 100 << 20, parallelism: 1)
    let killed = Self.status(.signaled(SIGKILL))
    #expect(EndingCause.from(killed, limits: watch) == .crashed(Signal(SIGKILL)))
    #expect(
      EndingCause.from(killed, limits: watch, ranOutOfMemory: true) == .limit(.memory(100 << 20)))
    let exited = Self.status(.exited(3))
    #expect(
      EndingCause.from(exited, limits: watch, ranOutOfMemory: true) == .exited(status: 3))
  }
}

/// How often, and how closely, a worker is looked at.
@Suite struct ResourceWatchTests {
  @Test(
    "The memory of a worker that has not run since is not measured again; that of one that has is"
  )
  func idle() {
    var watch = ResourceWatch(cpuLimit: .seconds(4), memoryLimit: 100 << 20, parallelism: 1)
    #expect(watch.memory(ofIdleAt: .zero) == nil, "nothing was measured yet")
    _ = watch.look(cpu: .milliseconds(3), memory: 7 << 20)
    #expect(watch.memory(ofIdleAt: .milliseconds(3)) == 7 << 20)
    #expect(watch.memory(ofIdleAt: .milliseconds(3) + .nanoseconds(1)) == nil)
    let look = watch.look(cpu: .milliseconds(4), memory: 101 << 20)
    #expect(look.passed == .memory(100 << 20))
  }

  @Test(
    "A worker is looked at again before it can have passed a limit, an idle one with a group seldom"
  )
  func pauses() {
    func pause(after looks: Int, isAlone: Bool, cpu: Duration = .milliseconds(3)) -> Duration {
      var watch = ResourceWatch(cpuLimit: .seconds(4), memoryLimit: 256 << 20, parallelism: 1)
      let again = (0..<looks).map { _ in
        watch.look(cpu: cpu, memory: 1 << 20, isAlone: isAlone).again
      }
      return again.last ?? .zero
    }
    // 255 MiB at 4 GiB a second.
    #expect(pause(after: 1, isAlone: false) < .milliseconds(63))
    #expect(pause(after: 9, isAlone: true) < .milliseconds(63))
    #expect(pause(after: 9, isAlone: false) == .seconds(2))
    #expect(pause(after: 9, isAlone: false, cpu: .milliseconds(3500)) == .milliseconds(500))
  }
}

/// Groups of the second version, which this machine may have beside those of the first.
@Suite(.timeLimit(.minutes(10))) struct GroupKillTests {
  private static let root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].first { (path: String) in
    access("\(path)/cgroup.controllers", F_OK) == 0 && access(path, W_OK) == 0
  }

  @Test("What is in a group ends at once, where the kernel can do that", .enabled(if: root != nil))
  func killAll() throws {
    let directory = "\(try #require(Self.root))/mage-test-\(getpid())"
    #expect(mkdir(directory, 0o755) == 0)
    defer { #expect(rmdir(directory) == 0) }
    let group = ControlGroup(directory: directory, kind: .v2)
    let run = try Command.run("/bin/sleep", ["1000"], within: 30) { process in
      try group.add(process.processIdentifier)
      #expect(group.processes == [process.processIdentifier])
      group.killAll()
    }
    #expect(run.status == 128 + SIGKILL)
    // Dead, and gone from the group a moment later.
    while !group.processes.isEmpty { sched_yield() }
  }
}
