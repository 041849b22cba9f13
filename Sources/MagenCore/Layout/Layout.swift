/// Where the fields of a struct or of a list of parameters lie on the wire.
///
/// The algorithm is that of the Mojo bindings format: fields are placed in the order of their ordinals, each in the first hole that it fits.
package struct Layout: Sendable {
  package struct Slot: Equatable, Sendable {
    /// Bytes from the start of the struct, its header of 8 bytes included.
    package var offset: Int
    /// Of a bool, from the least significant.
    package var bit = 0
    /// Bytes; a bool takes a bit of one.
    package var size: Int
    package var isBit = false

    fileprivate var end: Int { offset + size }
  }

  package struct Place: Equatable, Sendable {
    /// Says whether a nullable number, bool or enum is there.
    package var flag: Slot?
    package var value: Slot
  }

  /// A version of the struct, and how large it is.
  package struct Version: Equatable, Sendable {
    package var number: UInt32
    package var size: Int
  }

  /// One for each field, in the same order.
  package private(set) var places: [Place] = []
  /// From the oldest; never empty.
  package private(set) var versions: [Version] = []
  private var occupied: [Slot] = []

  /// Bytes of the newest version, a multiple of 8.
  package var size: Int { versions.last?.size ?? 8 }

  package init(_ fields: [FieldModel]) {
    for field in fields {
      let needsFlag = field.type.isNullable && field.type.isScalar
      let flag = needsFlag ? place(size: 1, alignment: 1, isBit: true) : nil
      let (size, alignment) = field.type.inlineSize
      let value = place(size: size, alignment: alignment, isBit: field.type.kind == .bool)
      places.append(Place(flag: flag, value: value))
    }
    var numbers = [UInt32(0)]
    for field in fields where field.minVersion > numbers.last ?? 0 {
      numbers.append(field.minVersion)
    }
    versions = numbers.map { number in
      let ends = zip(fields, places).filter { $0.0.minVersion <= number }.map(\.1.value.end)
      return Version(number: number, size: Self.align(ends.max() ?? 8, 8))
    }
  }

  private mutating func place(size: Int, alignment: Int, isBit: Bool) -> Slot {
    func after(_ left: Slot) -> Slot {
      if isBit, left.isBit, left.bit < 7 {
        return Slot(offset: left.offset, bit: left.bit + 1, size: 1, isBit: true)
      }
      return Slot(offset: Self.align(left.end, alignment), size: size, isBit: isBit)
    }
    guard let last = occupied.last else {
      occupied.append(Slot(offset: 8, size: size, isBit: isBit))
      return occupied[0]
    }
    for index in occupied.indices.dropLast() {
      let candidate = after(occupied[index])
      if candidate.end <= occupied[index + 1].offset {
        occupied.insert(candidate, at: index + 1)
        return candidate
      }
    }
    occupied.append(after(last))
    return after(last)
  }

  private static func align(_ offset: Int, _ alignment: Int) -> Int {
    (offset + alignment - 1) / alignment * alignment
  }
}

extension TypeModel {
  /// Whether null needs a flag of its own.
  package var isScalar: Bool {
    switch kind {
    case .bool, .number, .enumeration: true
    default: false
    }
  }

  /// Bytes and alignment in a struct.
  package var inlineSize: (size: Int, alignment: Int) {
    switch kind {
    case .bool: (1, 1)
    case .number(let kind): (kind.size, kind.size)
    case .enumeration, .handle: (4, 4)
    case .pending(let kind, _): kind.isRemote ? (8, 4) : (4, 4)
    case .union: (16, 8)
    case .string, .array, .map, .structure, .unknown: (8, 8)
    }
  }
}
