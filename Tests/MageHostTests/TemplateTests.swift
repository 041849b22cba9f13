import Glibc
import MageHost
import MagePolicy
import MageSystem
import ProbeInterface
import TestSupport
import Testing

/// Workers that are forked from a template.
@Suite(.timeLimit(.minutes(10))) struct TemplateTests {
  private func withTemplate(
    ready: Int = 0, _ change: (inout Policy) -> Void = { _ in },
    _ body: (TestHost, WorkerTemplate) async throws -> Void
  ) async throws {
    try await TestHost.with(change) { test in
      let template = try await test.host.prepare(
        StaticWorkerTests.worker, policy: test.policy, ready: ready)
      try await body(test, template)
    }
  }

  private func probe(_ worker: WorkerProcess) throws -> Probe.Proxy {
    Probe.Proxy(try worker.remote(Probe.self))
  }

  private func field(_ pid: Int32, _ name: String) throws -> String {
    let bytes = try FileReading.read("/proc/\(pid)/status", limit: 1 << 20)
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(name + ":") }
    return line.map { String($0.dropFirst(name.count + 1).drop { $0.isWhitespace }) } ?? ""
  }

  @Test("Forks answer, each for itself, and end like any worker", arguments: [0, 2])
  func answers(_ ready: Int) async throws {
    try await withTemplate(ready: ready) { _, template in
      for index in 0..<5 {
        let worker = try await template.spawn()
        #expect(try await probe(worker).echo(text: "\(index)") == "\(index)")
        #expect(await worker.finish().cause == .finished)
        #expect(!exists(worker.pid))
      }
    }
  }

  @Test("Twenty forks asked for at once all answer")
  func atOnce() async throws {
    try await withTemplate(ready: 2) { _, template in
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<20 {
          group.addTask { try await probe(template.spawn()).echo(text: "\(index)") }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(answers.count == 20)
    }
  }

  @Test(
    "Each fork's namespace is its own: neither the host's, nor the template's, nor another fork's",
    arguments: ["user", "pid", "mnt", "ipc", "uts", "cgroup"])
  func namespaces(_ kind: String) async throws {
    try await withTemplate { _, template in
      let pids = [getpid(), try #require(await template.pid), try await template.spawn().pid]
      let all = try (pids + [await template.spawn().pid]).map {
        try FileReading.link("/proc/\($0)/ns/\(kind)")
      }
      // The template makes no user and no pid namespace.
      let distinct = kind == "user" || kind == "pid" ? all.dropFirst() : all[...]
      #expect(Set(distinct).count == distinct.count, "\(all)")
      #expect(all[0] != all[2])
    }
  }

  @Test("A fork has both filters, no_new_privs, no capability, one thread, and is process 1")
  func seal() async throws {
    try await withTemplate { _, template in
      let pid = try await template.spawn().pid
      #expect(try field(pid, "Seccomp") == "2")
      #expect(try field(pid, "Seccomp_filters") == "2")
      #expect(try field(pid, "NoNewPrivs") == "1")
      for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        #expect(try field(pid, set) == "0000000000000000", "\(set)")
      }
      #expect(try field(pid, "Threads") == "1")
      #expect(try field(pid, "NSpid").hasSuffix("\t1"))
      let limits = String(
        decoding: try FileReading.read("/proc/\(pid)/limits", limit: 1 << 16), as: UTF8.self)
      let processes = limits.split(separator: "\n").first { $0.hasPrefix("Max processes") }
      #expect(processes?.split(separator: " ")[2] == "1")
    }
  }

  @Test("The template has no capability either, and its filter")
  func template() async throws {
    try await withTemplate { _, template in
      let pid = try #require(await template.pid)
      #expect(try field(pid, "Seccomp_filters") == "1")
      #expect(try field(pid, "NoNewPrivs") == "1")
      for set in ["CapPrm", "CapEff", "CapBnd"] {
        #expect(try field(pid, set) == "0000000000000000", "\(set)")
      }
      #expect(try DirectoryListing.names(in: "/proc/\(pid)/root") == ["proc"])
    }
  }

  @Test("Forks of a root host that live at once are different users, and none is the template's")
  func users() async throws {
    try await withTemplate { _, template in
      let pids = [
        try #require(await template.pid), try await template.spawn().pid,
        try await template.spawn().pid,
      ]
      let users = Set(try pids.map { try field($0, "Uid") })
      #expect(users.count == (geteuid() == 0 ? 3 : 1))
    }
  }

  @Test("No descriptor of the template's leaks into a fork")
  func descriptors() async throws {
    try await withTemplate { _, template in
      let worker = try await template.spawn()
      // It has made its loop by the time it answers.
      #expect(try await probe(worker).echo(text: "hello") == "hello")
      var links: [String: String] = [:]
      for name in try DirectoryListing.names(in: "/proc/\(worker.pid)/fd") {
        links[name] = try FileReading.link("/proc/\(worker.pid)/fd/\(name)")
      }
      for number in ["0", "1", "2"] { #expect(links[number] == "/dev/null") }
      #expect(links["3"]?.hasPrefix("socket:") == true)
      // The loop's, and the ring's doorbells.
      let others = links.filter { !["0", "1", "2", "3"].contains($0.key) }.values
        .map { $0.hasPrefix("pipe:") ? "pipe" : $0 }.sorted()
      #expect(others == ["anon_inode:[eventfd]", "anon_inode:[eventpoll]", "pipe", "pipe"])
    }
  }

  @Test("A temporary directory is each fork's own")
  func temporary() async throws {
    let change: (inout Policy) -> Void = { policy in
      policy.fileSystem.temporary = [.init(path: "/scratch", size: 1 << 16)]
    }
    try await withTemplate(change) { _, template in
      var devices: Set<UInt64> = []
      for _ in 0..<2 {
        var status = stat()
        let pid = try await template.spawn().pid
        #expect(stat("/proc/\(pid)/root/scratch", &status) == 0)
        devices.insert(UInt64(status.st_dev))
      }
      #expect(devices.count == 2)
    }
  }

  @Test(
    "A fork that is taken over is ended for what its template could do",
    arguments: [
      ("open-passwd", "openat"), ("ptrace-host", "ptrace"), ("fork-bomb", "fork"),
      ("install-filter", "seccomp"),
    ])
  func crimes(_ crime: String, _ call: String) async throws {
    try await withTemplate { _, template in
      let sibling = try probe(try await template.spawn())
      let worker = try await template.spawn()
      _ = try? await probe(worker).commit(crime: crime)
      guard case .forbiddenCall(let forbidden) = await worker.ending().cause else {
        Issue.record("\(await worker.ending())")
        return
      }
      #expect(forbidden.name == call)
      #expect(try await sibling.echo(text: "well") == "well")
    }
  }
}
