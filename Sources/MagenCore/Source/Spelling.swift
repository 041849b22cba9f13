/// Finds what somebody may have meant.
enum Spelling {
  /// The known name that differs least, if it differs little.
  static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    guard name.utf8.count <= 64 else { return nil }
    let wanted = Array(name.lowercased().utf8)
    var best: (name: String, distance: Int)?
    for candidate in known where abs(candidate.utf8.count - wanted.count) <= 2 {
      let distance = distance(wanted, Array(candidate.lowercased().utf8))
      if distance <= max(1, wanted.count / 3), distance < best?.distance ?? 3 {
        best = (candidate, distance)
      }
    }
    return best?.name
  }

  static func hint(for name: String, among known: some Sequence<String>) -> String? {
    nearest(to: name, among: known).map { "did you mean '\($0)'?" }
  }

  /// Insertions, deletions and replacements between the two (Levenshtein).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (line, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for (column, other) in right.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
