internal import MageSystem

/// A directory below which files are granted, as it was when the first of them was opened.
struct GrantedDirectory: Sendable {
  private let descriptor: SharedDescriptor
  /// Whether it lies on a file system of this machine's own: what is in the cache there is opened without waiting.
  let isLocal: Bool

  /// May take as long as the file system likes.
  init(_ path: String) throws(SystemError) {
    let descriptor = SharedDescriptor(
      try OwnedDescriptor.open(path, flags: Int32(Self.pathOnly) | Self.directory))
    self.descriptor = descriptor
    isLocal = try FileSystemKind(of: descriptor.number).isLocal
  }

  private static let pathOnly: UInt64 = 0o10000000  // O_PATH
  private static let directory: Int32 = 0o200000  // O_DIRECTORY

  /// Opens a file, or returns `nil` when the way to it is not in the kernel's cache.
  func openCached(_ path: [UInt8], flags: UInt32) throws(SystemError) -> SharedDescriptor? {
    do throws(SystemError) {
      return try open(path, flags, cachedOnly: true)
    } catch  where error.isWouldBlock {
      return nil
    }
  }

  func open(_ path: [UInt8], flags: UInt32) throws(SystemError) -> SharedDescriptor {
    try open(path, flags, cachedOnly: false)
  }

  /// First the place, then what lies there, and only then the file: opening a device may do something already.
  private func open(
    _ path: [UInt8], _ flags: UInt32, cachedOnly: Bool
  ) throws(SystemError) -> SharedDescriptor {
    let place = try BeneathDirectory.open(
      descriptor, path, flags: Self.pathOnly, cachedOnly: cachedOnly)
    guard try DescriptorFacts(of: place.number).kind == .regularFile else {
      throw SystemError("openat2", errno: Errno.accessDenied)
    }
    return SharedDescriptor(
      try OwnedDescriptor.open(
        "/proc/self/fd/\(place.number)", flags: OpenFlags.forHost(flags)))
  }
}

/// Opening one file, on a thread that may wait for it.
struct FileWork: Sendable {
  let home: String
  let directory: GrantedDirectory?
  let path: [UInt8]
  let flags: UInt32

  struct Done: Sendable {
    let directory: GrantedDirectory
    let file: SharedDescriptor
  }

  func run() -> Result<Done, SystemError> {
    Result { () throws(SystemError) in
      let directory = if let directory { directory } else { try GrantedDirectory(home) }
      return Done(directory: directory, file: try directory.open(path, flags: flags))
    }
  }
}
