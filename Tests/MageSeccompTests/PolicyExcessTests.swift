import MagePolicy
import MageSeccomp
import Testing

/// Which policy is the weaker one: a policy is held against another, with each of its grants widened in turn.
@Suite struct PolicyExcessTests {
  private static func floor() throws -> Policy {
    try PolicyParser.parse(
      """
      policy floor version 1
      namespaces { user pid mount ipc uts cgroup net own }
      identity { uid 1000 gid 1000 capabilities none no-new-privs }
      fds { 0 input 1..2 null 3 channel host }
      filesystem {
        root empty proc none
        ro "/usr/share" rw "/srv/data" tmp "/tmp" size 1MiB noexec dev null
        broker read "/etc/ssl/**" max-open 4
        broker write "/srv/out/*.txt" max-open 2
      }
      network { connect "127.0.0.1" port 80 }
      limits {
        memory 64MiB cpu 1s wall 60s wall 5s per request output 1KiB
        processes 2 threads 2 open-files 32 core none locked-memory 4KiB
      }
      ipc {
        max-message 64KiB max-fds-per-message 1 rate 10/s burst 20 inflight 4 handles 8 queue-bytes 1MiB
        max-payload 128KiB pool-bytes 256KiB
      }
      syscalls startup { allow mprotect allow read errno ENOSYS { getpid } }
      syscalls serve {
        allow write when fd in { 1, 2 }
        allow mmap when prot == PROT_READ
        broker openat when flags & O_ACCMODE == O_RDONLY
      }
      """, file: "floor.sandbox")
  }

  private static func excess(_ change: (inout Policy) -> Void) throws -> [String] {
    let floor = try floor()
    var policy = floor
    change(&policy)
    return try PolicyExcess.of(policy, beyond: floor).map(\.description)
  }

  /// One widened grant and how it is said.
  struct Widening: Sendable, CustomTestStringConvertible {
    let said: String
    let change: @Sendable (inout Policy) -> Void
    var testDescription: String { said }

    init(_ said: String, _ change: @escaping @Sendable (inout Policy) -> Void) {
      self.said = said
      self.change = change
    }
  }

  static let settings = [
    Widening("fds { 4 input }") { $0.descriptors.append(.input(4)) },
    Widening("fds { 3 channel other }") { $0.descriptors[2] = .channel(3, "other") },
    Widening("namespaces { no pid }, where the other has pid") { $0.namespaces.kinds.remove(.pid) },
    Widening("namespaces { net shared-empty }, where the other has net own") {
      $0.namespaces.network = .sharedEmpty
    },
    Widening("identity { uid 0 }, where the other has uid 1000") { $0.identity.uid = 0 },
    Widening("identity { gid 0 }, where the other has gid 1000") { $0.identity.gid = 0 },
    Widening("filesystem { ro \"/usr\" }") { $0.fileSystem.readOnly = ["/usr"] },
    Widening("filesystem { ro \"/usr/shared\" }") { $0.fileSystem.readOnly = ["/usr/shared"] },
    Widening("filesystem { rw \"/usr/share/x\" }") { $0.fileSystem.readWrite = ["/usr/share/x"] },
    Widening("filesystem { tmp \"/var\" size 1 noexec }") {
      $0.fileSystem.temporary.append(FileSystem.Temporary(path: "/var", size: 1))
    },
    Widening(
      """
      filesystem { tmp "/tmp" size 2MiB noexec }, where the other has tmp "/tmp" size 1MiB noexec
      """
    ) { $0.fileSystem.temporary[0].size = 2 << 20 },
    Widening(
      "filesystem { tmp \"/tmp\" size 1MiB }, where the other has tmp \"/tmp\" size 1MiB noexec"
    ) { $0.fileSystem.temporary[0].noexec = false },
    Widening("filesystem { dev zero }") { $0.fileSystem.devices.append("zero") },
    Widening("filesystem { broker read \"/etc/**\" max-open 4 }") {
      $0.fileSystem.brokered[0].directory = "/etc"
    },
    Widening("filesystem { broker write \"/etc/ssl/**\" max-open 4 }") {
      $0.fileSystem.brokered[0].access = .write
    },
    Widening("filesystem { broker write \"/srv/out/**\" max-open 2 }") {
      $0.fileSystem.brokered[1].pattern = "**"
    },
    Widening(
      """
      filesystem { broker read "/etc/ssl/**" max-open 5 }, where the other has \
      broker read "/etc/ssl/**" max-open 4
      """
    ) { $0.fileSystem.brokered[0].maxOpen = 5 },
    Widening("network { connect \"127.0.0.1\" port 81 }") {
      $0.connections.append(ConnectGrant(host: "127.0.0.1", port: 81))
    },
  ]

  static let limits = [
    Widening("limits { memory 65MiB }, where the other has memory 64MiB") {
      $0.limits.memory = 65 << 20
    },
    Widening("limits { memory unlimited }, where the other has memory 64MiB") {
      $0.limits.memory = nil
    },
    Widening("limits { cpu 2s }, where the other has cpu 1s") { $0.limits.cpu = .seconds(2) },
    Widening("limits { wall 61s }, where the other has wall 60s") { $0.limits.wall = .seconds(61) },
    Widening("limits { wall per request 6s }, where the other has wall per request 5s") {
      $0.limits.deadline = .seconds(6)
    },
    Widening("limits { output 2KiB }, where the other has output 1KiB") {
      $0.limits.output = 2 << 10
    },
    Widening("limits { processes 3 }, where the other has processes 2") {
      $0.limits.processes = 3
    },
    Widening("limits { threads 3 }, where the other has threads 2") { $0.limits.threads = 3 },
    Widening("limits { open-files 33 }, where the other has open-files 32") {
      $0.limits.openFiles = 33
    },
    Widening("limits { locked-memory 8KiB }, where the other has locked-memory 4KiB") {
      $0.limits.lockedMemory = 8 << 10
    },
    Widening("limits { broker-rate 2001/s }, where the other has broker-rate 2000/s") {
      $0.limits.brokerRate = 2001
    },
    Widening("ipc { max-message 128KiB }, where the other has max-message 64KiB") {
      $0.ipc.maxMessage = 128 << 10
    },
    Widening("ipc { max-fds-per-message 2 }, where the other has max-fds-per-message 1") {
      $0.ipc.maxDescriptors = 2
    },
    Widening("ipc { rate 11/s }, where the other has rate 10/s") { $0.ipc.rate = 11 },
    Widening("ipc { rate unlimited }, where the other has rate 10/s") { $0.ipc.rate = nil },
    Widening("ipc { burst 21 }, where the other has burst 20") { $0.ipc.burst = 21 },
    Widening("ipc { inflight 5 }, where the other has inflight 4") { $0.ipc.inflight = 5 },
    Widening("ipc { handles 9 }, where the other has handles 8") { $0.ipc.handles = 9 },
    Widening("ipc { queue-bytes 2MiB }, where the other has queue-bytes 1MiB") {
      $0.ipc.queueBytes = 2 << 20
    },
    Widening("ipc { max-payload 1MiB }, where the other has max-payload 128KiB") {
      $0.ipc.maxPayload = 1 << 20
    },
    Widening("ipc { pool-bytes 1MiB }, where the other has pool-bytes 256KiB") {
      $0.ipc.poolBytes = 1 << 20
    },
  ]

  @Test("Lines for the host are no more than /dev/null")
  func output() throws {
    #expect(try Self.excess { $0.descriptors[1] = .output(1...2) } == [])
  }

  @Test("A setting that is widened is the one excess", arguments: settings + limits)
  func widened(_ widening: Widening) throws {
    #expect(try Self.excess(widening.change) == [widening.said])
  }

  @Test("The same policy has no excess, nor has one of another name, version or tests")
  func same() throws {
    #expect(try Self.excess { _ in } == [])
    #expect(try Self.excess { ($0.name, $0.version, $0.summary) = ("other", 7, "Else.") } == [])
  }

  @Test("A policy that is stricter everywhere has no excess")
  func stricter() throws {
    let excess = try Self.excess { policy in
      policy.descriptors = [.null(0...2), .channel(3, "host")]
      policy.identity = Identity(uid: 1, gid: 2)
      policy.fileSystem = FileSystem(
        readOnly: ["/usr/share/fonts", "/srv/data"], readWrite: ["/srv/data/a"],
        temporary: [FileSystem.Temporary(path: "/tmp", size: 1)],
        brokered: [
          FileSystem.Brokered(.read, directory: "/etc/ssl/certs", pattern: "*.pem", maxOpen: 2),
          FileSystem.Brokered(.read, directory: "/etc/ssl", pattern: "openssl.cnf", maxOpen: 2),
          FileSystem.Brokered(.read, directory: "/srv/out", pattern: "*.txt", maxOpen: 2),
        ])
      policy.connections = []
      policy.limits = Limits(
        memory: 1 << 20, cpu: .milliseconds(1), wall: .seconds(1), deadline: .seconds(1))
      policy.ipc = IPCQuota(
        maxMessage: 1, rate: 1, inflight: 1, handles: 1, queueBytes: 1)
      policy.startup = PhaseRules()
      policy.serve = PhaseRules()
    }
    #expect(excess == [])
  }

  @Test("Two brokered grants that lie in one share its number of opens")
  func sharedOpens() throws {
    let excess = try Self.excess { policy in
      policy.fileSystem.brokered = ["a", "b"].map {
        FileSystem.Brokered(.read, directory: "/etc/ssl/\($0)", pattern: "*", maxOpen: 3)
      }
    }
    #expect(
      excess == [
        """
        filesystem { broker read "/etc/ssl/b/*" max-open 3 }, where the other has \
        broker read "/etc/ssl/**" max-open 4
        """
      ])
  }

  @Test("Where the other has no limit, each is within it")
  func noBound() throws {
    let policy = try Self.floor()
    var floor = policy
    floor.limits = Limits(output: .max, processes: 9, threads: 9, openFiles: 99, lockedMemory: .max)
    floor.ipc = IPCQuota(maxDescriptors: 9)
    floor.ipc.maxPayload = .max
    floor.ipc.poolBytes = .max
    #expect(try PolicyExcess.of(policy, beyond: floor) == [])
  }
}
