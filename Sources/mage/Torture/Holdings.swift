internal import MageHost
internal import MageSystem

/// What this process holds of the machine, counted.
struct Holdings: Sendable {
  /// A name, how much of it there is, and by how much it may grow.
  let counts: [(name: String, count: Int, mayGrow: Int)]

  /// - Parameter pairs: of friendly workers, which have as many shared buffers as they happen to need.
  static func now(pairs: Int) throws(SystemError) -> Holdings {
    let maps = try lines("/proc/self/maps").filter { $0.contains("memfd:") }
    let buffers = maps.count { $0.contains("memfd:mage-buffer") }
    let status = try lines("/proc/self/status")
    let resident = status.first { $0.hasPrefix("VmRSS:") }?.split(separator: " ").dropFirst().first
    return Holdings(counts: [
      // Those of the language's timers come and go.
      ("descriptors", try DirectoryListing.names(in: "/proc/self/fd").count, 4),
      // The language's own pool grows when it likes: a thread for each processor, and a few for timers.
      ("threads", try DirectoryListing.names(in: "/proc/self/task").count, 16),
      ("children", try children(), 0),
      ("mounts", try lines("/proc/self/mounts").count, 0),
      // One for each friendly worker, which it enters a moment after its start: counted before that, they are missing.
      ("control groups", ControlGroup.count, pairs * 2),
      ("shared mappings", maps.count - buffers, 0),
      ("shared buffers", buffers, pairs * buffersOfOnePair),
      // What an allocator keeps for the next time; a leak of a page for each of 100,000 workers is ten times that.
      ("KiB of memory", resident.flatMap { Int($0) } ?? 0, 48 << 10),
    ])
  }

  /// A worker answers one call after the other: a buffer each way, and one more while that comes back.
  private static let buffersOfOnePair = 8

  /// What there is more of than there may be.
  func growth(since before: Holdings) -> [String] {
    zip(before.counts, counts).compactMap { before, now in
      guard now.count > before.count + now.mayGrow else { return nil }
      return "\(now.name) grew from \(before.count) to \(now.count)"
    }
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
