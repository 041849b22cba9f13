internal import MageSystem

/// Finds what ships with the package: beside the executable or in a directory above it, where `swift build` leaves it.
package enum PackageFiles {
  /// The first `name` in the executable's directory and those above it; `nil` when there is none.
  package static func find(_ name: String) -> String? {
    var directory = executableDirectory[...]
    while let slash = directory.lastIndex(of: "/") {
      let candidate = "\(directory)/\(name)"
      if (try? OwnedDescriptor.open(candidate, flags: 0)) != nil { return candidate }
      directory = directory[..<slash]
    }
    return nil
  }

  /// Where the running program lies.
  package static var executableDirectory: String {
    let path = (try? FileReading.link("/proc/self/exe")) ?? "/"
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }
}
