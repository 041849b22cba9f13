extension FileSystem {
  /// What these grant beyond `floor`. A path below a granted one is granted with it.
  func excess(beyond floor: FileSystem) -> [PolicyExcess] {
    let readable = floor.readOnly + floor.readWrite
    return readOnly.filter { !$0.isAt(orBelow: readable) }
      .map { PolicyExcess(.fileSystem, "ro \(PolicyPrinter.quoted($0))") }
      + readWrite.filter { !$0.isAt(orBelow: floor.readWrite) }
      .map { PolicyExcess(.fileSystem, "rw \(PolicyPrinter.quoted($0))") }
      + temporary.compactMap { excess(of: $0, beyond: floor) }
      + devices.filter { !floor.devices.contains($0) }
      .map { PolicyExcess(.fileSystem, "dev \($0)") }
      + brokeredExcess(beyond: floor)
  }

  private func excess(of directory: Temporary, beyond floor: FileSystem) -> PolicyExcess? {
    let bound = floor.temporary.first { $0.path == directory.path }
    if let bound, directory.size <= bound.size, directory.noexec || !bound.noexec { return nil }
    return PolicyExcess(
      .fileSystem, PolicyPrinter.temporary(directory), bound: bound.map(PolicyPrinter.temporary))
  }

  /// Grants that lie in one of `floor`'s share its number of opens.
  private func brokeredExcess(beyond floor: FileSystem) -> [PolicyExcess] {
    var used: [Int: UInt64] = [:]
    var excess: [PolicyExcess] = []
    for grant in brokered {
      let index = floor.brokered.firstIndex { $0.covers(grant) }
      if let index {
        used[index, default: 0] += UInt64(grant.maxOpen)
        if used[index, default: 0] <= floor.brokered[index].maxOpen { continue }
      }
      excess.append(
        PolicyExcess(
          .fileSystem, PolicyPrinter.brokered(grant),
          bound: index.map { PolicyPrinter.brokered(floor.brokered[$0]) }))
    }
    return excess
  }
}

extension FileSystem.Brokered {
  /// Whether every file of `other` is one of these, for the same access or less. Two patterns are compared as text but for
  /// `**`, which is every file below.
  fileprivate func covers(_ other: FileSystem.Brokered) -> Bool {
    guard access == .write || other.access == .read else { return false }
    if directory == other.directory, pattern == other.pattern { return true }
    return pattern == "**" && other.directory.isAt(orBelow: [directory])
  }
}

extension String {
  /// For absolute paths without `.` and `..`.
  fileprivate func isAt(orBelow paths: [String]) -> Bool {
    let parts = split(separator: "/")
    return paths.contains { parts.starts(with: $0.split(separator: "/")) }
  }
}
