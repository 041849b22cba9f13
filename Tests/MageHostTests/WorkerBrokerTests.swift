import Foundation
import Glibc
import MageHost
import MageSystem
import ProbeInterface
import TestSupport
import Testing

/// Files and connections that the host opens in a sealed worker's place.
@Suite(.timeLimit(.minutes(10))) struct WorkerBrokerTests {
  /// What is granted is `granted/**.txt` in a new directory, which the body gets.
  private func withWorker<Value>(
    policy name: String = "plugin", access: FileSystem.Brokered.Access = .read,
    maxOpen: UInt32 = 100_000, rate: UInt32 = 1_000_000,
    _ body: (TestHost, Probe.Proxy, String) async throws -> Value
  ) async throws -> Value {
    let directory = NSTemporaryDirectory() + UUID().uuidString
    try Self.fill(directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let resolved = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
    let change: (inout Policy) -> Void = { policy in
      let library = PolicyLibrary(directory: Places.policies)
      if let other = try? library.policy(named: name) { policy = other }
      policy.fileSystem.brokered = [
        FileSystem.Brokered(
          access, directory: resolved + "/granted", pattern: "**.txt", maxOpen: maxOpen)
      ]
      policy.limits.brokerRate = rate
      let rules = policy.serve.rules.filter { !["openat", "open"].contains($0.call) }
      // pthread_create(3) makes these two when it is first called, which no shipped policy lets it do after the seal.
      let threads = [Rule(.allow, "rt_sigaction"), Rule(.allow, "rt_sigprocmask")]
      policy.serve = PhaseRules(rules + [Rule(.broker, "openat")] + threads)
    }
    return try await TestHost.with(change) { (test) async throws in
      try await body(test, try await test.probe().probe, resolved)
    }
  }

  private static func fill(_ directory: String) throws {
    let files = FileManager.default
    for folder in ["/granted/folder.txt", "/granted/deep"] {
      try files.createDirectory(atPath: directory + folder, withIntermediateDirectories: true)
    }
    let texts = [
      ("/granted/file.txt", "granted"), ("/granted/deep/file.txt", "deep"),
      ("/granted/file.key", "secret"), ("/secret.txt", "secret"),
    ]
    for (name, text) in texts {
      try text.write(toFile: directory + name, atomically: false, encoding: .utf8)
    }
    try files.createSymbolicLink(
      atPath: directory + "/granted/link.txt", withDestinationPath: directory + "/secret.txt")
    try files.createSymbolicLink(
      atPath: directory + "/granted/way", withDestinationPath: directory)
    #expect(mkfifo(directory + "/granted/pipe.txt", 0o600) == 0)
  }

  private func open(
    _ probe: Probe.Proxy, _ path: String, flags: Int32 = 0
  ) async throws -> String {
    try await probe.open(wish: "\(flags) \(path)")
  }

  @Test("A sealed worker reads what it is granted by name")
  func opensWhatIsGranted() async throws {
    try await withWorker { (_, probe, directory) async throws in
      // Twice: the first open of a grant also opens its directory, on a thread.
      for _ in 0..<2 {
        #expect(try await open(probe, directory + "/granted/file.txt") == "granted")
        #expect(try await open(probe, directory + "/granted/deep/file.txt") == "deep")
      }
    }
  }

  @Test(
    "What is not granted is refused, and the worker goes on",
    arguments: [
      ("/secret.txt", EACCES), ("/granted/../secret.txt", EACCES), ("/granted/file.key", EACCES),
      ("/granted/link.txt", ELOOP), ("/granted/way/secret.txt", ELOOP),
      ("/granted/folder.txt", EACCES), ("/granted/pipe.txt", EACCES),
      ("/granted/none.txt", ENOENT),
    ])
  func refusesWhatIsNot(_ name: String, _ error: Int32) async throws {
    try await withWorker { (_, probe, directory) async throws in
      // Both ways: on the thread, and once the directory is open.
      for _ in 0..<2 { #expect(try await open(probe, directory + name) == "\(-error)") }
      #expect(try await open(probe, directory + "/granted/file.txt") == "granted")
      #expect(try await open(probe, directory + name) == "\(-error)")
    }
  }

  @Test(
    "A pointer that leads nowhere is EFAULT, and a path without an end ENAMETOOLONG",
    arguments: [
      ("@null", EFAULT), ("@unmapped", EFAULT), ("@kernel", EFAULT), ("@endless", ENAMETOOLONG),
    ])
  func badPointers(_ pointer: String, _ error: Int32) async throws {
    try await withWorker { (_, probe, _) async throws in
      #expect(try await open(probe, pointer) == "\(-error)")
    }
  }

  @Test("A device below a granted directory is not opened")
  func devices() async throws {
    let change: (inout Policy) -> Void = { policy in
      policy.fileSystem.brokered = [
        FileSystem.Brokered(.write, directory: "/dev", pattern: "**", maxOpen: 10)
      ]
      policy.serve = PhaseRules(policy.serve.rules + [Rule(.broker, "openat")])
    }
    try await TestHost.with(change) { (test) async throws in
      let probe = try await test.probe().probe
      for name in ["null", "zero", "tty", "full"] {
        #expect(try await open(probe, "/dev/\(name)", flags: O_RDWR) == "\(-EACCES)")
      }
    }
  }

  @Test("What is granted for writing is written, and what is granted for reading is not")
  func writing() async throws {
    try await withWorker(access: .write) { (_, probe, directory) async throws in
      let file = directory + "/granted/file.txt"
      #expect(try await open(probe, file, flags: O_RDWR) == "granted")
      #expect(try await open(probe, file, flags: O_WRONLY | O_TRUNC).isEmpty)
      #expect(try String(contentsOfFile: file, encoding: .utf8).isEmpty)
      #expect(try await open(probe, file, flags: O_RDWR | O_CREAT) == "\(-EACCES)")
    }
    try await withWorker { (_, probe, directory) async throws in
      let file = directory + "/granted/file.txt"
      for flags in [O_RDWR, O_WRONLY, O_TRUNC] {
        #expect(try await open(probe, file, flags: flags) == "\(-EACCES)")
      }
    }
  }

  @Test("max-open counts what was opened, and not what was refused")
  func mostFiles() async throws {
    try await withWorker(maxOpen: 3) { (_, probe, directory) async throws in
      for _ in 0..<5 {
        #expect(try await open(probe, directory + "/granted/none.txt") == "\(-ENOENT)")
      }
      for _ in 0..<3 {
        #expect(try await open(probe, directory + "/granted/file.txt") == "granted")
      }
      #expect(try await open(probe, directory + "/granted/file.txt") == "\(-EMFILE)")
    }
  }

  @Test("A path that a thread changes meanwhile is opened as it was judged")
  func race() async throws {
    try await withWorker(policy: "decoder-threads") { (_, probe, directory) async throws in
      let names = "race \(directory)/granted/file.txt \(directory)/secret.txt"
      #expect(try await probe.open(wish: names) == "granted")
    }
  }

  @Test("A worker that floods the broker is ended by name, and others are served meanwhile")
  func flood() async throws {
    try await withWorker(rate: 1000) { (test, probe, _) async throws in
      let flooding = try await test.spawn()
      let remote = Probe.Proxy(try flooding.remote(Probe.self))
      let call = Task { try await remote.open(wish: "flood") }
      // Each has its deadline, which is what a host that does not respond would miss.
      for _ in 0..<100 { _ = try await probe.echo(text: "x") }
      let ending = await flooding.ending()
      #expect(ending.cause == .limit(.brokerRate(1000)))
      #expect(ending.usage.deniedCalls >= 1000)
      await #expect(throws: CallError.self) { try await call.value }
    }
  }

  @Test("Connects to the address that is granted, and to no other")
  func connections() async throws {
    let granted = try LocalListener()
    let other = try LocalListener()
    let change: (inout Policy) -> Void = { policy in
      let library = PolicyLibrary(directory: Places.policies)
      if let client = try? library.policy(named: "network-client") { policy = client }
      policy.connections = [ConnectGrant(host: "localhost", port: granted.port)]
    }
    try await TestHost.with(change) { (test) async throws in
      let probe = try await test.probe().probe
      granted.greetOnce("hello")
      #expect(try await probe.connect(port: granted.port) == "hello")
      #expect(try await probe.connect(port: other.port) == "\(-EACCES)")
    }
  }

  @Test("A granted address where nobody listens is refused by its own host")
  func nobodyListens() async throws {
    let port = try LocalListener().port
    let change: (inout Policy) -> Void = { policy in
      let library = PolicyLibrary(directory: Places.policies)
      if let client = try? library.policy(named: "network-client") { policy = client }
      policy.connections = [ConnectGrant(host: "127.0.0.1", port: port)]
    }
    try await TestHost.with(change) { (test) async throws in
      let probe = try await test.probe().probe
      #expect(try await probe.connect(port: port) == "\(-ECONNREFUSED)")
    }
  }

  @Test("A host name that means nothing is said before anything is started")
  func unknownName() async throws {
    let change: (inout Policy) -> Void = { policy in
      policy.connections = [ConnectGrant(host: "no-such-host.invalid", port: 1)]
    }
    try await TestHost.with(change) { (test) async throws in
      let error = await #expect(throws: SpawnError.self) { try await test.spawn() }
      #expect(error.map { "\($0)" }?.contains("no-such-host.invalid") == true)
    }
  }

  @Test("A host name means what the resolver says")
  func knownName() async throws {
    let listener = try LocalListener()
    let change: (inout Policy) -> Void = { policy in
      let library = PolicyLibrary(directory: Places.policies)
      if let client = try? library.policy(named: "network-client") { policy = client }
      // Not an address as inet_pton(3) reads one: only the resolver knows what it means, and it needs no name server for it.
      policy.connections = [ConnectGrant(host: "127.1", port: listener.port)]
    }
    try await TestHost.with(change) { (test) async throws in
      let probe = try await test.probe().probe
      listener.greetOnce("hello")
      #expect(try await probe.connect(port: listener.port) == "hello")
    }
  }
}
