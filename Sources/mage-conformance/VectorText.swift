/// A message as the text of a vector describes it.
///
/// Items stand between blanks; `//` begins a comment. An item is `[type]value`, a bare number is `[u1]`:
///
///     [u4]16 [s8]-0x800 [b]00000101 [f]+.3e9 7     numbers, least byte first
///     [dist4]name … [anchr]name                    how far it is from here to there
///     [handles]2                                   what travels beside the bytes; comes before all of them
///     [array]70000                                 an array of so many bytes, zeros, that does so too, behind the handles
///     [zeros]70000                                 so many bytes, in own vectors
struct VectorText {
  private(set) var bytes: [UInt8] = []
  private(set) var handles = 0
  /// Sizes of the arrays beside the bytes.
  private(set) var arrays: [Int] = []
  private var distances: [String: (position: Int, size: Int)] = [:]
  private var anchors: Set<String> = []

  /// What is wrong with a text.
  struct Mistake: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  /// Reads a whole text.
  static func parse(_ text: [UInt8]) throws(Mistake) -> VectorText {
    var vector = VectorText()
    for item in try items(text) { try vector.add(item) }
    if let name = vector.distances.keys.min() { throw Mistake("no-anchor:\(name)") }
    return vector
  }

  // MARK: Items

  private static func items(_ text: [UInt8]) throws(Mistake) -> [String] {
    var items: [String] = []
    for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let code = try withoutComment(line)
      let words = code.split { $0 == 0x20 || $0 == 0x09 }
      items += words.map { String(decoding: $0, as: UTF8.self) }
    }
    return items
  }

  private static func withoutComment(
    _ line: ArraySlice<UInt8>
  ) throws(Mistake) -> ArraySlice<UInt8> {
    let slash = UInt8(ascii: "/")
    guard let first = line.firstIndex(of: slash) else { return line }
    guard line.index(after: first) < line.endIndex, line[first + 1] == slash else {
      throw Mistake("stray-slash")
    }
    return line[..<first]
  }

  private mutating func add(_ item: String) throws(Mistake) {
    let (type, value) = try Self.divided(item)
    switch type {
    case "u1": append(try Self.unsigned(value, bits: 8), count: 1)
    case "u2": append(try Self.unsigned(value, bits: 16), count: 2)
    case "u4": append(try Self.unsigned(value, bits: 32), count: 4)
    case "u8": append(try Self.unsigned(value, bits: 64), count: 8)
    case "s1": append(try Self.signed(value, bits: 8), count: 1)
    case "s2": append(try Self.signed(value, bits: 16), count: 2)
    case "s4": append(try Self.signed(value, bits: 32), count: 4)
    case "s8": append(try Self.signed(value, bits: 64), count: 8)
    case "b": append(try Self.bits(value), count: 1)
    case "f": append(UInt64(try Self.float(value).bitPattern), count: 4)
    case "d": append(try Self.double(value).bitPattern, count: 8)
    case "dist4": try distance(to: value, size: 4)
    case "dist8": try distance(to: value, size: 8)
    case "anchr": try anchor(value)
    case "handles": try setHandles(value)
    case "array": try addArray(value)
    case "zeros": bytes += [UInt8](repeating: 0, count: try Self.count(value, limit: 1 << 20))
    default: throw Mistake("unknown-type:\(type)")
    }
  }

  private static func divided(_ item: String) throws(Mistake) -> (type: String, value: String) {
    guard item.hasPrefix("[") else { return ("u1", item) }
    guard let end = item.firstIndex(of: "]") else { throw Mistake("no-bracket:\(item)") }
    return (
      String(item[item.index(after: item.startIndex)..<end]),
      String(item[item.index(after: end)...])
    )
  }

  private mutating func append(_ bits: UInt64, count: Int) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(index * 8))) }
  }

  // MARK: Numbers

  private static func magnitude(_ text: Substring) -> UInt64? {
    let digits = text.utf8
    if text.hasPrefix("0x") || text.hasPrefix("0X") {
      guard digits.dropFirst(2).first.map({ $0 != 0x2B && $0 != 0x2D }) ?? false else { return nil }
      return UInt64(text.dropFirst(2), radix: 16)
    }
    guard let first = digits.first, (0x30...0x39).contains(first) else { return nil }
    guard first != 0x30 || digits.count == 1 else { return nil }
    return UInt64(text)
  }

  private static func unsigned(_ text: String, bits: UInt64) throws(Mistake) -> UInt64 {
    guard let value = magnitude(text[...]), bits == 64 || value >> bits == 0 else {
      throw Mistake("number:\(text)")
    }
    return value
  }

  private static func signed(_ text: String, bits: UInt64) throws(Mistake) -> UInt64 {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
    let limit = UInt64(1) << (bits - 1)
    guard let value = magnitude(digits), isNegative ? value <= limit : value < limit else {
      throw Mistake("number:\(text)")
    }
    return isNegative ? 0 &- value : value
  }

  private static func bits(_ text: String) throws(Mistake) -> UInt64 {
    guard text.utf8.count == 8, text.utf8.allSatisfy({ $0 == 0x30 || $0 == 0x31 }),
      let value = UInt64(text, radix: 2)
    else { throw Mistake("bits:\(text)") }
    return value
  }

  private static func float(_ text: String) throws(Mistake) -> Float {
    guard let value = Float(text) else { throw Mistake("number:\(text)") }
    return value
  }

  private static func double(_ text: String) throws(Mistake) -> Double {
    guard let value = Double(text) else { throw Mistake("number:\(text)") }
    return value
  }

  // MARK: Distances and handles

  private static func expectName(_ name: String) throws(Mistake) {
    let isName = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
        || (0x41...0x5A).contains(byte & 0xDF)
    }
    guard isName, !name.isEmpty else { throw Mistake("name:\(name)") }
  }

  private mutating func distance(to name: String, size: Int) throws(Mistake) {
    try Self.expectName(name)
    guard distances[name] == nil, !anchors.contains(name) else { throw Mistake("twice:\(name)") }
    distances[name] = (bytes.count, size)
    append(0, count: size)
  }

  private mutating func anchor(_ name: String) throws(Mistake) {
    try Self.expectName(name)
    guard anchors.insert(name).inserted else { throw Mistake("twice:\(name)") }
    guard let (position, size) = distances.removeValue(forKey: name) else {
      throw Mistake("no-distance:\(name)")
    }
    let distance = UInt64(bytes.count - position)
    guard size == 8 || distance <= UInt64(UInt32.max) else { throw Mistake("too-far:\(name)") }
    for index in 0..<size {
      bytes[position + index] = UInt8(truncatingIfNeeded: distance >> UInt64(index * 8))
    }
  }

  private mutating func setHandles(_ text: String) throws(Mistake) {
    guard bytes.isEmpty, handles == 0, arrays.isEmpty, distances.isEmpty else {
      throw Mistake("late-handles")
    }
    handles = try Self.count(text, limit: 65_536)
  }

  private mutating func addArray(_ text: String) throws(Mistake) {
    guard bytes.isEmpty, distances.isEmpty else { throw Mistake("late-array") }
    arrays.append(try Self.count(text, limit: 1 << 20))
  }

  private static func count(_ text: String, limit: UInt64) throws(Mistake) -> Int {
    guard let count = magnitude(text[...]), count <= limit else { throw Mistake("number:\(text)") }
    return Int(count)
  }
}
