internal import Glibc
internal import MageHost
internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// What this machine offers.
enum Machine {
  static func examine() async -> [Finding] {
    [kernel] + KernelFindings.all + [landlock, memory, await sandbox, await fallback]
  }

  private static var kernel: Finding {
    let bytes = (try? FileReading.read("/proc/sys/kernel/osrelease", limit: 256)) ?? []
    let release = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    let parts = release.split(separator: ".").prefix(2).compactMap { part in
      Int(part.prefix { $0.isNumber })
    }
    // 5.14 brought the atomic injection of descriptors (SECCOMP_ADDFD_FLAG_SEND).
    let isEnough = parts.count == 2 && (parts[0] > 5 || (parts[0] == 5 && parts[1] >= 14))
    return Finding(
      name: "kernel", state: isEnough ? .present : .missing, detail: "Linux \(release)",
      remedy: isEnough ? nil : "Linux 5.14 or later is needed")
  }

  private static var landlock: Finding {
    guard let version = Landlock.version else {
      return Finding(
        name: "landlock", state: .replaced,
        detail: "files are confined by the mount namespace alone",
        remedy: "boot with lsm=landlock,… for a second wall")
    }
    let scopes = version >= 6
    return Finding(
      name: "landlock", state: .present,
      detail: "ABI \(version)\(scopes ? "" : ", without scopes for signals and abstract sockets")")
  }

  private static var memory: Finding {
    switch MemoryLimit.mechanism {
    case .cgroupV2: Finding(name: "memory limit", state: .present, detail: "cgroup v2")
    case .cgroupV1: Finding(name: "memory limit", state: .present, detail: "cgroup v1")
    case .watch:
      Finding(
        name: "memory limit", state: .replaced,
        detail: """
          the host looks at it from outside, some milliseconds late\(hiding)
          """,
        remedy: "delegate a cgroup v2 with the memory controller to this user")
    }
  }

  /// What only root can see of a process from outside.
  private static var hiding: String {
    geteuid() == 0
      ? ""
      : "; memory that could be shared, which a program neither maps nor keeps a descriptor of, is not seen"
  }

  /// The proof: a program in a full sandbox.
  private static var sandbox: Finding {
    get async {
      do {
        let ending = try await ending(under: probePolicy)
        return Finding(name: "full sandbox", state: .present, detail: "/bin/true \(ending)")
      } catch {
        return Finding(
          name: "full sandbox", state: .missing, detail: "\(error)",
          remedy: "no shipped policy can be enforced in full here")
      }
    }
  }

  /// What is left where the machine gives no namespaces, for policies that say so.
  private static var fallback: Finding {
    get async {
      let name = "level landlock+seccomp"
      do {
        let ending = try await ending(under: plainPolicy)
        return Finding(
          name: name, state: .present,
          detail:
            "/bin/true \(ending); used without namespaces, and only by policies that say 'require level landlock+seccomp'"
        )
      } catch {
        return Finding(name: name, state: .absent, detail: "\(error)")
      }
    }
  }

  private static func ending(under text: String) async throws -> Ending {
    let host = try Host()
    do {
      let ending = try await run(host, text)
      await host.shutDown()
      return ending
    } catch {
      await host.shutDown()
      throw error
    }
  }

  private static func run(_ host: Host, _ text: String) async throws -> Ending {
    let policy = try PolicyParser.parse(text, file: "probe")
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let program = Program(
      "/bin/true", streams: Program.Streams(input: null, output: null, error: null))
    return try await host.run(program, policy: policy)
  }

  private static let plainPolicy = probePolicy.replacing(
    "namespaces { user pid mount ipc uts cgroup net shared-empty }",
    with: "require level landlock+seccomp namespaces { }")

  /// Grants what ld.so and a program that does nothing need; only the machine is on trial here, so it is kept apart from the library.
  private static let probePolicy = """
    policy probe version 1
    fds { 0 input 1..2 output }
    namespaces { user pid mount ipc uts cgroup net shared-empty }
    identity { uid 1000 gid 1000 capabilities none no-new-privs }
    limits { memory 64MiB cpu 2s wall 5s output 1MiB }
    syscalls startup {
        allow openat newfstatat fstat read pread64 close access readlink brk mmap mprotect munmap
        allow arch_prctl set_tid_address set_robust_list rseq getrandom exit_group exit write
        allow prlimit64 when pid == 0
    }
    """
}
