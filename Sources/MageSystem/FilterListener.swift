internal import CMageSystem

/// A system call that a filter stopped, with the caller waiting inside it (seccomp_unotify(2)).
package struct StoppedCall: Equatable, Sendable {
  package let id: UInt64
  /// The calling thread, in the host's pid namespace.
  package let pid: UInt32
  package let number: Int32
  /// AUDIT_ARCH_* of the caller.
  package let architecture: UInt32
  package let instructionPointer: UInt64
  package let arguments: [UInt64]
}

/// The host's end of a filter: calls that the filter does not decide arrive here.
package struct FilterListener: ~Copyable, Sendable {
  package let descriptor: OwnedDescriptor

  package init(owning descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  /// Takes the next stopped call. Call only when epoll says readable, as the kernel waits otherwise.
  /// Throws `ENOENT` when the caller died in between.
  package borrowing func next() throws(SystemError) -> StoppedCall {
    var raw = mage_notification()
    _ = try check(
      "ioctl(SECCOMP_IOCTL_NOTIF_RECV)", unsafe mage_notification_receive(descriptor.number, &raw))
    let values = raw.arguments
    return StoppedCall(
      id: raw.id, pid: raw.pid, number: raw.number, architecture: raw.architecture,
      instructionPointer: raw.instruction_pointer,
      arguments: [values.0, values.1, values.2, values.3, values.4, values.5])
  }

  /// Lets the call fail with `errno`, without running it. Throws `ENOENT` when the caller is gone.
  package borrowing func refuse(_ id: UInt64, errno: Int32) throws(SystemError) {
    _ = try check(
      "ioctl(SECCOMP_IOCTL_NOTIF_SEND)", mage_notification_answer(descriptor.number, id, errno, 0))
  }
}

/// Installs a filter on the calling thread, which must be the process's only one (seccomp(2)).
package enum Filter {
  /// - Parameters:
  ///   - instructions: `struct sock_filter`, 8 bytes each, at most 4096 of them.
  /// - Returns: the listener.
  package static func installWithListener(
    _ instructions: [UInt8]
  ) throws(SystemError) -> OwnedDescriptor {
    guard instructions.count % 8 == 0, let count = UInt16(exactly: instructions.count / 8) else {
      throw SystemError("seccomp", errno: Errno.invalid)
    }
    let listener = unsafe instructions.withUnsafeBytes { raw in
      unsafe mage_seccomp_install(raw.baseAddress, count, true)
    }
    return OwnedDescriptor(owning: try check("seccomp(NEW_LISTENER)", listener))
  }
}
