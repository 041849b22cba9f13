package import Glibc
package import MageSystem

/// A listening Unix socket that only its owner may connect to.
struct ObserverSocket {
  let descriptor: SharedDescriptor
  let path: String
  /// To remove at the end only what is still this socket.
  private let file: (device: UInt64, inode: UInt64)

  private static let backlog: Int32 = 8

  /// - Throws: `EADDRINUSE` when somebody listens at `path`, `EEXIST` when something else is there, `ENAMETOOLONG` above 107 bytes.
  init(at path: String) throws(SystemError) {
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
    guard number >= 0 else { throw SystemError("socket(AF_UNIX)", errno: errno) }
    let descriptor = SharedDescriptor(OwnedDescriptor(owning: number))
    // Before it has a name: nobody connects in between (unix(7)).
    guard fchmod(number, 0o600) == 0 else { throw SystemError("fchmod", errno: errno) }
    try Self.removeDead(path)
    let bound = try UnixAddress.with(path) { bind(number, $0, $1) }
    guard bound == 0 else { throw SystemError("bind(\(path))", errno: errno) }
    guard listen(number, Self.backlog) == 0 else { throw SystemError("listen", errno: errno) }
    guard let file = Self.identity(of: path) else {
      throw SystemError("stat(\(path))", errno: errno)
    }
    self.descriptor = descriptor
    self.path = path
    self.file = file
  }

  /// Removes the socket of a host that is gone.
  private static func removeDead(_ path: String) throws(SystemError) {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFSOCK else {
      throw SystemError("bind(\(path))", errno: EEXIST)
    }
    guard try !UnixAddress.isListening(path) else {
      throw SystemError("bind(\(path))", errno: EADDRINUSE)
    }
    unlink(path)
  }

  private static func identity(of path: String) -> (UInt64, UInt64)? {
    var facts = stat()
    return lstat(path, &facts) == 0 ? (UInt64(facts.st_dev), UInt64(facts.st_ino)) : nil
  }

  /// Takes the name away.
  func remove() {
    guard let now = Self.identity(of: path), now == file else { return }
    unlink(path)
  }
}

/// Paths as addresses.
package enum UnixAddress {
  package static func with<Value>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
  ) throws(SystemError) -> Value {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room -> Bool in
      guard !bytes.isEmpty, !bytes.contains(0), bytes.count < room.count else { return false }
      room.copyBytes(from: bytes)
      return true
    }
    guard fits else { throw SystemError("connect(\(path))", errno: ENAMETOOLONG) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  /// A connected socket.
  package static func connect(_ path: String) throws(SystemError) -> OwnedDescriptor {
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard number >= 0 else { throw SystemError("socket(AF_UNIX)", errno: errno) }
    let descriptor = OwnedDescriptor(owning: number)
    guard try with(path, { Glibc.connect(number, $0, $1) }) == 0 else {
      throw SystemError("connect(\(path))", errno: errno)
    }
    return descriptor
  }

  static func isListening(_ path: String) throws(SystemError) -> Bool {
    do throws(SystemError) {
      _ = try connect(path)
      return true
    } catch {
      guard error.errno == ECONNREFUSED || error.errno == ENOENT else { throw error }
      return false
    }
  }
}

/// Who is at the other end of a socket.
struct SocketPeer {
  let pid: Int32
  let user: UInt32

  init?(of descriptor: Int32) {
    // struct ucred: pid, uid and gid (unix(7)), which this libc's module does not have.
    var credentials: [UInt32] = [0, 0, 0]
    var size = socklen_t(12)
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, size == 12
    else { return nil }
    pid = Int32(truncatingIfNeeded: credentials[0])
    user = credentials[1]
  }

  /// Whether it may look: this process's user or root, from outside of every sandbox. An ordinary user's workers are that user too, but in a user namespace of
  /// their own.
  var mayLook: Bool {
    guard user == geteuid() || user == 0, pid > 0 else { return false }
    guard let own = Self.userNamespace("self"), let other = Self.userNamespace("\(pid)") else {
      return false
    }
    return own == other
  }

  private static func userNamespace(_ process: String) -> String? {
    try? FileReading.link("/proc/\(process)/ns/user")
  }
}
