internal import ExampleSupport
internal import Glibc
internal import MageSystem

/// A text in a file of its own.
enum TextFile {
  static func write(_ text: String, to path: String) throws(SystemError) {
    let file = try OwnedDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    Output.write(text, to: file.number)
    guard fsync(file.number) == 0 || errno == EINVAL else {
      throw SystemError("fsync", errno: errno)
    }
  }
}
