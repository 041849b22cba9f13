/// Which types are values alone: those without a handle in them can be compared and hashed.
struct PlainValues {
  private let structures: [Bool]
  private let unions: [Bool]
  private let isSpecial: @Sendable (PendingKind?) -> Bool

  /// Linear in the program: what holds a handle is found first, and then what holds that.
  ///
  /// - Parameter isSpecial: which handles count: `nil` is one that is no end of an interface.
  init(
    _ program: Program,
    without isSpecial: @escaping @Sendable (PendingKind?) -> Bool = { _ in true }
  ) {
    self.isSpecial = isSpecial
    let offset = program.structures.count
    let fields = program.structures.map(\.fields) + program.unions.map(\.fields)
    var holders = [[Int]](repeating: [], count: fields.count)
    var pending: [Int] = []
    var isPlain = [Bool](repeating: true, count: fields.count)
    for (index, list) in fields.enumerated() {
      for field in list {
        let parts = Self.parts(of: field.type, isSpecial)
        for structure in parts.structures { holders[structure].append(index) }
        for union in parts.unions { holders[offset + union].append(index) }
        if parts.hasHandle { pending.append(index) }
      }
    }
    while let index = pending.popLast() {
      guard isPlain[index] else { continue }
      isPlain[index] = false
      pending += holders[index]
    }
    structures = Array(isPlain[..<offset])
    unions = Array(isPlain[offset...])
  }

  func isPlain(structure: Int) -> Bool { structures[structure] }
  func isPlain(union: Int) -> Bool { unions[union] }

  func isPlain(_ type: TypeModel) -> Bool {
    let parts = Self.parts(of: type, isSpecial)
    return !parts.hasHandle && parts.structures.allSatisfy { structures[$0] }
      && parts.unions.allSatisfy { unions[$0] }
  }

  private struct Parts {
    var structures: [Int] = []
    var unions: [Int] = []
    var hasHandle = false
  }

  private static func parts(
    of type: TypeModel, _ isSpecial: (PendingKind?) -> Bool
  ) -> Parts {
    // What may change between two looks equals nothing.
    if type.isInPlace { return Parts(hasHandle: isSpecial(nil)) }
    switch type.kind {
    case .bool, .number, .string, .enumeration, .unknown: return Parts()
    case .structure(let index): return Parts(structures: [index])
    case .union(let index): return Parts(unions: [index])
    case .handle: return Parts(hasHandle: isSpecial(nil))
    case .pending(let kind, _): return Parts(hasHandle: isSpecial(kind))
    case .array(let element, _): return parts(of: element, isSpecial)
    case .map(let key, let value):
      let (left, right) = (parts(of: key, isSpecial), parts(of: value, isSpecial))
      return Parts(
        structures: left.structures + right.structures, unions: left.unions + right.unions,
        hasHandle: left.hasHandle || right.hasHandle)
    }
  }
}
