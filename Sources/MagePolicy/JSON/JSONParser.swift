extension JSONValue {
  /// Why a text is no JSON value, and where.
  public struct Malformed: Error, Equatable, Sendable {
    public let message: String
    /// Bytes before the mistake.
    public let offset: Int
  }

  /// Reads a JSON text. Members of one object may not share a name, and nothing may nest deeper than 64.
  public static func parse(_ text: String) throws(Malformed) -> JSONValue {
    var parser = JSONParser(bytes: Array(text.utf8))
    return try parser.document()
  }
}

/// Reads JSON front to back. Invariant: `index` is at most `bytes.count`.
private struct JSONParser {
  let bytes: [UInt8]
  private var index = 0

  private static let maxDepth = 64

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONValue.Malformed) -> JSONValue {
    let value = try value(depth: 0)
    skipBlanks()
    guard index == bytes.count else { throw wrong("something follows the value") }
    return value
  }

  private func wrong(_ message: String) -> JSONValue.Malformed {
    JSONValue.Malformed(message: message, offset: index)
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipBlanks() {
    while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard let byte = current, byte == character.asciiValue else { return false }
    index += 1
    return true
  }

  private mutating func take(word: String) -> Bool {
    guard bytes[index...].starts(with: word.utf8) else { return false }
    index += word.utf8.count
    return true
  }

  private mutating func value(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
    guard depth < Self.maxDepth else { throw wrong("nested too deep") }
    if take("{") { return try object(depth: depth) }
    if take("[") { return try array(depth: depth) }
    if take("\"") { return .string(try string()) }
    if take(word: "null") { return .null }
    if take(word: "true") { return .bool(true) }
    if take(word: "false") { return .bool(false) }
    return try number()
  }

  private mutating func object(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    var seen: Set<String> = []
    if take("}") { return .object(members) }
    repeat {
      guard take("\"") else { throw wrong("expected a name") }
      let key = try string()
      guard seen.insert(key).inserted else { throw wrong("'\(key)' is given twice") }
      guard take(":") else { throw wrong("expected ':'") }
      members.append((key, try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw wrong("expected ',' or '}'") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
    var values: [JSONValue] = []
    if take("]") { return .array(values) }
    repeat { values.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw wrong("expected ',' or ']'") }
    return .array(values)
  }

  /// After the opening quote.
  private mutating func string() throws(JSONValue.Malformed) -> String {
    var text: [UInt8] = []
    while let byte = current, byte >= 0x20 {
      index += 1
      if byte == 0x22 {
        guard let string = String(validating: text, as: UTF8.self) else {
          throw wrong("a string that is not UTF-8")
        }
        return string
      }
      if byte == 0x5C { text += Array(String(try escape()).utf8) } else { text.append(byte) }
    }
    throw wrong("a string without an end")
  }

  private mutating func escape() throws(JSONValue.Malformed) -> Character {
    guard let byte = current else { throw wrong("a string without an end") }
    index += 1
    switch byte {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x2F: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75: return Character(try unicodeEscape())
    default: throw wrong("unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONValue.Malformed) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
    guard take(word: "\\u") else { throw wrong("half a surrogate pair") }
    let second = try codeUnit()
    guard (0xD800..<0xDC00).contains(first), (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(
        0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
    else { throw wrong("half a surrogate pair") }
    return scalar
  }

  private mutating func codeUnit() throws(JSONValue.Malformed) -> UInt16 {
    let digits = bytes[index...].prefix(4)
    guard digits.count == 4, let text = String(validating: digits, as: UTF8.self),
      text.unicodeScalars.allSatisfy(\.isHexadecimal), let unit = UInt16(text, radix: 16)
    else { throw wrong("expected four hexadecimal digits") }
    index += 4
    return unit
  }

  private mutating func number() throws(JSONValue.Malformed) -> JSONValue {
    let letters: Set<UInt8> = Set("+-.0123456789eE".utf8)
    let end = bytes[index...].firstIndex { !letters.contains($0) } ?? bytes.count
    let text = String(decoding: bytes[index..<end], as: UTF8.self)
    let digits = text.drop { $0 == "-" }
    guard text.count - digits.count <= 1, let first = digits.first, first.isNumber,
      first != "0" || !(digits.dropFirst().first?.isNumber ?? false)
    else { throw wrong("expected a value") }
    index = end
    if let value = Int64(text) { return .integer(value) }
    if let value = UInt64(text) { return .unsigned(value) }
    guard let value = Double(text), value.isFinite else { throw wrong("not a number") }
    return .decimal(value)
  }
}
