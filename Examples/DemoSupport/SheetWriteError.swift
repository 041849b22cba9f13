internal import Glibc

/// Why a sheet was not written.
package enum SheetWriteError: Error, Equatable, Sendable {
  /// A system call failed; `path` is the target as it was given, or what its links lead to.
  case failed(call: String, path: String, errno: Int32)
  /// The target is a pipe, a socket or a block device: replacing it by a file would surprise.
  case notAFile(path: String)
}

extension SheetWriteError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .failed(let call, let path, let errno):
      "cannot write \(Escaping.printable(path)): \(call): \(Self.text(of: errno))"
    case .notAFile(let path):
      "cannot write \(Escaping.printable(path)): it is neither a file nor a character device"
    }
  }

  private static func text(of errno: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard unsafe strerror_r(errno, &buffer, buffer.count) == 0 else { return "errno \(errno)" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: bytes, as: UTF8.self)) (errno \(errno))"
  }
}
