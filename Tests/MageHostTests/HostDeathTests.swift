import Foundation
import Glibc
import MageSystem
import TestSupport
import Testing

/// A host that dies in the moment in which a worker of its waits inside a forbidden call.
@Suite(.timeLimit(.minutes(10))) struct HostDeathTests {
  @Test("A worker that waits for the verdict on a call dies with its host, and never goes on")
  func pendingCall() throws {
    var worker: Int32?
    _ = try Command.run(
      Places.product("leak-counter"), ["0", "stop"],
      whileRunning: { process in
        let host = process.processIdentifier
        worker = Self.wait { Self.children(of: host).first { Self.waitsInOpen($0) } }
        kill(host, SIGKILL)
      })
    let pid = try #require(worker, "no worker waited in openat(2)")
    #expect(Self.wait { Self.isGone(pid) ? true : nil } == true)
  }

  private static func wait<Value>(_ look: () -> Value?) -> Value? {
    let end = Date.now.addingTimeInterval(20)
    while Date.now < end {
      if let value = look() { return value }
      usleep(1_000)
    }
    return nil
  }

  private static func children(of pid: Int32) -> [Int32] {
    let tasks = (try? DirectoryListing.names(in: "/proc/\(pid)/task")) ?? []
    return tasks.flatMap { task -> [Int32] in
      text("/proc/\(pid)/task/\(task)/children").split(separator: " ").compactMap { Int32($0) }
    }
  }

  /// Stopped by a notification; where the kernel does not tell an ordinary user so, asleep for long enough.
  private static func waitsInOpen(_ pid: Int32) -> Bool {
    let call = text("/proc/\(pid)/syscall")
    if !call.isEmpty { return call.hasPrefix("257 ") }
    guard text("/proc/\(pid)/comm").hasPrefix("hostile-worker") else { return false }
    usleep(1_000_000)
    return true
  }

  private static func isGone(_ pid: Int32) -> Bool {
    let stat = text("/proc/\(pid)/stat")
    return stat.isEmpty || stat.contains(") Z ") || stat.contains(") X ")
  }

  private static func text(_ path: String) -> String {
    String(decoding: (try? FileReading.read(path, limit: 1 << 16)) ?? [], as: UTF8.self)
  }
}
