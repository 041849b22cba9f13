internal import Glibc
internal import MageSystem

/// Memory that belongs to processes without being mapped: what lies in their directories in memory, in files in memory
/// (memfd_create(2)), and what their sockets and pipes can hold. Only a control group counts all of it, where there is one, and no group counts
/// what a process had before it entered.
///
/// A file in memory counts while a descriptor of it is open, and for a host that is root also while a part of it is mapped. Whoever maps a
/// little of one and closes it hides the rest from an ordinary user's host.
struct HeldMemory {
  /// Directories in memory, as the processes see them.
  let directories: [String]

  private var last: UInt64 = 0
  /// Whether what was said last had been found before, and may be less than there is now.
  private(set) var isStale = false
  private var next: MonotonicTime

  init(directories: [String]) {
    self.directories = directories
    // A process that has only begun has nothing, and many end so soon.
    next = MonotonicTime.now.advanced(by: .milliseconds(5))
  }

  /// Looks, unless looking took so long the last time that the host would have little time for anything else: then what was found then.
  mutating func bytes(of processes: [Int32]) -> UInt64 {
    let start = MonotonicTime.now
    isStale = start < next
    guard !isStale else { return last }
    var found = Found()
    for pid in processes {
      found.addDescriptors(of: pid)
      found.addMappings(of: pid)
    }
    last = found.bytes &+ (processes.first.map(directoryBytes) ?? 0)
    next = start.advanced(by: MonotonicTime.now.since(start) * Self.patience)
    return last
  }

  /// So many times as long as a look took, none is taken.
  private static let patience = 20

  /// 0 where this process may not look (statvfs(3)).
  private func directoryBytes(of pid: Int32) -> UInt64 {
    directories.reduce(0) { sum, path in
      var facts = statvfs()
      guard statvfs("/proc/\(pid)/root\(path)", &facts) == 0 else { return sum }
      let blocks = UInt64(facts.f_blocks) &- min(UInt64(facts.f_bfree), UInt64(facts.f_blocks))
      return sum
        &+ blocks.multipliedReportingOverflow(by: UInt64(clamping: facts.f_frsize)).partialValue
    }
  }
}

/// Files in memory, sockets and pipes, each counted once whoever holds it.
private struct Found {
  private(set) var bytes: UInt64 = 0
  private var seen: Set<String> = []
  private var files: Set<UInt64> = []

  /// More mapped files than any honest process has.
  private static let most = 4096
  /// What one socket or one pipe can hold by default (unix(7), pipe(7)): how much it does hold, nobody outside can ask.
  private static let socketBytes: UInt64 = 208 << 10
  private static let pipeBytes: UInt64 = 64 << 10
  /// How many mapped files a look may still take: the host's loop waits for it, and with the loop all other workers.
  private var mappingsLeft = 32_768

  mutating func addDescriptors(of pid: Int32) {
    let directory = "/proc/\(pid)/fd"
    for name in descriptorNames(in: directory) {
      let path = "\(directory)/\(name)"
      guard let link = try? FileReading.link(path) else { continue }
      if link.hasPrefix("socket:") {
        if seen.insert(link).inserted { bytes = bytes &+ Self.socketBytes }
      } else if link.hasPrefix("pipe:") {
        if seen.insert(link).inserted { bytes = bytes &+ Self.pipeBytes }
      } else {
        addFile(link, path)
      }
    }
  }

  private mutating func descriptorNames(in directory: String) -> [String] {
    do throws(SystemError) {
      return try DirectoryListing.names(in: directory)
    } catch {
      // Nobody hides behind a number of descriptors that is not looked through. Whoever has ended has none.
      if error.errno == Errno.fileTooLarge { bytes = .max / 2 }
      return []
    }
  }

  /// Files of which a process has only a mapping (proc_pid_map_files(5)): only root may look.
  mutating func addMappings(of pid: Int32) {
    let directory = "/proc/\(pid)/map_files"
    do throws(SystemError) {
      let names = try DirectoryListing.names(
        in: directory, limit: min(Self.most, mappingsLeft))
      mappingsLeft -= names.count
      for name in names {
        let path = "\(directory)/\(name)"
        do throws(SystemError) {
          addFile(try FileReading.link(path), path)
        } catch  where error.errno == Errno.noEntry {
          // Unmapped meanwhile.
        }
      }
    } catch  where error.errno == Errno.fileTooLarge {
      // Whoever has that many hides something.
      bytes = .max / 2
    } catch {
      // It may not look.
    }
  }

  /// - Parameter link: what the kernel calls it. Nothing else is asked about: a file of the view may lie where asking takes for ever.
  private mutating func addFile(_ link: String, _ path: String) {
    guard link.hasPrefix("/memfd:") || link.hasPrefix("/dev/zero (deleted)") else { return }
    var facts = stat()
    guard stat(path, &facts) == 0, files.insert(UInt64(facts.st_ino)).inserted else { return }
    bytes =
      bytes &+ UInt64(clamping: facts.st_blocks).multipliedReportingOverflow(by: 512).partialValue
  }
}
