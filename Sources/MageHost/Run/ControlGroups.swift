internal import Glibc
internal import MageSystem

/// A control group with a memory limit for one program (cgroups(7)).
///
/// The kernel then counts everything that is charged to the program, tmpfs and page tables included, and ends it before it takes
/// more. Without a group the host watches the resident set.
final class ControlGroups {
  enum Kind: Equatable, Sendable { case v1, v2 }

  private let directory: String
  private let kind: Kind

  private static let v1Root = "/sys/fs/cgroup/memory"
  private static let v2Root = "/sys/fs/cgroup"

  /// Which kind this process may make groups in.
  static let available: Kind? = {
    let v2 = try? FileReading.read("\(v2Root)/cgroup.subtree_control", limit: 4096)
    let controllers = String(decoding: v2 ?? [], as: UTF8.self).split { $0.isWhitespace }
    if controllers.contains("memory"), access(v2Root, W_OK) == 0 { return .v2 }
    return access("\(v1Root)/memory.limit_in_bytes", F_OK) == 0 && access(v1Root, W_OK) == 0
      ? .v1 : nil
  }()

  /// Makes a group. `number` tells groups of this process apart.
  init(_ kind: Kind, number: UInt32, memory: UInt64) throws(SystemError) {
    self.kind = kind
    let root = kind == .v1 ? Self.v1Root : Self.v2Root
    directory = "\(root)/mage-\(getpid())-\(number)"
    guard mkdir(directory, 0o755) == 0 else { throw SystemError("mkdir", errno: errno) }
    let file = kind == .v1 ? "memory.limit_in_bytes" : "memory.max"
    do throws(SystemError) {
      try FileWriting.write("\(memory)", to: "\(directory)/\(file)")
    } catch {
      remove()
      throw error
    }
    // Swapped pages are used pages. Not every kernel counts them.
    try? FileWriting.write(
      kind == .v1 ? "\(memory)" : "0",
      to: "\(directory)/\(kind == .v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max")")
  }

  func add(_ pid: Int32) throws(SystemError) {
    try FileWriting.write("\(pid)", to: "\(directory)/cgroup.procs")
  }

  /// Whether the kernel has ended a process of the group for want of memory.
  var ranOut: Bool {
    let file = kind == .v1 ? "memory.oom_control" : "memory.events"
    let bytes = (try? FileReading.read("\(directory)/\(file)", limit: 4096)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
      let fields = line.split(separator: " ")
      return fields.count == 2 && fields[0] == "oom_kill" && fields[1] != "0"
    }
  }

  /// Takes the group away. Its processes must be gone.
  func remove() { rmdir(directory) }
}

/// Small files of the kernel's.
enum FileWriting {
  static func write(_ text: String, to path: String) throws(SystemError) {
    let file = try OwnedDescriptor.open(path, flags: O_WRONLY)
    let bytes = Array(text.utf8)
    let count = bytes.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw SystemError("write(\(path))", errno: errno) }
  }
}
