internal import Glibc

/// What an anonymous descriptor is, as the kernel names it: `seccomp notify`, `[eventfd]`, `[pidfd]`.
package enum AnonymousKind {
  /// Reads the link of the descriptor in /proc (proc_pid_fd(5)); `nil` when it is not anonymous or /proc is missing.
  package static func name(of descriptor: Int32) -> String? {
    let prefix = "anon_inode:"
    var buffer = [CChar](repeating: 0, count: 64)
    let count = unsafe readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
    let bytes = buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }
    guard count > 0, count < buffer.count, let link = String(validating: bytes, as: UTF8.self),
      link.hasPrefix(prefix)
    else { return nil }
    return String(link.dropFirst(prefix.count))
  }
}
