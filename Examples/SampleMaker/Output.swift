internal import Glibc

/// Directories and whole files.
enum Output {
  /// Creates a directory unless it is there.
  static func makeDirectory(_ path: String) throws(SampleError) {
    guard unsafe mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw .failed(call: "mkdir", path: path, errno: errno)
  }

  /// Replaces a file's content.
  static func write(_ bytes: [UInt8], to path: String) throws(SampleError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .failed(call: "open", path: path, errno: errno) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { raw in
        unsafe Glibc.write(descriptor, raw.baseAddress, raw.count)
      }
      guard count > 0 else {
        let reason = errno
        close(descriptor)
        throw .failed(call: "write", path: path, errno: reason)
      }
      rest = rest.dropFirst(count)
    }
    guard close(descriptor) == 0 else { throw .failed(call: "close", path: path, errno: errno) }
  }
}
