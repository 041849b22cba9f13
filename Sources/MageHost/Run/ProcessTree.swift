internal import MageSystem

/// The living processes of a sandbox, as /proc shows them to the host.
struct ProcessTree {
  /// The first of them, in the host's numbers.
  let root: Int32
  /// Whether the first is the init of a program, which is not the program's.
  let hasInit: Bool

  /// More than any limit on processes allows; what is beyond is not looked at.
  private static let most = 4096

  /// The processes, without an init. Reading a tree that forks meanwhile may miss what is new.
  var processes: [Int32] {
    var found: [Int32] = hasInit ? [] : [root]
    var next = [root]
    while let pid = next.popLast(), found.count < Self.most {
      let children = Self.children(of: pid)
      found += children
      next += children
    }
    return found
  }

  private static func children(of pid: Int32) -> [Int32] {
    let threads = (try? DirectoryListing.names(in: "/proc/\(pid)/task", limit: 4096)) ?? []
    return threads.flatMap { thread in
      text("/proc/\(pid)/task/\(thread)/children").split(separator: " ").compactMap { Int32($0) }
    }
  }

  /// Threads of all processes together.
  var threads: Int {
    processes.reduce(0) { sum, pid in
      sum + ((try? DirectoryListing.names(in: "/proc/\(pid)/task", limit: 4096)) ?? []).count
    }
  }

  /// Processor time of the living and of those that their parents have waited for, in steps of 10 ms.
  var cpu: Duration {
    var ticks: UInt64 = 0
    for pid in processes + (hasInit ? [root] : []) {
      let line = Self.text("/proc/\(pid)/stat")
      // The name in parentheses may hold anything; the rest is numbers (proc_pid_stat(5)).
      guard let end = line.lastIndex(of: ")") else { continue }
      let fields = line[end...].split(separator: " ")
      guard fields.count > 15 else { continue }
      for field in fields[12...15] { ticks = ticks &+ (UInt64(field) ?? 0) }
    }
    return .milliseconds(Int64(clamping: ticks &* 10))
  }

  private static func text(_ path: String) -> String {
    String(decoding: (try? FileReading.read(path, limit: 64 << 10)) ?? [], as: UTF8.self)
  }
}
