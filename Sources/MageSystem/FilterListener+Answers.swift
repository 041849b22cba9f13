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
    while bytes.count < count {
      let next = address &+ UInt64(bytes.count)
      let wanted = min(leftInPage(next), count - bytes.count)
      let chunk: [UInt8]
      do throws(SystemError) {
        chunk = try readPart(pid, next, count: wanted)
      } catch {
        if bytes.isEmpty { throw error }
        return bytes
      }
      bytes += chunk
      guard chunk.count == wanted else { return bytes }
    }
    return bytes
  }

  private static func leftInPage(_ address: UInt64) -> Int { 4096 - Int(address % 4096) }

  private static func readPart(
    _ pid: Int32, _ address: UInt64, count: Int
  ) throws(SystemError) -> [UInt8] {
    var got: Int64 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      got = unsafe mage_read_memory(pid, address, buffer.baseAddress, count)
      filled = Int(max(0, got))
    }
    _ = try check("process_vm_readv", got)
    return bytes
  }

  /// The NUL-terminated text at `address`, at most `limit` bytes with its NUL; `ENAMETOOLONG` when it is longer.
  package static func text(
    _ pid: Int32, _ address: UInt64, limit: Int
  ) throws(SystemError) -> [UInt8] {
    var text: [UInt8] = []
    // Page by page, and no further than the text: as a rule there is one, and what lies behind it is nobody's.
    while text.count < limit {
      let next = address &+ UInt64(text.count)
      let wanted = min(leftInPage(next), limit - text.count)
      let chunk = try readPart(pid, next, count: wanted)
      if let end = chunk.firstIndex(of: 0) { return text + chunk[..<end] }
      text += chunk
      guard chunk.count == wanted else { break }
    }
    throw SystemError("process_vm_readv", errno: Errno.nameTooLong)
  }
}
