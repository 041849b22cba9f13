internal import Glibc
internal import MageSystem

/// A control group with a memory limit (cgroups(7)).
///
/// The kernel counts everything that is charged to the processes in it, tmpfs and page tables included, and ends one of them
/// before they take more.
package final class ControlGroup: Sendable {
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

  static func root(_ kind: Kind) -> String { kind == .v1 ? v1Root : v2Root }

  /// What the names of this process's groups start with.
  static var prefix: String { "\(family)\(getpid())-" }
  private static let family = "mage-"

  /// Makes a group. `number` tells groups of this process apart.
  init(_ kind: Kind, number: UInt32, memory: UInt64) throws(SystemError) {
    self.kind = kind
    directory = "\(Self.root(kind))/\(Self.prefix)\(number)"
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

  /// A group that is there already.
  init(directory: String, kind: Kind) {
    self.directory = directory
    self.kind = kind
  }

  /// Moves a process with all its threads. The kernel takes some milliseconds for the first move in a while.
  func add(_ pid: Int32) throws(SystemError) {
    try FileWriting.write("\(pid)", to: "\(directory)/cgroup.procs")
  }

  /// What is in the group.
  var processes: Set<Int32> {
    let bytes = (try? FileReading.read("\(directory)/cgroup.procs", limit: 1 << 20)) ?? []
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return Set(lines.compactMap { Int32($0) })
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

  /// Ends everything in the group at once, where the kernel can (cgroups(7), cgroup.kill): a second means beside the pid namespace.
  func killAll() {
    guard kind == .v2 else { return }
    try? FileWriting.write("1", to: "\(directory)/cgroup.kill")
  }

  /// Takes the group away. Its processes must be gone.
  func remove() { rmdir(directory) }

  /// How many groups of this process there are, those included that wait to be removed.
  package static var count: Int {
    guard let kind = available else { return 0 }
    let names = (try? DirectoryListing.names(in: root(kind))) ?? []
    return names.count { $0.hasPrefix(prefix) }
  }

  /// Takes away what hosts left behind that could not do it: groups of processes that are no more.
  static func removeStale(_ kind: Kind) {
    let root = root(kind)
    for name in (try? DirectoryListing.names(in: root)) ?? [] where name.hasPrefix(family) {
      let owner = name.dropFirst(family.count).prefix { $0 != "-" }
      guard let pid = Int32(owner), kill(pid, 0) != 0, errno == ESRCH else { continue }
      // One that is in use stays: the kernel says EBUSY.
      rmdir("\(root)/\(name)")
    }
  }
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
