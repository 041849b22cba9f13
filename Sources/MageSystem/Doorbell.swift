internal import Glibc

/// The ends of a pipe that only says "look".
extension OwnedDescriptor {
  /// Writes one byte to a pipe that does not wait. Fails when it is full, and then the other end has been told already.
  ///
  /// Somebody must hold the end to read from: a write to a pipe without one is answered by SIGPIPE (pipe(7)).
  package borrowing func writeByte() {
    var byte: UInt8 = 0
    _ = unsafe write(number, &byte, 1)
  }

  /// Reads and forgets what is in a pipe that does not wait, 64 KiB at most.
  package borrowing func discardContents() {
    unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      for _ in 0..<16 where unsafe read(number, buffer.baseAddress, buffer.count) < 4096 { return }
    }
  }
}
