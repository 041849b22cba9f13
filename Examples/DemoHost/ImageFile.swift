internal import DemoSupport
internal import Glibc
internal import Mage
internal import MageSystem

/// A file that the demo was asked to decode.
struct ImageFile: Equatable, Sendable {
  /// For opening.
  let path: String
  /// Below the directory that was given, made safe to print.
  let name: String

  /// Why a file is not handed to a worker.
  struct Refusal: Error { let reason: String }

  /// Opens the file for a worker: whatever bears an image's name, only a regular file is handed over.
  func open() throws(Refusal) -> Attachment {
    do throws(SystemError) {
      // Without O_NONBLOCK, opening a FIFO would wait for a writer.
      let descriptor = try OwnedDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
      let kind = try DescriptorFacts(of: descriptor.number).kind
      guard kind == .regularFile else { throw SystemError("not a regular file", errno: 0) }
      return try Attachment.file(descriptor)
    } catch {
      throw Refusal(reason: error.errno == 0 ? "\(error.call)" : "\(error.errnoName)")
    }
  }
}

/// Finds the images below a directory.
enum ImageSearch {
  /// Deeper directories are not looked into: a loop of links ends here at the latest.
  private static let deepest = 16
  private static let extensions = ["png", "jpg", "jpeg"]

  /// Files by their names' endings, in the order of their paths.
  static func files(below directory: String) throws(SystemError) -> [ImageFile] {
    var found: [ImageFile] = []
    try add(directory, "", 0, &found)
    return found
  }

  private static func add(
    _ directory: String, _ prefix: String, _ depth: Int, _ found: inout [ImageFile]
  ) throws(SystemError) {
    for name in try DirectoryListing.names(in: directory, limit: 1_000_000).sorted() {
      let path = "\(directory)/\(name)"
      if isDirectory(path) {
        // An unreadable directory below the given one is not a reason to do nothing.
        if depth < deepest { try? add(path, "\(prefix)\(name)/", depth + 1, &found) }
        guard hasImageName(name) else { continue }
      }
      guard hasImageName(name) else { continue }
      found.append(ImageFile(path: path, name: Escaping.printable(prefix + name)))
    }
  }

  private static func hasImageName(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }

  private static func isDirectory(_ path: String) -> Bool {
    guard let descriptor = try? OwnedDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY) else {
      return false
    }
    return descriptor.number >= 0
  }
}
