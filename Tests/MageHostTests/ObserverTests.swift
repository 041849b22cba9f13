import Foundation
import Glibc
import MageHost
import MagePolicy
import MageSystem
import ProbeInterface
import TestSupport
import Testing

@testable import MageObserve

/// Looking at a running host: who may, and that nobody who looks can do it harm.
@Suite(.timeLimit(.minutes(10))) struct ObserverTests {
  /// A host that is looked at at a path in a directory of its own.
  private func withObserver<Value>(
    _ change: (inout Policy) -> Void = { _ in }, every interval: Duration = .milliseconds(20),
    _ body: (TestHost, HostObserver, String) async throws -> Value
  ) async throws -> Value {
    let directory = NSTemporaryDirectory() + "mage-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await TestHost.with(change) { (test) async throws in
      let observer = try HostObserver(test.host, at: directory + "/host.sock", every: interval)
      let value = try await body(test, observer, directory)
      await observer.close()
      return value
    }
  }

  /// Lines of a socket, read on a thread of their own.
  private func lines(_ path: String, _ count: Int) async throws -> [JSONValue] {
    try await lines(Socket(try UnixAddress.connect(path)), count)
  }

  private func lines(_ socket: Socket, _ count: Int) async throws -> [JSONValue] {
    try await withCheckedThrowingContinuation { continuation in
      Foundation.Thread.detachNewThread {
        continuation.resume(with: Result { try socket.lines(count) })
      }
    }
  }

  @Test("A reader gets what is running, in lines of JSON")
  func snapshots() async throws {
    try await withObserver { (test, observer, _) async throws in
      let (worker, probe) = try await test.probe()
      for _ in 0..<3 { _ = try await probe.echo(text: "hello") }
      let line = try #require(try await lines(observer.path, 1).last)
      #expect(line["version"] == .integer(1))
      #expect(line["pid"] == .integer(Int64(getpid())))
      guard case .array(let workers) = line["workers"], workers.count == 1 else {
        Issue.record("\(line)")
        return
      }
      #expect(workers[0]["process"] == .integer(Int64(worker.pid)))
      #expect(workers[0]["policy"] == .string("renderer"))
      #expect(workers[0]["callsAnswered"] == .integer(3))
      #expect(workers[0]["pipes"] == .integer(1))
      guard case .integer(let memory) = workers[0]["memory"] else { return }
      #expect(memory > 100_000)
      await worker.kill()
      let later = try #require(try await lines(observer.path, 1).last)
      #expect(later["workers"] == .array([]))
      #expect(later["totals"]?["endings"]?["killed"] == .integer(1))
      #expect(later["totals"]?["callsAnswered"] == .integer(3))
    }
  }

  @Test("Forks name their template, and pipes between workers are links")
  func tree() async throws {
    try await TestHost.with { test in
      let kind = WorkerKind(
        "forked", executable: TestHost.worker, policy: test.policy, offers: [Probe.self],
        start: .fromTemplate(ready: 0), pool: PoolLimits(maximum: 1, waitDeadline: .seconds(60)))
      let pool = try await test.host.pool(of: kind, calling: Probe.self)
      try await pool.withWorker { _, worker in
        let snapshot = await test.host.snapshot()
        let template = snapshot.workers.first { $0.identity.role == .template }
        let fork = snapshot.workers.first { $0.identity == worker.identity }
        #expect(template != nil)
        #expect(fork?.template == template?.identity.number)
        #expect(snapshot.pools.map(\.lent) == [1])
      }
    }
  }

  @Test("The socket is its owner's alone, and goes with the observer")
  func mode() async throws {
    try await withObserver { (_, observer, _) async throws in
      var facts = stat()
      #expect(lstat(observer.path, &facts) == 0)
      #expect(facts.st_mode & 0o777 == 0o600)
      await observer.close()
      #expect(lstat(observer.path, &facts) != 0)
    }
  }

  @Test(
    "A socket that nobody listens at is replaced; one that is used, and what is no socket, are not")
  func places() async throws {
    try await withObserver { (test, observer, directory) async throws in
      let error = #expect(throws: SystemError.self) {
        try HostObserver(test.host, at: observer.path)
      }
      #expect(error?.errno == EADDRINUSE)
      try "text".write(toFile: directory + "/file", atomically: false, encoding: .utf8)
      let other = #expect(throws: SystemError.self) {
        try HostObserver(test.host, at: directory + "/file")
      }
      #expect(other?.errno == EEXIST)
      let dead = directory + "/dead.sock"
      try bindAndForget(dead)
      let second = try HostObserver(test.host, at: dead)
      #expect(try await lines(dead, 1).count == 1)
      await second.close()
    }
  }

  @Test("What readers send is not read, and those who do not read are skipped and hold up nobody")
  func deafReaders() async throws {
    try await withObserver(every: .milliseconds(10)) { (test, observer, _) async throws in
      // A snapshot that fills a socket's buffer after a few.
      let kind = WorkerKind(
        String(repeating: "k", count: 50_000), executable: TestHost.worker, policy: test.policy,
        offers: [Probe.self], pool: PoolLimits(maximum: 1))
      let probe = Probe.Proxy(try await test.host.spawn(kind).remote(Probe.self))
      let deaf = Socket(try UnixAddress.connect(observer.path))
      deaf.sendAsMuchAsFits([UInt8](repeating: 0xFF, count: 1 << 20))
      for _ in 0..<20 { #expect(try await probe.echo(text: "there?") == "there?") }
      let seen = try await lines(observer.path, 40)
      // A reader that is slow on a busy machine misses some too; what it must not do is wait.
      #expect(seen.count == 40)
      #expect(await observer.readers >= 1)
      let late = try await withCheckedThrowingContinuation { continuation in
        Foundation.Thread.detachNewThread {
          continuation.resume(with: Result { try deaf.lines(12) })
        }
      }
      let skipped = late.compactMap { line -> Int64? in
        if case .integer(let count) = line["skipped"] { count } else { nil }
      }
      #expect((skipped.max() ?? 0) > 0, "it was left out, and is told how often")
    }
  }

  @Test("More readers than it serves are let go, and those it serves stay")
  func manyReaders() async throws {
    try await withObserver { (_, observer, _) async throws in
      let first = Socket(try UnixAddress.connect(observer.path))
      let others = try (0..<40).map { _ in Socket(try UnixAddress.connect(observer.path)) }
      while await observer.readers < 16 { await Task.yield() }
      try await Task.sleep(for: .milliseconds(100))
      #expect(await observer.readers == 16)
      #expect(try await !lines(first, 1).isEmpty)
      withExtendedLifetime(others) {}
    }
  }

  @Test("Another user is refused by the socket", .enabled(if: geteuid() == 0))
  func otherUser() async throws {
    try await withObserver { (_, observer, directory) async throws in
      chmod(directory, 0o755)
      let script =
        "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\(observer.path)'); print(s.recv(10))"
      let run = try Command.run(
        "/usr/bin/setpriv",
        ["--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c", script])
      #expect(run.status != 0)
      #expect(run.errors.contains("Permission denied"))
    }
  }

  @Test("A worker that may call connect and sees the socket gets nothing from it")
  func workers() async throws {
    let directory = NSTemporaryDirectory() + "mage-seen-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
    let change: (inout Policy) -> Void = { policy in
      policy.fileSystem.readWrite.append(path)
      policy.serve = PhaseRules(
        policy.serve.rules + [Rule(.allow, "socket"), Rule(.allow, "connect")])
    }
    try await TestHost.with(change) { test in
      let observer = try HostObserver(test.host, at: path + "/host.sock", every: .milliseconds(10))
      let (_, probe) = try await test.probe()
      // The mode stops another user's worker; the user namespace one of the host's own user.
      let answer = try await probe.connectUnix(path: observer.path)
      #expect(["", "-\(EACCES)", "-\(ECONNRESET)"].contains(answer), "\(answer)")
      chmod(observer.path, 0o666)
      #expect(["", "-\(ECONNRESET)"].contains(try await probe.connectUnix(path: observer.path)))
      #expect(try await lines(observer.path, 1).count == 1)
      await observer.close()
    }
  }

  private func bindAndForget(_ path: String) throws {
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = try UnixAddress.with(path) { bind(number, $0, $1) }
    #expect(bound == 0)
    close(number)
  }
}

/// A connected socket that is read to lines.
final class Socket: Sendable {
  private let descriptor: OwnedDescriptor
  init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  struct Ended: Error {}

  func lines(_ count: Int) throws -> [JSONValue] {
    var lines: [JSONValue] = []
    var bytes: [UInt8] = []
    while lines.count < count {
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      let size = read(descriptor.number, &buffer, buffer.count)
      guard size > 0 else { throw Ended() }
      bytes += buffer.prefix(size)
      while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        lines.append(try JSONValue.parse(String(decoding: bytes[..<end], as: UTF8.self)))
        bytes.removeFirst(end + 1)
      }
    }
    return lines
  }

  func sendAsMuchAsFits(_ bytes: [UInt8]) {
    _ = Glibc.send(descriptor.number, bytes, bytes.count, Int32(MSG_DONTWAIT))
  }

  /// Whether the other end has said nothing and not gone.
  var isOpen: Bool {
    var byte: UInt8 = 0
    return recv(descriptor.number, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) < 0
      && errno == EAGAIN
  }

  func send(_ text: String) { _ = text.withCString { write(descriptor.number, $0, strlen($0)) } }

  /// Everything up to the end.
  func rest() -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let size = read(descriptor.number, &buffer, buffer.count)
      guard size > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer.prefix(size)
    }
  }
}
