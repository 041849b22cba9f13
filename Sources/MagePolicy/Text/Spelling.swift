/// Finds what somebody meant to type.
enum Spelling {
  /// The name nearest to `name`, when it is near enough to be a slip: a third of its letters may differ. Of equally near
  /// ones, the first in the alphabet.
  static func nearest(to name: String, among known: [String]) -> String? {
    let letters = Array(name.unicodeScalars)
    var best: (distance: Int, name: String)?
    for candidate in known.sorted() {
      let distance = distance(letters, Array(candidate.unicodeScalars))
      if distance < best?.distance ?? Int.max { best = (distance, candidate) }
    }
    guard let best, best.distance <= max(1, letters.count / 3) else { return nil }
    return best.name
  }

  /// Letters to insert, delete, replace or swap with their neighbour.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var row = Array(0...right.count)
    for i in left.indices {
      var next = [i + 1]
      for j in right.indices {
        let replaced = row[j] + (left[i] == right[j] ? 0 : 1)
        var least = min(replaced, row[j + 1] + 1, next[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          least = min(least, before[j - 1] + 1)
        }
        next.append(least)
      }
      before = row
      row = next
    }
    return row.last ?? 0
  }
}
