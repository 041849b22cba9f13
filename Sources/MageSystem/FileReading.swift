internal import CMageSystem
internal import Glibc

/// Whole small files, for /proc and for policy files.
package enum FileReading {
  /// Reads `path` up to `limit` bytes; more is an error (`EFBIG`), so that no file can make the reader grow.
  package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    try read(try OwnedDescriptor.open(path, flags: O_RDONLY), path, limit: limit)
  }

  /// Reads an open file from its current position to its end, at most `limit` bytes.
  package static func read(
    _ file: borrowing OwnedDescriptor, _ name: String, limit: Int
  ) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { raw in
        unsafe Glibc.read(file.number, raw.baseAddress, raw.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError("read(\(name))", errno: errno)
      }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= limit else { throw SystemError("read(\(name))", errno: EFBIG) }
      bytes.append(contentsOf: chunk.prefix(count))
    }
  }

  /// Where a symbolic link leads (readlink(2)), at most 4095 bytes.
  package static func link(_ path: String) throws(SystemError) -> String {
    let link = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) {
      buffer -> String? in
      guard let start = buffer.baseAddress else { return nil }
      let count = unsafe readlink(path, start, buffer.count)
      guard count >= 0 else { return nil }
      return unsafe String(
        decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
    guard let link else { throw SystemError("readlink(\(path))", errno: errno) }
    return link
  }
}

extension FileReading {
  /// Exactly `count` bytes from `offset` on (pread(2)); a file that ends before is an error (`ENODATA`).
  package static func read(
    _ file: borrowing OwnedDescriptor, at offset: UInt64, count: Int
  ) throws(SystemError) -> [UInt8] {
    guard let start = Int(exactly: offset), count >= 0 else {
      throw SystemError("pread", errno: EINVAL)
    }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let position = start &+ done
      let got = unsafe bytes.withUnsafeMutableBytes { raw in
        unsafe pread(file.number, raw.baseAddress?.advanced(by: done), count - done, position)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw SystemError("pread", errno: errno) }
      guard got > 0 else { throw SystemError("pread", errno: ENODATA) }
      done += got
    }
    return bytes
  }
}
