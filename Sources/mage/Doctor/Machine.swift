internal import Glibc
internal import MageHost
internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// What this machine offers.
enum Machine {
  static func examine() async -> [Finding] {
    [kernel] + KernelFindings.all + [landlock, memory, await sandbox]
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
        detail:
          "the host watches resident memory; a program can pass its limit for some milliseconds",
        remedy: "delegate a cgroup v2 with the memory controller to this user")
    }
  }

  /// The proof: a program in a full sandbox.
  private static var sandbox: Finding {
    get async {
      do {
        let host = try Host()
        let ending = try await run(host)
        await host.shutDown()
        return Finding(name: "full sandbox", state: .present, detail: "/bin/true \(ending)")
      } catch {
        return Finding(
          name: "full sandbox", state: .missing, detail: "\(error)",
          remedy: "no shipped policy can be enforced in full here")
      }
    }
  }

  private static func run(_ host: Host) async throws -> Ending {
    let policy = try PolicyParser.parse(probePolicy, file: "probe")
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let program = Program(
      "/bin/true", streams: Program.Streams(input: null, output: null, error: null))
    return try await host.run(program, policy: policy)
  }

  /// Grants what ld.so and a program that does nothing need; only the machine is on trial here, so it is kept apart from the library.
  private static let probePolicy = """
    policy probe version 1
    fds { 0 input 1..2 output }
    namespaces { user pid mount ipc uts cgroup net shared-empty }
    identity { uid 1000 gid 1000 capabilities none no-new-privs }
    limits { memory 64MiB cpu 2s wall 5s output 1MiB }
    syscalls startup {
        allow openat newfstatat fstat read pread64 close access readlink brk mmap mprotect munmap
        allow arch_prctl set_tid_address set_robust_list rseq prlimit64 getrandom exit_group exit write
    }
    """
}
