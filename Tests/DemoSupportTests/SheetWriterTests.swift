import Glibc
import Testing

@testable import DemoSupport

@Suite("Sheet writer")
struct SheetWriterTests {
  let picture = Bitmap(width: 40, height: 30, fill: Colour(hex: 0x336699))

  static func failure(_ picture: Bitmap, _ path: String) -> SheetWriteError? {
    do {
      try SheetWriter.write(picture, to: path)
      return nil
    } catch {
      return error
    }
  }

  static func type(of path: String) -> mode_t? {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
  }

  @Test("an old file is replaced, and nothing else is left")
  func replaces() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/sheet.png"
    #expect(Self.failure(Bitmap(width: 1, height: 1), path) == nil)
    #expect(Self.failure(picture, path) == nil)
    #expect(try Samples.names(in: directory.path) == ["sheet.png"])
    let bytes = try #require(Samples.read(path))
    #expect(try DecoderTests.decode(bytes) == picture)
  }

  @Test("a missing directory is an error that names the call")
  func missingDirectory() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/none/sheet.png"
    #expect(Self.failure(picture, path) == .failed(call: "open", path: path, errno: ENOENT))
    #expect(try Samples.names(in: directory.path) == [])
  }

  @Test("a disk that fills up in the middle leaves the old file and no temporary one")
  func fullDisk() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/sheet.png"
    #expect(Self.failure(picture, path) == nil)
    let old = Samples.read(path)
    var duringWrite: [String] = []
    #expect(throws: SheetWriteError.failed(call: "write", path: path, errno: ENOSPC)) {
      try SheetWriter.replace(path) { descriptor in
        duringWrite = (try? Samples.names(in: directory.path)) ?? []
        return write(descriptor, "half", 4) == 4 ? -ENOSPC : -EIO
      }
    }
    #expect(duringWrite.count == 2, "the new content was not written beside the old")
    #expect(try Samples.names(in: directory.path) == ["sheet.png"])
    #expect(Samples.read(path) == old)
  }

  @Test("a directory is not replaced")
  func directory() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/sheet.png"
    #expect(mkdir(path, 0o700) == 0)
    #expect(Self.failure(picture, path) == .failed(call: "rename", path: path, errno: EISDIR))
    #expect(try Samples.names(in: directory.path) == ["sheet.png"])
  }

  @Test("a FIFO is refused, not replaced and not waited for")
  func fifo() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/sheet.png"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(Self.failure(picture, path) == .notAFile(path: path))
    #expect(Self.type(of: path) == S_IFIFO)
  }

  @Test("a full device is reported and stays a device")
  func fullDevice() {
    let error = SheetWriteError.failed(call: "write", path: "/dev/full", errno: ENOSPC)
    #expect(Self.failure(picture, "/dev/full") == error)
    #expect(Self.type(of: "/dev/full") == S_IFCHR)
    #expect(Self.failure(picture, "/dev/null") == nil)
    #expect(Self.type(of: "/dev/null") == S_IFCHR)
  }

  @Test("a symbolic link stays a link, and what it leads to is replaced")
  func symbolicLink() throws {
    let directory = try TemporaryDirectory()
    let (file, link) = ("\(directory.path)/real.png", "\(directory.path)/link.png")
    #expect(Self.failure(Bitmap(width: 1, height: 1), file) == nil)
    #expect(symlink("real.png", link) == 0)
    #expect(Self.failure(picture, link) == nil)
    #expect(Self.type(of: link) == S_IFLNK)
    let bytes = try #require(Samples.read(file))
    #expect(try DecoderTests.decode(bytes) == picture)
  }

  @Test("a temporary file that a killed run left over is no obstacle")
  func leftOver() throws {
    let directory = try TemporaryDirectory()
    let stale = "\(directory.path)/.sheet-\(getpid())-0.partial"
    let descriptor = open(stale, O_CREAT | O_WRONLY, 0o600)
    #expect(close(descriptor) == 0)
    #expect(Self.failure(picture, "\(directory.path)/sheet.png") == nil)
    #expect(Self.type(of: "\(directory.path)/sheet.png") == S_IFREG)
  }

  @Test("an error says file, call and reason")
  func description() {
    let error = SheetWriteError.failed(call: "rename", path: "a\nb.png", errno: EACCES)
    #expect(
      "\(error)" == "cannot write a\\u{a}b.png: rename: Permission denied (errno 13)")
  }
}
