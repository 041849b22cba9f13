internal import MagePolicy
internal import MageSystem

/// Files that a policy grants by name (`broker read "/usr/share/fonts/**"`).
struct FileBroker {
  /// A file that is granted, and how it is to be opened.
  struct Wish {
    fileprivate let grant: Int
    /// Below the grant's directory.
    fileprivate let path: [UInt8]
    fileprivate let flags: UInt32

    var closeOnExec: Bool { flags & OpenFlags.closeOnExec != 0 }
  }

  private var grants: [Grant]

  private struct Grant {
    let policy: FileSystem.Brokered
    let pattern: Glob
    let home: [[UInt8]]
    var opened: UInt32 = 0
    /// Opened when it is first needed and then kept.
    var directory: GrantedDirectory?

    init(_ policy: FileSystem.Brokered) {
      self.policy = policy
      pattern = Glob(policy.pattern)
      home = policy.directory.split(separator: "/").map { Array($0.utf8) }
    }

    func covers(_ parts: [[UInt8]]) -> Bool {
      guard parts.count > home.count, parts.starts(with: home) else { return false }
      return pattern.matches(below(parts))
    }

    func below(_ parts: [[UInt8]]) -> [UInt8] {
      Array(parts.dropFirst(home.count).joined(separator: [0x2F]))
    }
  }

  init(_ grants: [FileSystem.Brokered]) { self.grants = grants.map(Grant.init) }

  /// Judges a name; one that is granted is counted until it is given back (``failed(_:)``).
  ///
  /// - Parameters:
  ///   - path: as the caller gave it; it need not be UTF-8.
  ///   - flags: the caller's O_* bits.
  mutating func wish(_ path: [UInt8], flags: UInt32) throws(Refusal) -> Wish {
    guard let parts = Self.parts(path), let index = grants.firstIndex(where: { $0.covers(parts) })
    else { throw Refusal(errno: Errno.accessDenied) }
    let policy = grants[index].policy
    try OpenFlags.check(flags, policy.access)
    guard grants[index].opened < policy.maxOpen else { throw Refusal(errno: Errno.tooManyFiles) }
    grants[index].opened += 1
    return Wish(grant: index, path: grants[index].below(parts), flags: flags)
  }

  /// The file was not opened after all, and does not count.
  mutating func failed(_ wish: Wish) { grants[wish.grant].opened -= 1 }

  /// Opens the file if that cannot block; `nil` when it could (``work(for:)``).
  func openAtOnce(_ wish: Wish) throws(SystemError) -> SharedDescriptor? {
    guard let directory = grants[wish.grant].directory, directory.isLocal,
      wish.flags & OpenFlags.truncate == 0
    else { return nil }
    return try directory.openCached(wish.path, flags: wish.flags)
  }

  /// The same as work for another thread, which may take its time.
  func work(for wish: Wish) -> FileWork {
    let grant = grants[wish.grant]
    return FileWork(
      home: grant.policy.directory, directory: grant.directory, path: wish.path, flags: wish.flags)
  }

  /// Keeps a directory that was opened by the way.
  mutating func keep(_ directory: GrantedDirectory, for wish: Wish) {
    grants[wish.grant].directory = directory
  }

  /// The parts of an absolute path without `..`; everything else names nothing that is granted.
  private static func parts(_ path: [UInt8]) -> [[UInt8]]? {
    guard path.first == 0x2F else { return nil }
    let parts = path.split(separator: 0x2F).map(Array.init).filter { $0 != [0x2E] }
    return parts.contains([0x2E, 0x2E]) ? nil : parts
  }
}

/// The O_* bits of open(2) that a caller may give.
enum OpenFlags {
  static let truncate: UInt32 = 0o1000
  static let nonBlocking: UInt32 = 0o4000
  static let closeOnExec: UInt32 = 0o2000000
  private static let access: UInt32 = 3
  private static let append: UInt32 = 0o2000
  private static let noTerminal: UInt32 = 0o400
  private static let large: UInt32 = 0o100000
  private static let noFollow: UInt32 = 0o400000
  private static let harmless = access | nonBlocking | closeOnExec | noTerminal | large | noFollow

  static func check(_ flags: UInt32, _ access: FileSystem.Brokered.Access) throws(Refusal) {
    let allowed =
      switch access {
      case .read: harmless
      case .write: harmless | append | truncate
      }
    let isReading = flags & Self.access == 0
    guard flags & ~allowed == 0, isReading || access == .write else {
      throw Refusal(errno: Errno.accessDenied)
    }
  }

  /// What the host opens with: links are refused anyway, and a lease or a FIFO must not hold it up.
  static func forHost(_ flags: UInt32) -> Int32 {
    Int32(truncatingIfNeeded: flags & ~(closeOnExec | noFollow) | nonBlocking | noTerminal)
  }
}
