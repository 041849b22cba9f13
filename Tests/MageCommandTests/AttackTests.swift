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

  @Test("Without a sandbox the same attempts succeed")
  func open() throws {
    let (status, rows, _) = try Self.rows("--open")
    #expect(status == 0)
    let successes = Set(rows.filter(\.succeeds).map(\.attempt))
    for row in AttackProofs.rows where row.isProven {
      for attempt in row.attempts where !successes.contains(attempt) {
        Issue.record("\(attempt) proves nothing, though there is: \(row.words)")
      }
    }
  }

  @Test("Each attempt is proven to work, or has a reason why not")
  func everyAttemptHasItsProof() throws {
    // Messages are tried under policies alone, and everything else without a sandbox too.
    let all = Set(
      try Self.rows("--open").rows.map(\.attempt)
        + Self.rows("--policy", "renderer").rows.map(\.attempt))
    let named = AttackProofs.rows.flatMap(\.attempts)
    #expect(named.count == Set(named).count, "an attempt is in two rows")
    #expect(all.subtracting(named).isEmpty, "new attempts")
    #expect(Set(named).subtracting(all).isEmpty, "no attempts of this name")
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
