internal import CMageSystem

extension FilterListener {
  /// Lets the kernel make the call. Only for calls that were judged by their registers: memory behind a pointer can change
  /// after it was looked at. Throws `ENOENT` when the caller is gone.
  package borrowing func proceed(_ id: UInt64) throws(SystemError) {
    _ = try check(
      "ioctl(SECCOMP_IOCTL_NOTIF_SEND)", mage_notification_continue(descriptor.number, id))
  }

  /// Answers the call with `value` without making it. Throws `ENOENT` when the caller is gone.
  package borrowing func answer(_ id: UInt64, value: Int64) throws(SystemError) {
    _ = try check(
      "ioctl(SECCOMP_IOCTL_NOTIF_SEND)", mage_notification_answer(descriptor.number, id, 0, value))
  }

  /// Gives the caller a duplicate of `file` and answers with its number.
  ///
  /// Throws `ENOENT` when the caller is gone and `EMFILE` when it has no number left; it is then still waiting.
  package borrowing func give(
    _ file: SharedDescriptor, to id: UInt64, closeOnExec: Bool
  ) throws(SystemError) {
    _ = try check(
      "ioctl(SECCOMP_IOCTL_NOTIF_ADDFD)",
      mage_notification_give(descriptor.number, id, file.number, closeOnExec))
  }

  /// Puts a duplicate of `file` in the place of the caller's descriptor `number`. The caller still waits for an answer.
  package borrowing func replace(
    _ number: Int32, with file: SharedDescriptor, of id: UInt64, closeOnExec: Bool
  ) throws(SystemError) {
    _ = try check(
      "ioctl(SECCOMP_IOCTL_NOTIF_ADDFD)",
      mage_notification_replace(descriptor.number, id, file.number, number, closeOnExec))
  }

  /// Whether the caller still waits in this call: only then does what was read through its pid belong to it.
  package borrowing func isWaiting(_ id: UInt64) -> Bool {
    mage_notification_valid(descriptor.number, id) >= 0
  }
}

/// Memory of another process.
package enum RemoteMemory {
  /// Up to `count` bytes from `address` on (process_vm_readv(2)).
  ///
  /// Reads page by page, so that a text near the end of a mapping is read to that end.
  package static func read(
    _ pid: Int32, _ address: UInt64, count: Int
  ) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var next = address
    while bytes.count < count {
      let inPage = 4096 - Int(next % 4096)
      var chunk = [UInt8](repeating: 0, count: min(inPage, count - bytes.count))
      let got = unsafe chunk.withUnsafeMutableBytes { raw in
        unsafe mage_read_memory(pid, next, raw.baseAddress, raw.count)
      }
      if got < 0, !bytes.isEmpty { return bytes }
      let taken = Int(try check("process_vm_readv", got))
      bytes += chunk.prefix(taken)
      guard taken == chunk.count else { return bytes }
      next = next &+ UInt64(taken)
    }
    return bytes
  }

  /// The NUL-terminated text at `address`, at most `limit` bytes with its NUL; `ENAMETOOLONG` when it is longer.
  package static func text(
    _ pid: Int32, _ address: UInt64, limit: Int
  ) throws(SystemError) -> [UInt8] {
    let bytes = try read(pid, address, count: limit)
    guard let end = bytes.firstIndex(of: 0) else {
      throw SystemError("process_vm_readv", errno: Errno.nameTooLong)
    }
    return Array(bytes[..<end])
  }
}
