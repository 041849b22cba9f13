import Foundation
import Glibc
import MageSystem
import TestSupport
import Testing

@testable import MageHost

/// A launch that fails names its step, its call and its errno, says what to do, and leaves nothing behind.
@Suite(.timeLimit(.minutes(10))) struct LaunchErrorTests {
  @Test("A program that only root may execute fails at its step, with the remedy")
  func unreadableProgram() async throws {
    let directory = NSTemporaryDirectory() + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let program = directory + "/program"
    try FileManager.default.copyItem(atPath: TestHost.worker, toPath: program)
    // A worker of root's is another user, to whom this says no; an ordinary user's worker is that user.
    chmod(program, geteuid() == 0 ? 0o700 : 0o000)
    try await TestHost.with { test in
      let error = await #expect(throws: SpawnError.self) {
        try await test.host.spawn(program, policy: test.policy)
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("EACCES"), "\(text)")
      if geteuid() == 0 {
        #expect(text.contains("cannot execute the worker: execveat: EACCES"), "\(text)")
        #expect(text.contains("readable and executable for others"), "\(text)")
      }
      // The host is well: the next worker starts.
      _ = try await test.spawn()
    }
  }

  @Test("A launcher that is missing is said when the host is made")
  func missingLauncher() {
    let error = #expect(throws: HostError.self) { try Host(launcher: "/nonexistent/launcher") }
    #expect(error == .launcherMissing("/nonexistent/launcher"))
  }

  @Test("A launcher that is something else is noticed, and the launch fails")
  func foreignLauncher() async throws {
    let host = try Host(launcher: "/bin/true")
    let test = try TestHost()
    let error = await #expect(throws: SpawnError.self) {
      try await host.spawn(TestHost.worker, policy: test.policy)
    }
    #expect(error.map { "\($0)" }?.contains("launcher") == true, "\(String(describing: error))")
    await host.shutDown()
    await test.host.shutDown()
  }

  @Test("A worker that a faulty launcher has left a capability is never invited")
  func faultyLauncher() async throws {
    let host = try Host(launcher: Places.product("weak-launcher"))
    let test = try TestHost()
    let error = await #expect(throws: SpawnError.self) {
      try await host.spawn(TestHost.worker, policy: test.policy)
    }
    guard case .ended(let ending) = error, case .notSealed(let defect) = ending.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(defect.hasPrefix("CapBnd is"), "\(defect)")
    await host.shutDown()
    await test.host.shutDown()
  }

  @Test("Where namespaces are refused, the error says which call, and how to allow them")
  func namespacesRefused() throws {
    let run = try Command.run(
      Places.product("deny-namespaces"),
      [Places.product("leak-counter"), "1"])
    #expect(run.status != 0)
    #expect(run.errors.contains("prepare the launcher"), "\(run.errors)")
    #expect(run.errors.contains("EPERM"), "\(run.errors)")
    #expect(run.errors.contains("user namespaces are refused"), "\(run.errors)")
  }

  @Test(
    "Each step has words for what it is for",
    arguments: [
      (LaunchStep.privateMounts, "make the worker's mounts its own"),
      (.openTree(path: "/lib/x.so", descriptor: 1, slot: 0), "bind /lib/x.so"),
      (.pivot, "enter the worker's root"),
      (.limit(.openFiles, soft: 1, hard: 1), "set the limit 'openFiles'"),
      (.filter([]), "install the start-up filter"),
      (.execute(descriptor: 0, arguments: [], environment: []), "execute the worker"),
    ])
  func words(_ step: LaunchStep, _ purpose: String) {
    #expect(step.purpose == purpose)
  }
}

/// Which user outside stands behind a worker's user inside.
@Suite(.timeLimit(.minutes(10))) struct IdentityMapTests {
  private func map(_ user: UInt32, _ lines: String) -> IdentityMap {
    IdentityMap(effectiveUser: user, effectiveGroup: user, userMap: lines, groupMap: lines)
  }

  private let inside = Identity(uid: 1000, gid: 1000)

  @Test("Root gives each slot a user of its own")
  func root() throws {
    let map = map(0, "         0          0 4294967295\n")
    let first = try map.identity(inside: inside, slot: 1)
    let second = try map.identity(inside: inside, slot: 2)
    #expect(first.outsideUser == 2_000_000_001)
    #expect(second.outsideUser == 2_000_000_002)
    #expect(first.insideUser == 1000)
    #expect(!first.deniesSetGroups)
  }

  @Test("Root of a container with few users takes nobody, or refuses")
  func container() throws {
    let few = map(0, "0 100000 65536\n")
    #expect(try few.identity(inside: inside, slot: 7).outsideUser == 65534)
    #expect(throws: SpawnError.self) { try map(0, "0 1000 1\n").identity(inside: inside, slot: 7) }
  }

  @Test("An ordinary user maps itself and gives up setgroups")
  func ordinary() throws {
    let identity = try map(1234, "0 0 4294967295\n").identity(inside: inside, slot: 7)
    #expect(identity.outsideUser == 1234)
    #expect(identity.deniesSetGroups)
  }
}

/// What the proof of a seal refuses. The fields are those of proc_pid_status(5).
@Suite(.timeLimit(.minutes(10))) struct SealProofTests {
  private static let good = [
    "Seccomp": "2", "Seccomp_filters": "2", "NoNewPrivs": "1", "Threads": "1",
    "CapInh": "0000000000000000", "CapPrm": "0000000000000000", "CapEff": "0000000000000000",
    "CapBnd": "0000000000000000", "CapAmb": "0000000000000000",
  ]

  private func defect(_ change: (inout [String: String]) -> Void) -> String? {
    var fields = Self.good
    change(&fields)
    let text = fields.map { "\($0.key):\t\($0.value)" }.joined(separator: "\n")
    return SealProof(namespaces: [], filters: 2, own: [:]).statusDefect(ProcessStatus(text: text))
  }

  @Test("A sealed worker passes")
  func good() { #expect(defect { _ in } == nil) }

  @Test(
    "Each missing part of a seal is a defect",
    arguments: [
      ("Seccomp", "0"), ("Seccomp", "1"), ("Seccomp_filters", "1"), ("NoNewPrivs", "0"),
      ("Threads", "2"), ("CapEff", "0000000000000001"), ("CapBnd", "000001ffffffffff"),
      ("CapAmb", "0000000000000400"), ("CapPrm", "0000000000000001"),
      ("CapInh", "0000000000000001"),
    ])
  func defects(_ field: String, _ value: String) { #expect(defect { $0[field] = value } != nil) }

  @Test("A field that the kernel does not show is a defect, but for the filters' number")
  func missing() {
    for field in Self.good.keys where field != "Seccomp_filters" {
      #expect(defect { $0[field] = nil } != nil, "\(field)")
    }
    #expect(defect { $0["Seccomp_filters"] = nil } == nil)
  }

  @Test("Filters that the host is under itself do not count as the worker's")
  func inheritedFilters() async throws {
    try await TestHost.with { test in
      let core = test.host.core
      let plan = try await core.plan(TestHost.worker, test.policy, [], isTemplate: false)
      // The host's own, as its main thread shows them, were there before.
      let own = try ProcessStatus(of: nil).number("Seccomp_filters") ?? 0
      #expect(SealProof.inheritedFilters == own)
      let proofs =
        [
          (plan.proof(own: [:]), 2), (plan.templateProof(own: [:]), 1),
          (plan.proof(own: [:], distinctFrom: [:]), 2),
        ] as [(SealProof, UInt64)]
      for (proof, filters) in proofs {
        #expect(proof.filters == filters && proof.inherited == own)
      }
    }
  }

  @Test("A process in the host's namespaces is not sealed")
  func namespaces() throws {
    let own = try NamespaceKind.identities(of: "self")
    let verdict = SealProof(namespaces: [.pid], filters: 0, own: own).verdict(on: getpid())
    guard case .broken = verdict else {
      Issue.record("\(verdict)")
      return
    }
  }
}
