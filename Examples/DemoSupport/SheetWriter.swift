internal import CImageCodecs
internal import Glibc

/// Writes a picture to a file as a PNG, whole or not at all.
package enum SheetWriter {
  /// Encodes `picture` into a new file beside `path`, syncs it, and renames it over `path`.
  ///
  /// A reader sees the old file or the new one, never a part; on failure the new file is removed
  /// and the old one stays. A symbolic link to a file is followed. A character device such as
  /// `/dev/null` is written in place, since there is nothing to replace.
  ///
  /// - Throws: ``SheetWriteError``: a call that failed, or a target that is neither a file nor a
  ///   character device.
  package static func write(_ picture: Bitmap, to path: String) throws(SheetWriteError) {
    try replace(path) { descriptor in
      unsafe picture.pixels.withUnsafeBufferPointer { pixels in
        unsafe codec_encode_png(
          descriptor, UInt32(clamping: picture.width), UInt32(clamping: picture.height),
          UnsafeRawPointer(pixels.baseAddress)?.assumingMemoryBound(to: UInt8.self))
      }
    }
  }

  /// Does what ``write(_:to:)`` does with whatever `body` writes to the descriptor; `body`
  /// returns 0 or a negated errno.
  static func replace(_ path: String, body: (Int32) -> Int32) throws(SheetWriteError) {
    switch try kind(of: path) {
    case .none, .some(S_IFREG): try replaceFile(try resolved(path), body)
    // rename(2) refuses it, naming the reason.
    case .some(S_IFDIR): try replaceFile(path, body)
    case .some(S_IFCHR): try writeInPlace(path, body)
    case .some: throw .notAFile(path: path)
    }
  }

  /// The file type, `nil` when nothing is there.
  private static func kind(of path: String) throws(SheetWriteError) -> mode_t? {
    var facts = stat()
    if unsafe stat(path, &facts) == 0 { return facts.st_mode & S_IFMT }
    guard errno == ENOENT else { throw .failed(call: "stat", path: path, errno: errno) }
    return nil
  }

  /// The path with its symbolic links followed; itself when nothing is there yet.
  private static func resolved(_ path: String) throws(SheetWriteError) -> String {
    guard let found = unsafe realpath(path, nil) else {
      guard errno == ENOENT else { throw .failed(call: "realpath", path: path, errno: errno) }
      return path
    }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  private static func replaceFile(
    _ path: String, _ body: (Int32) -> Int32
  ) throws(SheetWriteError) {
    let (temporary, descriptor) = try createTemporary(beside: path)
    do throws(SheetWriteError) {
      try fill(descriptor, path, sync: true, body)
      guard unsafe rename(temporary, path) == 0 else {
        throw .failed(call: "rename", path: path, errno: errno)
      }
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
  }

  private static func writeInPlace(
    _ path: String, _ body: (Int32) -> Int32
  ) throws(SheetWriteError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw .failed(call: "open", path: path, errno: errno) }
    try fill(descriptor, path, sync: false, body)
  }

  /// Creates a file in the target's directory: rename(2) does not cross file systems.
  private static func createTemporary(
    beside path: String
  ) throws(SheetWriteError) -> (path: String, descriptor: Int32) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    // A name may be left over from a killed run whose process id has come round again.
    for attempt in 0..<16 {
      let temporary = "\(directory).sheet-\(getpid())-\(attempt).partial"
      let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (temporary, descriptor) }
      guard errno == EEXIST else { break }
    }
    throw .failed(call: "open", path: path, errno: errno)
  }

  /// Runs `body` and closes the descriptor; a disk may be full as late as at fsync or close.
  private static func fill(
    _ descriptor: Int32, _ path: String, sync: Bool, _ body: (Int32) -> Int32
  ) throws(SheetWriteError) {
    let result = body(descriptor)
    let syncError = result == 0 && sync && fsync(descriptor) != 0 ? errno : 0
    let closeError = close(descriptor) != 0 ? errno : 0
    if result != 0 { throw .failed(call: "write", path: path, errno: 0 - result) }
    if syncError != 0 { throw .failed(call: "fsync", path: path, errno: syncError) }
    if closeError != 0 { throw .failed(call: "close", path: path, errno: closeError) }
  }
}
