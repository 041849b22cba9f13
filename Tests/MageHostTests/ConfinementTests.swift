import Glibc
import MageHost
import MageSystem
import ProbeInterface
import Testing

/// What a worker is, as the kernel tells the host: nothing here asks the worker.
@Suite(.timeLimit(.minutes(10))) struct ConfinementTests {
  private func withWorker(_ body: (Int32) throws -> Void) async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      // Once it has answered it has taken what came with the invitation.
      _ = try await probe.echo(text: "here")
      try body(worker.pid)
    }
  }

  private func read(_ pid: Int32, _ name: String) throws -> String {
    String(decoding: try FileReading.read("/proc/\(pid)/\(name)", limit: 1 << 20), as: UTF8.self)
  }

  private func field(_ pid: Int32, _ name: String) throws -> String {
    let line = try read(pid, "status").split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line.map { String($0.dropFirst(name.count + 1).drop { $0.isWhitespace }) } ?? ""
  }

  @Test("Two filters are in force, no_new_privs is set, and there is no capability")
  func seal() async throws {
    try await withWorker { (pid) throws in
      #expect(try field(pid, "Seccomp") == "2")
      #expect(try field(pid, "NoNewPrivs") == "1")
      for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        #expect(try field(pid, set) == "0000000000000000", "\(set)")
      }
      #expect(try field(pid, "Threads") == "1")
    }
  }

  @Test(
    "Every namespace differs from the host's",
    arguments: ["user", "pid", "mnt", "net", "ipc", "uts", "cgroup"])
  func namespaces(_ kind: String) async throws {
    try await withWorker { (pid) throws in
      let own = try FileReading.link("/proc/self/ns/\(kind)")
      #expect(try FileReading.link("/proc/\(pid)/ns/\(kind)") != own)
    }
  }

  @Test("The worker is an unprivileged user outside its namespace and uid 1000 inside")
  func identity() async throws {
    try await withWorker { (pid) throws in
      let ids = try field(pid, "Uid").split(separator: "\t")
      #expect(ids.count == 4)
      for id in ids {
        #expect(id != "0")
        #expect(geteuid() == 0 ? id != "65534" : id == "\(geteuid())")
      }
      let map = try read(pid, "uid_map").split { $0.isWhitespace }
      #expect(map.count == 3 && map[0] == "1000" && map[2] == "1")
      if geteuid() == 0 { #expect(try field(pid, "Groups").isEmpty) }
    }
  }

  @Test("Workers of a root host that live at once are different users")
  func differentUsers() async throws {
    try await TestHost.with { test in
      let first = try await test.spawn()
      let second = try await test.spawn()
      let users = try [field(first.pid, "Uid"), field(second.pid, "Uid")]
      #expect((users[0] != users[1]) == (geteuid() == 0))
    }
  }

  @Test("The root holds the shared objects of the program and nothing else, read-only")
  func files() async throws {
    try await withWorker { (pid) throws in
      let root = Set(try DirectoryListing.names(in: "/proc/\(pid)/root"))
      #expect(root.isSubset(of: ["lib", "lib64", "usr"]))
      let libraries = try DirectoryListing.names(in: "/proc/\(pid)/root/lib")
      #expect(libraries.contains("libc.so.6"))
      #expect(libraries.allSatisfy { $0.contains(".so") })
      for mount in try read(pid, "mounts").split(separator: "\n") {
        let fields = mount.split(separator: " ")
        #expect(fields[3].hasPrefix("ro"), "\(mount)")
        #expect(fields[3].contains("nosuid") && fields[3].contains("nodev"), "\(mount)")
      }
    }
  }

  @Test("It holds /dev/null three times, its channel, two doorbells, its loop's")
  func descriptors() async throws {
    try await TestHost.with { test in
      let (worker, probe) = try await test.probe()
      // Its doorbells come with the invitation, which it has read when it answers.
      _ = try await probe.echo(text: "x")
      let pid = worker.pid
      var links: [String: String] = [:]
      for name in try DirectoryListing.names(in: "/proc/\(pid)/fd") {
        links[name] = try FileReading.link("/proc/\(pid)/fd/\(name)")
      }
      for number in ["0", "1", "2"] { #expect(links[number] == "/dev/null") }
      #expect(links["3"]?.hasPrefix("socket:") == true)
      let others = links.filter { !["0", "1", "2", "3"].contains($0.key) }.values
        .map { $0.hasPrefix("pipe:") ? "pipe" : $0 }.sorted()
        .filter { $0 != "anon_inode:[timerfd]" }  // the loop's, once it has had a deadline
      #expect(others == ["anon_inode:[eventfd]", "anon_inode:[eventpoll]", "pipe", "pipe"])
    }
  }

  @Test(
    "Descriptors that its host holds open across exec are not its, nor are signals that its host ignores"
  )
  func inherited() async throws {
    // Without O_CLOEXEC, as libraries of a host's may open them.
    let open = (0..<200).map { _ in Glibc.open("/etc", O_RDONLY | O_DIRECTORY) }
    defer { for descriptor in open { close(descriptor) } }
    #expect(open.allSatisfy { $0 >= 0 })
    signal(SIGUSR2, SIG_IGN)
    defer { signal(SIGUSR2, SIG_DFL) }
    try await withWorker { (pid) throws in
      let links = try DirectoryListing.names(in: "/proc/\(pid)/fd").map {
        try FileReading.link("/proc/\(pid)/fd/\($0)")
      }
      #expect(links.count == 8 && !links.contains("/etc"), "\(links)")
      // SIGPIPE, which the runtime ignores by itself, and the two that belong to the libc; signals count from 1.
      let ignored = try #require(UInt64(try field(pid, "SigIgn"), radix: 16))
      #expect(ignored & ~0x1_8000_0000 == 1 << UInt64(SIGPIPE - 1))
      #expect(try field(pid, "SigBlk") == "0000000000000000")
    }
  }

  @Test("Its environment is made from nothing")
  func environment() async throws {
    try await withWorker { (pid) throws in
      let variables = try read(pid, "environ").split(separator: "\0").sorted()
      #expect(variables == ["LD_LIBRARY_PATH=/lib", "SWIFT_BACKTRACE=enable=no"])
    }
  }

  @Test("The policy's limits are the kernel's limits too")
  func limits() async throws {
    try await withWorker { (pid) throws in
      let limits = try read(pid, "limits")
      func hard(_ name: String) -> Substring? {
        let line = limits.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.dropFirst(26).split { $0 == " " }.dropFirst().first
      }
      #expect(hard("Max core file size") == "0")
      // The policy allows regions, whose size the kernel counts as a file's; the policy's output is 0.
      #expect(hard("Max file size") == "\(256 << 20)")
      #expect(hard("Max open files") == "32")
      #expect(hard("Max processes") == "1")
      #expect(hard("Max data size") == "\((256 + 32) << 20)")
      #expect(hard("Max cpu time") == "6")
    }
  }

  @Test("Where the filter lets a socket through, Landlock still refuses to bind it")
  func landlock() async throws {
    // TCP is handled from version 4 on; an older kernel leaves this to the filter and the empty network.
    try #require((Landlock.version ?? 0) >= 4)
    let change: (inout Policy) -> Void = { policy in
      let added = [Rule(.allow, "socket"), Rule(.allow, "bind")]
      policy.serve = PhaseRules(policy.serve.rules + added)
    }
    try await TestHost.with(change) { test in
      let (_, probe) = try await test.probe()
      #expect(try await probe.bind() == -13)
    }
  }

  @Test("It is in a session of its own and has no controlling terminal")
  func session() async throws {
    try await withWorker { (pid) throws in
      let fields = try read(pid, "stat").split(separator: ")").last?.split(separator: " ") ?? []
      #expect(fields[4] == "0", "tty_nr")
      #expect(getsid(pid) == 0 || getsid(pid) == pid)
    }
  }
}
