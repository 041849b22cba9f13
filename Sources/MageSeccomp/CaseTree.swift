/// One rule for libseccomp: a cube, and what happens in it.
struct FilterCase {
  var cube: Cube
  var outcome: CallDecision.Outcome
}

/// Cuts the cases of one call so that libseccomp's tree decides them as they are meant.
///
/// libseccomp tests the halves of the arguments in order and never goes back: once a test has succeeded, the tests
/// beside it are not tried, even when all further ones fail. So at each half the tests are made pairwise equal or
/// disjoint; then there is never anything to go back to.
struct CaseTree {
  private let limit: Int
  private var result: [FilterCase] = []

  /// The cases of `decision`, cut. At most `limit`.
  static func cases(
    of decision: CallDecision, limit: Int
  ) throws(Region.TooComplex) -> [FilterCase] {
    var cases: [FilterCase] = []
    let outcomes = decision.outcomes.sorted { "\($0.key)" < "\($1.key)" }
    for (outcome, region) in outcomes {
      cases += try region.disjoint().cubes.map { FilterCase(cube: $0, outcome: outcome) }
    }
    var tree = CaseTree(limit: limit)
    try tree.cut(cases, half: 0)
    return tree.result
  }

  private init(limit: Int) { self.limit = limit }

  /// Each argument has two halves: the high one is tested first.
  private static let halves = 2 * Cube.arguments

  private mutating func cut(_ cases: [FilterCase], half: Int) throws(Region.TooComplex) {
    guard half < Self.halves else {
      // All bits are decided: the cases are equal, so they are one.
      result += cases.prefix(1)
      guard result.count <= limit else { throw Region.TooComplex() }
      return
    }
    let bits: UInt64 = half % 2 == 0 ? 0xFFFF_FFFF_0000_0000 : 0xFFFF_FFFF
    let tests = cases.map { $0.cube.projection(argument: half / 2, bits: bits) }
    for atom in try atoms(tests) {
      let inside = zip(cases, tests).compactMap { (item, test) -> FilterCase? in
        guard test.contains(atom), let cube = item.cube.intersection(atom) else { return nil }
        return FilterCase(cube: cube, outcome: item.outcome)
      }
      try cut(inside, half: half + 1)
    }
  }

  /// Disjoint cubes such that each of `tests` is a union of some of them.
  private func atoms(_ tests: [Cube]) throws(Region.TooComplex) -> [Cube] {
    var atoms: [Cube] = []
    for test in tests where !atoms.contains(test) {
      var rest = [test]
      var next: [Cube] = []
      for atom in atoms {
        guard let common = atom.intersection(test) else {
          next.append(atom)
          continue
        }
        next += [common] + atom.subtracting(test)
        rest = rest.flatMap { $0.subtracting(atom) }
      }
      atoms = next + rest
      guard atoms.count <= limit else { throw Region.TooComplex() }
    }
    return atoms
  }
}
