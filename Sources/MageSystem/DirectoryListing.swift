internal import Glibc

/// The names in a directory, for /proc and for policy libraries.
package enum DirectoryListing {
  /// Names without `.` and `..`, in no order (readdir(3)). At most `limit`; more is an error (`EFBIG`).
  package static func names(in path: String, limit: Int = 65_536) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(path) else {
      throw SystemError("opendir(\(path))", errno: errno)
    }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      guard names.count < limit else { throw SystemError("readdir(\(path))", errno: EFBIG) }
      names.append(name)
    }
    return names
  }
}
