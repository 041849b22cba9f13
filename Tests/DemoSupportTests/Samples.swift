import DemoSupport
import Glibc
import Testing

/// The sample pictures that are checked in beside the demo.
enum Samples {
  /// `Examples/Samples` of the package that this file is in.
  static var directory: String {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/\(parts.joined(separator: "/"))/Examples/Samples"
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try #require(read("\(directory)/\(name)"), "\(name) is not readable")
  }

  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk.prefix(count)
    }
  }

  /// The names in a directory, sorted, without `.` and `..`.
  static func names(in directory: String) throws -> [String] {
    let handle = try #require(opendir(directory), "\(directory) cannot be listed")
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

/// A directory that is removed with what is in it.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/demo-support-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template), "mkdtemp failed")
    path = String(cString: made)
  }

  deinit {
    for name in (try? Samples.names(in: path)) ?? [] {
      if unlink("\(path)/\(name)") != 0 { rmdir("\(path)/\(name)") }
    }
    rmdir(path)
  }
}
