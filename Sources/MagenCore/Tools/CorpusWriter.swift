/// Encodes made-up values by the layouts of a program, without generated code: a second writer of the format, which checks the first.
struct CorpusWriter {
  enum Style {
    case least, some, random

    init(_ index: Int) { self = index == 0 ? .least : index == 1 ? .some : .random }
  }

  /// Structs of structs of large arrays grow beyond this; such a message is left out.
  private static let mostBytes = 1 << 20

  enum Header { case oneWay, request, reply }

  /// A type that has no value, such as an enum without members, or none of a size that a message has.
  struct Impossible: Error {}

  private let program: Program
  private let style: Style
  private var state: UInt64
  private var depth = 0
  private(set) var bytes: [UInt8] = []
  private(set) var handles = 0

  init(_ program: Program, style: Style, seed: UInt64) {
    self.program = program
    self.style = style
    state = seed
  }

  /// SplitMix64: small, and the same everywhere.
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  private mutating func chance(_ limit: Int) -> Int {
    limit <= 0 ? 0 : Int(next() % UInt64(limit))
  }

  /// Values get smaller as they get deeper, and end.
  private mutating func isPresent() -> Bool {
    switch style {
    case .least: false
    case .some: depth < 4
    case .random: depth < 6 && chance(3) > 0
    }
  }

  // MARK: Bytes

  private mutating func put(_ value: UInt64, size: Int, at position: Int) {
    for index in 0..<size {
      bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
  }

  private mutating func reserve(_ count: Int) -> Int {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count))
    return start
  }

  private mutating func pointToEnd(_ position: Int) {
    put(UInt64(bytes.count - position), size: 8, at: position)
  }

  private mutating func pad() { _ = reserve((8 - bytes.count % 8) % 8) }

  mutating func header(_ header: Header, _ ordinal: UInt32) {
    let size = header == .oneWay ? 24 : 32
    _ = reserve(size)
    put(UInt64(size), size: 4, at: 0)
    put(header == .oneWay ? 0 : 1, size: 4, at: 4)
    put(UInt64(ordinal), size: 4, at: 12)
    put(header == .request ? 1 : header == .reply ? 2 : 0, size: 4, at: 16)
    if header != .oneWay { put(1, size: 8, at: 24) }
  }

  // MARK: Objects

  mutating func structure(_ fields: [FieldModel]) throws(Impossible) {
    depth += 1
    defer { depth -= 1 }
    guard depth < 32, bytes.count < Self.mostBytes else { throw Impossible() }
    let layout = Layout(fields)
    let base = reserve(layout.size)
    put(UInt64(layout.size), size: 4, at: base)
    put(UInt64(layout.versions.last?.number ?? 0), size: 4, at: base + 4)
    for (field, place) in zip(fields, layout.places) {
      if let flag = place.flag {
        guard isPresent() else { continue }
        bytes[base + flag.offset] |= 1 << UInt8(flag.bit)
      }
      try value(field.type, at: base + place.value.offset, bit: place.value.bit)
    }
  }

  /// A reply that is a value or an error.
  mutating func result(_ members: [FieldModel]) throws(Impossible) {
    let base = reserve(24)
    put(24, size: 4, at: base)
    try union(members, at: base + 8)
  }

  private mutating func union(_ members: [FieldModel], at position: Int) throws(Impossible) {
    depth += 1
    defer { depth -= 1 }
    guard depth < 32, bytes.count < Self.mostBytes else { throw Impossible() }
    // Deep down one that ends is taken.
    let shallow = members.filter {
      $0.type.isNullable || $0.type.isScalar || $0.type.kind == .string
    }
    let choice = isPresent() || shallow.isEmpty ? members : shallow
    let member = choice[style == .least ? 0 : chance(choice.count)]
    put(16, size: 4, at: position)
    put(UInt64(member.ordinal), size: 4, at: position + 4)
    if case .union(let index) = member.type.kind {
      if member.type.isNullable, !isPresent() { return }
      pointToEnd(position + 8)
      let object = reserve(16)
      try union(program.unions[index].fields, at: object)
    } else {
      try value(member.type, at: position + 8, bit: 0)
    }
  }

  /// A value in place, with the objects that it points to behind all that there is.
  private mutating func value(
    _ type: TypeModel, at position: Int, bit: Int
  ) throws(Impossible) {
    if type.isNullable, !type.isScalar, type.isAssociated || !isPresent() {
      if case .handle = type.kind { put(.max, size: 4, at: position) }
      if case .pending = type.kind { put(.max, size: 4, at: position) }
      return
    }
    switch type.kind {
    case .bool: bytes[position] |= (isPresent() ? 1 : 0) << UInt8(bit)
    case .number(let kind): put(number(kind, type.range), size: kind.size, at: position)
    case .enumeration(let index): put(try member(of: index), size: 4, at: position)
    // Only a header of a later version could say their ids.
    case .pending(let kind, _) where kind.isAssociated: throw Impossible()
    case .handle, .pending:
      put(UInt64(handles), size: 4, at: position)
      handles += 1
    case .union(let index): try union(program.unions[index].fields, at: position)
    case .structure(let index):
      pointToEnd(position)
      try structure(program.structures[index].fields)
    case .string: string(type, at: position)
    case .array(let element, let count):
      try array(element, count ?? elements(type), at: position)
    case .map(let key, let mapped): try map(type, key, mapped, at: position)
    case .unknown: throw Impossible()
    }
  }

  // MARK: Values

  private mutating func number(_ kind: NumberKind, _ range: NumberRange?) -> UInt64 {
    switch range {
    case .integers(let low, let high):
      let span = UInt64(clamping: high - low)
      let step = style == .least ? 0 : span == .max ? next() : next() % (span + 1)
      return UInt64(truncatingIfNeeded: low + Int128(step))
    case .doubles(let low, let high):
      let value =
        style == .least ? low : low + (high - low) * Double(next() >> 12) / Double(1 << 52)
      return pattern(value, kind)
    case nil:
      if style == .least { return 0 }
      if kind.isFloating { return pattern(Double(chance(1_000)) / 8, kind) }
      return next() & (kind.size == 8 ? .max : 1 << UInt64(kind.size * 8) - 1)
    }
  }

  private func pattern(_ value: Double, _ kind: NumberKind) -> UInt64 {
    kind == .float ? UInt64(Float(value).bitPattern) : value.bitPattern
  }

  private mutating func member(of index: Int) throws(Impossible) -> UInt64 {
    let enumeration = program.enumerations[index]
    guard let first = enumeration.members.first else {
      if enumeration.isExtensible { return 0 }
      throw Impossible()
    }
    let member = style == .least ? first : enumeration.members[chance(enumeration.members.count)]
    return UInt64(UInt32(bitPattern: member.value))
  }

  private mutating func elements(_ type: TypeModel) -> Int {
    guard isPresent() else { return 0 }
    let wanted = style == .some ? 2 : chance(depth < 3 ? 12 : 3)
    return min(wanted, type.maxLength ?? .max)
  }

  private mutating func object(_ count: Int, _ size: Int, at position: Int) -> Int {
    pointToEnd(position)
    let base = reserve(8 + size)
    put(UInt64(8 + size), size: 4, at: base)
    put(UInt64(count), size: 4, at: base + 4)
    pad()
    return base + 8
  }

  private mutating func string(_ type: TypeModel, at position: Int) {
    let letters = Array("mage £✓".utf8)
    let length = style == .least ? 0 : style == .some ? letters.count : chance(24)
    // Only whole characters: all are repeated, or only ASCII ones.
    let room = min(length, type.maxLength ?? .max)
    let text = room == letters.count ? letters : (0..<room).map { UInt8(97 + $0 % 26) }
    let base = object(text.count, text.count, at: position)
    bytes.replaceSubrange(base..<(base + text.count), with: text)
  }

  private mutating func array(
    _ element: TypeModel, _ count: Int, at position: Int
  ) throws(Impossible) {
    let stride = element.inlineSize.size
    let isBool = element.kind == .bool
    let bitmap = (count + 7) / 8
    let body = isBool ? bitmap : count * stride
    guard bytes.count + body < Self.mostBytes else { throw Impossible() }
    guard element.isNullable, element.isScalar else {
      let base = object(count, body, at: position)
      for index in 0..<count {
        let place = isBool ? base + index / 8 : base + index * stride
        try value(element, at: place, bit: index % 8)
      }
      return
    }
    let lead = count == 0 ? 0 : isBool ? bitmap : (bitmap + stride - 1) / stride * stride
    let base = object(count, lead + body, at: position)
    for index in 0..<count where isPresent() {
      bytes[base + index / 8] |= 1 << UInt8(index % 8)
      let place = isBool ? base + lead + index / 8 : base + lead + index * stride
      try value(element, at: place, bit: index % 8)
    }
  }

  /// At most one entry: keys by chance could be the same, and keys are not.
  private mutating func map(
    _ type: TypeModel, _ key: TypeModel, _ mapped: TypeModel, at position: Int
  ) throws(Impossible) {
    let count = min(elements(type), 1)
    pointToEnd(position)
    let base = reserve(24)
    put(24, size: 4, at: base)
    try array(key, count, at: base + 8)
    try array(mapped, count, at: base + 16)
  }
}

extension TypeModel {
  fileprivate var isAssociated: Bool {
    if case .pending(let kind, _) = kind { kind.isAssociated } else { false }
  }
}
