internal import MageSystem

/// The shared objects that an executable needs, found as the dynamic linker would find them (ld.so(8)).
struct SharedObjects {
  struct Object: Equatable {
    /// As it is named by those who need it: `libpng16.so.16`.
    let name: String
    let path: String
  }

  enum Failure: Error, Equatable {
    case missing(name: String, neededBy: String)
    case defect(path: String, ElfImage.Defect)
  }

  /// Where the linker looks beside run paths: its configuration, then its built-in directories.
  private static let builtIn = [
    "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
  ]
  private static let mostObjects = 64

  private let directories: [String]
  private(set) var found: [Object] = []

  /// Everything that `image` needs, itself not included. Of `implied`, what there is.
  static func needed(
    by image: ElfImage, at path: String, implied: [String] = []
  ) throws(Failure) -> [Object] {
    var search = SharedObjects(directories: configured() + builtIn)
    try search.add(image, path)
    for name in implied where image.isDynamic && !search.isKnown(name, image) {
      guard let file = search.directories.lazy.compactMap({ open($0, name) }).first else {
        continue
      }
      search.found.append(Object(name: name, path: file.path))
    }
    return search.found
  }

  private mutating func add(_ image: ElfImage, _ path: String) throws(Failure) {
    let origin = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let runPath = image.runPath.map { entry in
      let home = origin.joined(separator: "/")
      return entry.replacingPrefix("${ORIGIN}", with: home).replacingPrefix("$ORIGIN", with: home)
    }
    for name in image.needed where !isKnown(name, image) {
      guard let file = (runPath + directories).lazy.compactMap({ Self.open($0, name) }).first,
        found.count < Self.mostObjects
      else { throw .missing(name: name, neededBy: path) }
      found.append(Object(name: name, path: file.path))
      try add(try Self.image(file), file.path)
    }
  }

  private func isKnown(_ name: String, _ image: ElfImage) -> Bool {
    // The dynamic linker is in the view at its own path already.
    name.hasPrefix("ld-linux") || found.contains { $0.name == name }
  }

  private struct File {
    let path: String
    let descriptor: SharedDescriptor
  }

  private static func open(_ directory: String, _ name: String) -> File? {
    let path = "\(directory)/\(name)"
    guard let descriptor = try? OwnedDescriptor.open(path, flags: 0) else { return nil }
    return File(path: path, descriptor: SharedDescriptor(descriptor))
  }

  private static func image(_ file: File) throws(Failure) -> ElfImage {
    let descriptor: OwnedDescriptor
    do throws(SystemError) {
      descriptor = try file.descriptor.duplicate()
    } catch {
      throw .defect(path: file.path, .unreadable(error))
    }
    do throws(ElfImage.Defect) {
      return try ElfImage(descriptor)
    } catch {
      throw .defect(path: file.path, error)
    }
  }

  /// The directories of /etc/ld.so.conf.d.
  private static func configured() -> [String] {
    let home = "/etc/ld.so.conf.d"
    let files = (try? DirectoryListing.names(in: home)) ?? []
    return files.filter { $0.hasSuffix(".conf") }.sorted().flatMap { name in
      let bytes = (try? FileReading.read("\(home)/\(name)", limit: 64 << 10)) ?? []
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .filter { $0.hasPrefix("/") }.map(String.init)
    }
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with text: String) -> String {
    hasPrefix(prefix) ? text + dropFirst(prefix.count) : self
  }
}
