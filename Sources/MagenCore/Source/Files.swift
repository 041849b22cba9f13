internal import Glibc

/// Files of the machine that the compiler runs on, read and written whole.
package struct Files: SourceReader, Sendable {
  package init() {}

  /// `nil` when there is no such file or it cannot be read. Reads no more than a byte above ``SourceFile/largest``, so that a
  /// device or a file without end is refused as too large.
  package func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= SourceFile.largest {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return ferror(file) == 0 ? bytes : nil
  }

  /// Writes a file, unless it has these bytes already: what did not change is not built again.
  ///
  /// - Returns: whether the file now has these bytes.
  package func write(_ bytes: [UInt8], to path: String) -> Bool {
    if read(path) == bytes { return true }
    guard let file = fopen(path, "wb") else { return false }
    let count = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && count == bytes.count
  }

  /// Makes a folder and those above it.
  package func makeFolder(_ path: String) -> Bool {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made == "/" ? part : "/\(part)"
      guard mkdir(made, 0o777) == 0 || errno == EEXIST else { return false }
    }
    return true
  }

  package func complain(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
