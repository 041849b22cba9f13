/// Compares a program with what it was made from, at the corners of every test.
///
/// libseccomp combines rules in its own way; a filter that decides otherwise than its policy says must not be used, and
/// the emulator is quick enough to look each time.
enum FilterProof {
  static func check(_ program: [UInt8], _ decisions: [CallDecision]) throws(FilterError) {
    guard let emulator = FilterEmulator(program) else { throw .tooLong }
    for decision in decisions {
      for point in corners(of: decision) {
        let verdict = emulator.verdict(number: decision.number, arguments: point)
        guard verdict == expected(decision.outcome(point)) else {
          throw .unfaithful(call: decision.call)
        }
      }
    }
  }

  /// Keeps the look at pairs from growing with the square of the largest conditions.
  private static let maxNeighbours = 16

  static func expected(_ outcome: CallDecision.Outcome?) -> FilterEmulator.Verdict {
    switch outcome {
    case .allow: .allow
    case .errno(let value): .errno(value)
    case nil: .notify
    }
  }

  /// In every cube one point with the free bits clear and one with them set, and from both every point that differs in
  /// one bit that is tested. And for each two cubes the point of one that is nearest to the other: there a program goes
  /// wrong that tries one set of tests, succeeds with some of them, and then does not try the next set.
  static func corners(of decision: CallDecision) -> [[UInt64]] {
    var points: [[UInt64]] = [Array(repeating: 0, count: 6), Array(repeating: .max, count: 6)]
    let cubes = decision.outcomes.values.flatMap(\.cubes)
    for cube in cubes {
      points += cubes.prefix(maxNeighbours).map { cube.nearest(to: $0) }
      for corner in [cube.values, zip(cube.values, cube.masks).map { $0 | ~$1 }] {
        points.append(corner)
        points += neighbours(of: corner, cube.masks)
      }
    }
    return points
  }

  private static func neighbours(of point: [UInt64], _ masks: [UInt64]) -> [[UInt64]] {
    var result: [[UInt64]] = []
    for index in point.indices {
      for bit in (0..<64).map({ UInt64(1) << $0 }) where masks[index] & bit != 0 {
        var neighbour = point
        neighbour[index] ^= bit
        result.append(neighbour)
      }
    }
    return result
  }
}
