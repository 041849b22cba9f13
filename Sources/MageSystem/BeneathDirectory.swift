internal import CMageSystem

/// Files below a directory, reached without leaving it (openat2(2)).
package enum BeneathDirectory {
  /// - Parameters:
  ///   - path: relative, as bytes without NUL.
  ///   - cachedOnly: throw `EAGAIN` rather than read the way to the file from a disk.
  /// - Throws: `EXDEV` for `..` and other mounts, `ELOOP` for any link on the way.
  package static func open(
    _ directory: SharedDescriptor, _ path: [UInt8], flags: UInt64, cachedOnly: Bool = false
  ) throws(SystemError) -> OwnedDescriptor {
    let text = path.map { CChar(bitPattern: $0) } + [0]
    return OwnedDescriptor(
      owning: try check(
        "openat2", unsafe mage_open_beneath(directory.number, text, flags, cachedOnly)))
  }
}
