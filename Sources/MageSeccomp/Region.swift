/// A union of cubes: the cases in which something happens to a call.
struct Region: Equatable {
  private(set) var cubes: [Cube]

  static let none = Region(cubes: [])
  static let all = Region(cubes: [.all])

  /// More pieces than this, and the condition is a mistake or an attempt to slow the host down.
  static let maxCubes = FilterCompiler.maxTests

  /// A region was about to need more than ``maxCubes`` pieces.
  struct TooComplex: Error {}

  private init(cubes: [Cube]) { self.cubes = cubes }

  init(_ cube: Cube) { cubes = [cube] }

  var isEmpty: Bool { cubes.isEmpty }

  func contains(_ point: [UInt64]) -> Bool { cubes.contains { $0.contains(point) } }

  func union(_ other: Region) throws(TooComplex) -> Region {
    try Region.simplified(cubes + other.cubes)
  }

  func intersection(_ other: Region) throws(TooComplex) -> Region {
    var result: [Cube] = []
    for left in cubes {
      result += other.cubes.compactMap { left.intersection($0) }
      // Some of these may lie in others; a few times the limit of them is too much to look.
      guard result.count <= 4 * Region.maxCubes else { throw TooComplex() }
    }
    return try Region.simplified(result)
  }

  func subtracting(_ other: Region) throws(TooComplex) -> Region {
    var result = cubes
    for cube in other.cubes {
      result = result.flatMap { $0.subtracting(cube) }
      guard result.count <= Region.maxCubes else { throw TooComplex() }
    }
    return try Region.simplified(result)
  }

  func complement() throws(TooComplex) -> Region { try Region.all.subtracting(self) }

  func intersects(_ other: Region) -> Bool {
    cubes.contains { left in other.cubes.contains { left.intersects($0) } }
  }

  /// Without cubes that lie in another.
  private static func simplified(_ cubes: [Cube]) throws(TooComplex) -> Region {
    var kept: [Cube] = []
    for cube in cubes where !kept.contains(where: { $0.contains(cube) }) {
      kept.removeAll { cube.contains($0) }
      kept.append(cube)
    }
    guard kept.count <= maxCubes else { throw TooComplex() }
    return Region(cubes: kept)
  }
}
