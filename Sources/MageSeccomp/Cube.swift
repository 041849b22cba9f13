/// A set of argument values: those whose bits under `masks` are `values`, for each of the six arguments.
///
/// This is exactly what one rule of libseccomp can test (SCMP_CMP_MASKED_EQ, once per argument), which is why every
/// condition becomes a union of cubes: no comparison is then left whose width could differ from what was meant.
struct Cube: Equatable {
  /// One lane for each argument; the last two stay 0.
  private(set) var masks = SIMD8<UInt64>()
  private(set) var values = SIMD8<UInt64>()

  static let arguments = 0..<6

  /// All values of all arguments.
  static let all = Cube()

  private init() {}

  /// The values of one argument (0 to 5) whose bits under `mask` are `value`.
  init(argument: Int, mask: UInt64, value: UInt64) {
    guard Self.arguments.contains(argument) else { return }
    masks[argument] = mask
    values[argument] = value & mask
  }

  func contains(_ point: [UInt64]) -> Bool {
    zip(Self.arguments, point).allSatisfy { $1 & masks[$0] == values[$0] }
  }

  /// Whether every point of `other` is in this cube.
  func contains(_ other: Cube) -> Bool {
    masks & ~other.masks == .zero && (values ^ other.values) & masks == .zero
  }

  func intersects(_ other: Cube) -> Bool {
    (values ^ other.values) & masks & other.masks == .zero
  }

  func intersection(_ other: Cube) -> Cube? {
    guard intersects(other) else { return nil }
    var result = self
    result.masks |= other.masks
    result.values |= other.values
    return result
  }

  /// This cube without `other`, in pieces that do not overlap: one for each bit that `other` fixes and this one leaves
  /// free, where that bit is the other way round. The highest bits come first, as in libseccomp's tests.
  func subtracting(_ other: Cube) -> [Cube] {
    guard intersects(other) else { return [self] }
    var pieces: [Cube] = []
    var rest = self
    for index in Self.arguments {
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

  private mutating func fix(_ bit: UInt64, of index: Int, to value: UInt64) {
    masks[index] |= bit
    values[index] |= value & bit
  }
}
