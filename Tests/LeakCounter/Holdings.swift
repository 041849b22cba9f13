internal import Glibc
internal import MageSystem

/// What could be left behind, counted.
struct Holdings: Equatable {
  /// What each descriptor leads to, without the numbers of sockets.
  let descriptors: [String]
  /// Threads of hosts; the language's own pool grows when it likes.
  let loops: Int
  let children: Int
  let mounts: Int
  /// Mappings of shared memory in this process.
  let sharedMappings: Int
  /// Control groups of this process.
  let groups: Int

  static func now() throws(SystemError) -> Holdings {
    Holdings(
      descriptors: try descriptors(),
      loops: try loops(),
      children: try children(),
      mounts: try lines("/proc/self/mounts").count,
      sharedMappings: try lines("/proc/self/maps").count { $0.contains("memfd:") },
      groups: groups())
  }

  /// Whether a file of a control group is open, which it is only while something is written to it.
  var isMovingProcesses: Bool { descriptors.contains { $0.hasPrefix("/sys/fs/cgroup/") } }

  /// In KiB. Not compared for equality: an allocator keeps what it likes.
  static func residentMemory() throws(SystemError) -> Int {
    let line = try lines("/proc/self/status").first { $0.hasPrefix("VmRSS:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }

  private static func groups() -> Int {
    ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].reduce(0) { count, root in
      let names = (try? DirectoryListing.names(in: root)) ?? []
      return count + names.count { $0.hasPrefix("mage-\(getpid())-") }
    }
  }

  private static func descriptors() throws(SystemError) -> [String] {
    try DirectoryListing.names(in: "/proc/self/fd").compactMap { number in
      // The listing's own descriptor is gone by now.
      let link = try? FileReading.link("/proc/self/fd/\(number)")
      return link.map { $0.hasPrefix("socket:") ? "socket" : $0 }
    }
    // The language's own timers make one when they like; this package makes none.
    .filter { $0 != "anon_inode:[timerfd]" }.sorted()
  }

  private static func loops() throws(SystemError) -> Int {
    var count = 0
    for task in try DirectoryListing.names(in: "/proc/self/task") {
      let name = try? FileReading.read("/proc/self/task/\(task)/comm", limit: 64)
      if String(decoding: name ?? [], as: UTF8.self) == "mage-loop\n" { count += 1 }
    }
    return count
  }

  private static func children() throws(SystemError) -> Int {
    var count = 0
    for task in try DirectoryListing.names(in: "/proc/self/task") {
      // A thread may end between the listing and this look at it.
      let text = try? FileReading.read("/proc/self/task/\(task)/children", limit: 1 << 20)
      count += String(decoding: text ?? [], as: UTF8.self).split(separator: " ").count
    }
    return count
  }

  private static func lines(_ path: String) throws(SystemError) -> [Substring] {
    String(decoding: try FileReading.read(path, limit: 8 << 20), as: UTF8.self)
      .split(separator: "\n")
  }
}
