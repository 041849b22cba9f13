import Foundation
import TestSupport
import Testing

/// `mage attack` on every shipped policy, and on those that let something through.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AttackTests {
  struct Row: Decodable {
    let policy: String?
    let group: String
    let attempt: String
    let got: String
    let succeeds: Bool
    let asExpected: Bool?
  }

  static func rows(_ arguments: String...) throws -> (status: Int32, rows: [Row], errors: String) {
    let run = try Command.run(
      MageRun.mage, ["attack", "--library", Places.policies, "--json"] + arguments)
    let rows = try JSONDecoder().decode([Row].self, from: Data(run.output.utf8))
    return (run.status, rows, run.errors)
  }

  static var shipped: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: Places.policies)
        .filter { $0.hasSuffix(".sandbox") }.map { String($0.dropLast(8)) }.sorted()
    }
  }

  @Test("No attempt succeeds under a shipped policy", arguments: try shipped)
  func shippedPolicies(_ policy: String) throws {
    let (status, rows, errors) = try Self.rows("--policy", policy)
    let holes = rows.filter { $0.asExpected != true }.map { "\($0.attempt): \($0.got)" }
    #expect(holes.isEmpty)
    #expect(status == 0, "\(errors)")
    #expect(rows.count > 90)
  }

  /// Those that need what a machine may not have, or a right that an ordinary user has not.
  @Test("Without a sandbox the same attempts succeed")
  func open() throws {
    let (status, rows, _) = try Self.rows("--open")
    #expect(status == 0)
    let successes = Set(rows.filter(\.succeeds).map(\.attempt))
    // What every user can do on every kernel that this package runs on.
    let certain = [
      "open /etc/passwd to read", "look at /etc/passwd", "leave by an inherited directory",
      "read the host's environment", "signal the host",
      "hold the host", "limit the host", "outlive the host", "trace itself", "watch files",
      "connect to the host's loopback", "connect to the host's abstract socket",
      "connect by sending",
      "serve the network", "talk to the kernel's network", "make System V shared memory",
      "make a message queue", "make a semaphore", "map memory to write and execute",
      "make written memory executable", "make written memory executable with a key",
      "execute a file in memory", "map shared memory to execute", "run another program", "fork",
      "lock memory", "raise its priority", "make memory executable behind the filter",
      "read its descriptor table", "tune the clock", "map pages into a pipe",
      "take a descriptor", "enter a namespace", "open the host's entry in /proc to read",
      "have a descriptor's signals sent to the host", "choose the signal of a descriptor",
      "signal a thread of the host", "ask for the host's group", "ask for the host's session",
      "ask where the host may run", "let itself be traced and dumped", "adopt orphans",
      "slow its timers", "make a timer", "write all files of the machine back",
      "see which pages others have read", "give hints on a file in memory",
      "punch a hole into a file in memory", "have senders' names told",
    ]
    let isRoot = geteuid() == 0
    let forRoot: Set = ["raise its priority"]
    for attempt in certain where isRoot || !forRoot.contains(attempt) {
      #expect(successes.contains(attempt), "\(attempt) proves nothing")
    }
  }

  @Test("A policy that lets something through is found out")
  func openPolicies() throws {
    try Places.withDirectory { directory in
      let path = directory + "/open.sandbox"
      try Self.openPolicy.write(toFile: path, atomically: false, encoding: .utf8)
      let (status, rows, errors) = try Self.rows("--policy", path)
      #expect(status == 1, "\(errors)")
      let holes = Set(rows.filter { $0.asExpected == false }.map(\.attempt))
      let wanted: Set = [
        "open /etc/passwd to read", "look at /etc/passwd", "trace itself",
        "make a user namespace", "map memory to write and execute", "watch files",
        "make written memory executable", "talk to the kernel's network",
        "make System V shared memory", "load a program into the kernel",
        "execute a file in memory", "install a filter that answers itself",
      ]
      #expect(wanted.isSubset(of: holes), "not found: \(wanted.subtracting(holes))")
    }
  }

  private static let openPolicy = """
    policy open version 1
    describe "Deliberately open: what the attempts are tried on."
    include "base/program.sandbox"
    include "base/program-files.sandbox"
    include "base/program-processes.sandbox"
    fds { 0 input 1..2 output }
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1 gid 1 capabilities none no-new-privs }
    filesystem { ro "/etc" proc none }
    limits { memory 256MiB cpu 20s wall 20s output 1MiB processes 8 threads 8 open-files 32 }
    syscalls startup {
      allow mmap mprotect memfd_create socket inotify_init1 shmget shmctl prctl
      allow dangerous ptrace because "this policy is open"
      allow dangerous unshare because "this policy is open"
      allow dangerous bpf because "this policy is open"
      allow dangerous seccomp because "this policy is open"
    }
    """
}
