import Foundation
import Glibc
import MageSystem
import ProbeInterface
import TestSupport
import Testing

@testable import MageHost
@testable import MagePolicy

/// Workers at the level below full: no namespaces, and everything else.
@Suite(.timeLimit(.minutes(10))) struct LevelTests {
  private static let plain: @Sendable (inout Policy) -> Void = { policy in
    policy.requirement = .landlockAndSeccomp
    policy.namespaces.kinds = []
  }

  private func status(_ pid: Int32, _ name: String) throws -> String {
    try ProcessStatus(of: pid)[name].map(String.init) ?? ""
  }

  @Test("A worker without namespaces is sealed, is no privileged user, and says its level")
  func sealed() async throws {
    try await TestHost.with(Self.plain) { test in
      let (worker, probe) = try await test.probe()
      #expect(try await probe.echo(text: "hello") == "hello")
      #expect(await worker.mechanisms().level == .landlockAndSeccomp)
      let own = try ProcessStatus(of: nil).number("Seccomp_filters") ?? 0
      #expect(try status(worker.pid, "Seccomp_filters") == "\(own + 2)")
      #expect(try status(worker.pid, "NoNewPrivs") == "1")
      for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        #expect(try status(worker.pid, set) == "0000000000000000", "\(set)")
      }
      let ids = try status(worker.pid, "Uid").split { $0.isWhitespace }
      #expect(
        ids.allSatisfy {
          geteuid() == 0 ? UInt32($0).map { $0 >= 2_000_000_000 } == true : $0 == "\(geteuid())"
        })
      #expect(
        try FileReading.link("/proc/\(worker.pid)/ns/mnt") == FileReading.link("/proc/self/ns/mnt"))
    }
  }

  @Test(
    "Landlock refuses what the filter lets through: a file of the machine, and one through /proc")
  func files() async throws {
    let change: @Sendable (inout Policy) -> Void = { policy in
      Self.plain(&policy)
      policy.serve = PhaseRules(policy.serve.rules + [Rule(.allow, "openat")])
    }
    try await TestHost.with(change) { test in
      let (_, probe) = try await test.probe()
      for path in ["/etc/passwd", "/proc/self/maps", "/proc/\(getpid())/maps", "/dev/null"] {
        #expect(try await probe.open(wish: "0 \(path)") == "\(-EACCES)", "\(path)")
      }
    }
  }

  @Test(
    "What only namespaces keep in, such a policy cannot grant",
    arguments: ["socket", "shmget", "tkill", "chmod"])
  func refused(_ call: String) async throws {
    let change: @Sendable (inout Policy) -> Void = { policy in
      Self.plain(&policy)
      policy.serve = PhaseRules(policy.serve.rules + [Rule(.allow, call)])
    }
    try await TestHost.with(change) { test in
      let error = await #expect(throws: SpawnError.self) { try await test.spawn() }
      #expect(error.map { "\($0)" }?.contains("'\(call)' would reach out of the worker") == true)
    }
  }

  @Test("Neither some of the namespaces nor a template below the full level")
  func neither() async throws {
    for kinds: Set<Namespace> in [[.user], [.user, .pid, .ipc, .uts, .cgroup, .net], []] {
      for level in [IsolationLevel.full, .landlockAndSeccomp]
      where !(kinds.isEmpty && level != .full) {
        let change: (inout Policy) -> Void = { policy in
          policy.namespaces.kinds = kinds
          policy.requirement = level
        }
        try await TestHost.with(change) { test in
          let error = await #expect(throws: SpawnError.self) { try await test.spawn() }
          #expect(error.map { "\($0)" }?.contains("namespace") == true)
        }
      }
    }
    try await TestHost.with(Self.plain) { test in
      let error = await #expect(throws: SpawnError.self) {
        try await test.host.prepare(Places.product("static-worker"), policy: test.policy)
      }
      #expect(error.map { "\($0)" } == "policy renderer: templates need namespaces")
    }
  }

  @Test(
    "Where the machine refuses namespaces workers run without, if their policy lets them, and leave nothing"
  )
  func machineRefuses() throws {
    let run = try Command.run(
      Places.product("deny-namespaces"), [Places.product("leak-counter"), "20", "plain"])
    #expect(
      run.status == 0 && run.output.contains("nothing left of 20 workers"),
      "\(run.output)\(run.errors)")
  }

  @Test(
    "A limit on namespaces that others have used up is no refusal: nobody can weaken a sandbox that way"
  )
  func usedUp() {
    func refuses(_ errno: Int32, _ place: LaunchReport.Place = .clone) -> Bool {
      LaunchReport.Failure(place: place, error: SystemError("clone3", errno: errno))
        .refusesNamespaces
    }
    #expect(refuses(EPERM) && refuses(EINVAL) && refuses(ENOSYS) && refuses(EACCES, .launcher))
    #expect(!refuses(ENOSPC) && !refuses(EUSERS) && !refuses(EAGAIN) && !refuses(ENOMEM))
    #expect(!refuses(EPERM, .step(3)) && !refuses(EPERM, .identity))
  }

  @Test("A worker on a host that is under filters itself needs two of its own")
  func inheritedFilters() {
    func defect(_ count: String, inherited: UInt64) -> String? {
      let fields = [
        "Seccomp: 2", "Seccomp_filters: \(count)", "NoNewPrivs: 1", "Threads: 1", "CapInh: 0",
        "CapPrm: 0",
        "CapEff: 0", "CapBnd: 0", "CapAmb: 0",
      ]
      return SealProof(namespaces: [], filters: 2, own: [:], inherited: inherited)
        .statusDefect(ProcessStatus(text: fields.joined(separator: "\n")))
    }
    #expect(defect("2", inherited: 0) == nil && defect("3", inherited: 1) == nil)
    #expect(defect("2", inherited: 1) == "2 of 3 seccomp filters are in force")
  }

  @Test(
    "A root host's worker without namespaces must be another user, without groups",
    arguments: [
      ("5 5 5 5", "5 5 5 5", "", true), ("0 0 0 0", "5 5 5 5", "", false),
      ("5 5 0 5", "5 5 5 5", "", false),
      ("5 5 5 5", "0 0 0 0", "", false), ("5 5 5 5", "5 5 5 5", "4 27", false),
    ])
  func users(_ users: String, _ groups: String, _ others: String, _ isGood: Bool) {
    let fields = [
      "Seccomp: 2", "Seccomp_filters: 2", "NoNewPrivs: 1", "Threads: 1", "CapInh: 0", "CapPrm: 0",
      "CapEff: 0",
      "CapBnd: 0", "CapAmb: 0", "Uid: \(users)", "Gid: \(groups)", "Groups: \(others)",
    ]
    let proof = SealProof(namespaces: [], filters: 2, own: [:], changesUser: true)
    let defect = proof.statusDefect(ProcessStatus(text: fields.joined(separator: "\n")))
    #expect((defect == nil) == isGood, "\(defect ?? "none")")
  }

  @Test("A worker that makes more threads than its policy has ends for that")
  func threadBomb() async throws {
    let change: @Sendable (inout Policy) -> Void = { policy in
      if let threads = try? PolicyLibrary(directory: Places.policies).policy(
        named: "decoder-threads")
      {
        policy = threads
      }
      policy.limits.threads = 4
      // pthread_create(3) makes these two when it is first called.
      let first = [
        Rule(.allow, "rt_sigaction"), Rule(.allow, "rt_sigprocmask"), Rule(.allow, "poll"),
        Rule(.allow, "pause"),
      ]
      policy.serve = PhaseRules(policy.serve.rules + first)
    }
    for alter in [
      change,
      { @Sendable policy in
        change(&policy)
        Self.plain(&policy)
      },
    ] {
      try await TestHost.with(alter) { test in
        let (worker, probe) = try await test.probe()
        let call = Task { try await probe.open(wish: "threads") }
        #expect(await worker.ending().cause == .limit(.threads(4)))
        await #expect(throws: CallError.self) { try await call.value }
      }
    }
  }
}
