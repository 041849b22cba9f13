/// Which binds a view needs, and in which order they can be attached.
enum BindOrder {
  /// Parents before what lies below them, each target once: a later bind of the same place replaces an earlier one. A file that lies
  /// below a directory which is bound as well is left out: the directory brings its own.
  static func sorted(_ binds: [Executable.Bind]) -> [Executable.Bind] {
    var byTarget: [String: Executable.Bind] = [:]
    for bind in binds { byTarget[bind.target] = bind }
    let directories = byTarget.values.filter { $0.kind == .directory }.map(\.target)
    return byTarget.values
      .filter { bind in !directories.contains { isBelow(bind.target, $0) } }
      .sorted { $0.target < $1.target }
  }

  static func isBelow(_ path: String, _ directory: String) -> Bool {
    path.hasPrefix(directory + "/")
  }
}
