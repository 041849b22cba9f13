internal import MagePolicy
internal import MageSystem

/// Opens files that a policy grants by name (`broker read "/usr/share/fonts/**"`).
struct FileBroker {
  struct Opened: ~Copyable {
    let file: OwnedDescriptor
    let closeOnExec: Bool
  }

  /// O_* bits (open(2)) as a caller may give them.
  private enum Flags {
    static let access: UInt32 = 3
    static let append: UInt32 = 0o2000
    static let nonBlocking: UInt32 = 0o4000
    static let truncate: UInt32 = 0o1000
    static let closeOnExec: UInt32 = 0o2000000
    static let noTerminal: UInt32 = 0o400
    static let large: UInt32 = 0o100000
    static let noFollow: UInt32 = 0o400000
    static let harmless = access | nonBlocking | closeOnExec | noTerminal | large | noFollow
    static let directory: UInt32 = 0o200000
    static let path: UInt32 = 0o10000000
  }

  private var grants: [Grant]

  fileprivate struct Grant {
    let policy: FileSystem.Brokered
    let pattern: Glob
    var opened: UInt32 = 0
    var directory: SharedDescriptor?
  }

  init(_ grants: [FileSystem.Brokered]) {
    self.grants = grants.map { Grant(policy: $0, pattern: Glob($0.pattern)) }
  }

  /// - Parameters:
  ///   - path: as the caller gave it; it need not be UTF-8.
  ///   - flags: the caller's O_* bits.
  mutating func open(_ path: [UInt8], flags: UInt32) throws(Refusal) -> Opened {
    guard let parts = Self.parts(path), let index = grants.firstIndex(where: { $0.covers(parts) })
    else { throw Refusal(errno: Errno.accessDenied) }
    let grant = grants[index].policy
    try Self.check(flags, grant.access)
    guard grants[index].opened < grant.maxOpen else { throw Refusal(errno: Errno.tooManyFiles) }
    do throws(SystemError) {
      let directory = try grants[index].open()
      let below = parts.dropFirst(grants[index].depth).joined(separator: [0x2F])
      // Not to wait for a writer should it be a FIFO, which is refused below.
      let wanted = flags & ~(Flags.closeOnExec | Flags.noFollow) | Flags.nonBlocking
      let file = try BeneathDirectory.open(directory, Array(below), flags: UInt64(wanted))
      guard try DescriptorFacts(of: file.number).kind == .regularFile else {
        throw SystemError("openat2", errno: Errno.accessDenied)
      }
      grants[index].opened += 1
      return Opened(file: file, closeOnExec: flags & Flags.closeOnExec != 0)
    } catch {
      throw Refusal(errno: error.errno)
    }
  }

  private static func check(
    _ flags: UInt32, _ access: FileSystem.Brokered.Access
  ) throws(Refusal) {
    let allowed: UInt32 =
      switch access {
      case .read: Flags.harmless
      case .write: Flags.harmless | Flags.append | Flags.truncate
      }
    let isReading = flags & Flags.access == 0
    guard flags & ~allowed == 0, isReading || access == .write else {
      throw Refusal(errno: Errno.accessDenied)
    }
  }

  /// The parts of an absolute path without `..`; everything else names nothing that is granted.
  private static func parts(_ path: [UInt8]) -> [[UInt8]]? {
    guard path.first == 0x2F else { return nil }
    let parts = path.split(separator: 0x2F).map(Array.init).filter { $0 != [0x2E] }
    return parts.contains([0x2E, 0x2E]) ? nil : parts
  }
}

extension FileBroker.Grant {
  private var home: [[UInt8]] { policy.directory.split(separator: "/").map { Array($0.utf8) } }

  var depth: Int { home.count }

  func covers(_ parts: [[UInt8]]) -> Bool {
    let home = home
    guard parts.count > home.count, Array(parts.prefix(home.count)) == home else { return false }
    return pattern.matches(Array(parts.dropFirst(home.count).joined(separator: [0x2F])))
  }

  /// The granted directory, opened when it is first needed and then kept.
  mutating func open() throws(SystemError) -> SharedDescriptor {
    if let directory { return directory }
    let pathOnly: Int32 = 0o10000000 | 0o200000  // O_PATH | O_DIRECTORY
    let opened = SharedDescriptor(try OwnedDescriptor.open(policy.directory, flags: pathOnly))
    directory = opened
    return opened
  }
}

/// A pattern of names: `*` is any bytes but `/`, `**` any bytes.
struct Glob {
  private let pattern: [UInt8]

  init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

  /// Whether all of `text` fits. Takes time in proportion to the product of the lengths, whatever the pattern.
  func matches(_ text: [UInt8]) -> Bool {
    // Which prefixes of the text the pattern so far can match.
    var reachable = [Bool](repeating: false, count: text.count + 1)
    reachable[0] = true
    var index = 0
    while index < pattern.count {
      if pattern[index] == 0x2A {
        let crosses = index + 1 < pattern.count && pattern[index + 1] == 0x2A
        index += crosses ? 2 : 1
        for end in text.indices where reachable[end] && (crosses || text[end] != 0x2F) {
          reachable[end + 1] = true
        }
      } else {
        var next = [Bool](repeating: false, count: text.count + 1)
        for end in text.indices where reachable[end] && text[end] == pattern[index] {
          next[end + 1] = true
        }
        reachable = next
        index += 1
      }
    }
    return reachable[text.count]
  }
}
