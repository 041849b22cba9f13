internal import CMageSystem

/// A file descriptor with exactly one owner, closed when the owner goes.
///
/// Move-only, so that a descriptor can be neither closed twice nor used after it was given away. `close` errors are
/// not reported: nothing that this package closes holds data that could still fail to be written.
public struct OwnedDescriptor: ~Copyable, Sendable {
  /// The number, valid as long as this value lives. For system calls only; never store it.
  public let number: Int32

  /// Takes over a descriptor that nobody else owns.
  public init(owning number: Int32) { self.number = number }

  deinit { mage_close(number) }

  /// Gives the descriptor away: from here the caller closes it.
  public consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }

  /// A second descriptor for the same open file, close-on-exec (fcntl(2), F_DUPFD_CLOEXEC).
  public borrowing func duplicate() throws(SystemError) -> OwnedDescriptor {
    OwnedDescriptor(owning: try check("fcntl(F_DUPFD_CLOEXEC)", mage_duplicate(number, 3)))
  }

  /// Opens a file, close-on-exec (open(2)).
  ///
  /// - Parameters:
  ///   - path: a path relative to the working directory, or absolute.
  ///   - flags: `O_*` bits beside `O_CLOEXEC`.
  ///   - mode: permissions for a file that is created.
  public static func open(
    _ path: String, flags: Int32, mode: UInt32 = 0o600
  ) throws(SystemError) -> OwnedDescriptor {
    OwnedDescriptor(
      owning: try check("open(\(path))", unsafe mage_open(currentDirectory, path, flags, mode)))
  }

  /// AT_FDCWD: relative paths start at the working directory.
  private static let currentDirectory: Int32 = -100
}

/// A descriptor that travels in messages and may be stored in collections: an ``OwnedDescriptor`` behind a reference.
///
/// Closed when the last reference goes. Immutable, hence `Sendable` without a lock.
public final class SharedDescriptor: Sendable {
  private let owned: OwnedDescriptor

  public init(_ owned: consuming OwnedDescriptor) { self.owned = owned }

  /// The number, valid as long as this object lives.
  public var number: Int32 { owned.number }

  /// A descriptor of one's own for the same open file.
  public func duplicate() throws(SystemError) -> OwnedDescriptor { try owned.duplicate() }
}
