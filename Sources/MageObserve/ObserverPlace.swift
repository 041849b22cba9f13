internal import Glibc
public import MageSystem

/// Where the sockets of hosts are that may be looked at.
public enum ObserverPlace {
  /// `$XDG_RUNTIME_DIR/mage`, or `/run/user/UID/mage`; `nil` when neither directory is there.
  public static var directory: String? {
    let named = getenv("XDG_RUNTIME_DIR").map { String(cString: $0) } ?? ""
    let parent = named.hasPrefix("/") ? named : "/run/user/\(geteuid())"
    var facts = stat()
    guard stat(parent, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return nil }
    return parent + "/mage"
  }

  /// The socket of this process in ``directory``, which is made when it is missing.
  ///
  /// - Throws: `ENOENT` without a run-time directory; what mkdir(2) says; `EPERM` when others may write there.
  public static func ownPath() throws(SystemError) -> String {
    guard let directory else { throw SystemError("XDG_RUNTIME_DIR", errno: ENOENT) }
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
      throw SystemError("mkdir(\(directory))", errno: errno)
    }
    var facts = stat()
    guard lstat(directory, &facts) == 0, facts.st_uid == geteuid(),
      facts.st_mode & S_IFMT == S_IFDIR, facts.st_mode & 0o022 == 0
    else { throw SystemError("\(directory) is writable by others", errno: EPERM) }
    return "\(directory)/\(getpid()).sock"
  }
}
