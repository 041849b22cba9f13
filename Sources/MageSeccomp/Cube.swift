/// A set of argument values: those whose bits under `masks` are `values`, for each of the six arguments.
///
/// This is exactly what one rule of libseccomp can test (SCMP_CMP_MASKED_EQ, once per argument), which is why every
/// condition becomes a union of cubes: no comparison is then left whose width could differ from what was meant.
struct Cube: Equatable {
  private(set) var masks: [UInt64]
  private(set) var values: [UInt64]

  static let arguments = 6

  /// All values of all arguments.
  static let all = Cube(
    masks: Array(repeating: 0, count: arguments), values: Array(repeating: 0, count: arguments))

  private init(masks: [UInt64], values: [UInt64]) {
    self.masks = masks
    self.values = values
  }

  /// The values of one argument (0 to 5) whose bits under `mask` are `value`.
  init(argument: Int, mask: UInt64, value: UInt64) {
    self = .all
    guard masks.indices.contains(argument) else { return }
    masks[argument] = mask
    values[argument] = value & mask
  }

  func contains(_ point: [UInt64]) -> Bool {
    zip(masks.indices, point).allSatisfy { $1 & masks[$0] == values[$0] }
  }

  /// Whether every point of `other` is in this cube.
  func contains(_ other: Cube) -> Bool {
    masks.indices.allSatisfy {
      masks[$0] & ~other.masks[$0] == 0 && (values[$0] ^ other.values[$0]) & masks[$0] == 0
    }
  }

  func intersection(_ other: Cube) -> Cube? {
    var result = self
    for index in masks.indices {
      let common = masks[index] & other.masks[index]
      guard (values[index] ^ other.values[index]) & common == 0 else { return nil }
      result.masks[index] |= other.masks[index]
      result.values[index] |= other.values[index]
    }
    return result
  }

  /// This cube without `other`, in pieces that do not overlap: one for each bit that `other` fixes and this one leaves
  /// free, where that bit is the other way round. The highest bits come first, as in libseccomp's tests.
  func subtracting(_ other: Cube) -> [Cube] {
    guard intersection(other) != nil else { return [self] }
    var pieces: [Cube] = []
    var rest = self
    for index in masks.indices {
      var bits = other.masks[index] & ~masks[index]
      while bits != 0 {
        let bit: UInt64 = (1 << 63) >> UInt64(bits.leadingZeroBitCount)
        bits ^= bit
        var piece = rest
        piece.fix(bit, of: index, to: ~other.values[index])
        pieces.append(piece)
        rest.fix(bit, of: index, to: other.values[index])
      }
    }
    return pieces
  }

  /// The point whose free bits are those of `other`, and clear where they are free there too.
  func nearest(to other: Cube) -> [UInt64] {
    masks.indices.map { values[$0] | other.values[$0] & ~masks[$0] }
  }

  private mutating func fix(_ bit: UInt64, of index: Int, to value: UInt64) {
    masks[index] |= bit
    values[index] |= value & bit
  }
}
