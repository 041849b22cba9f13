/// Turns names of interface files into names that Swift code would give.
enum SwiftNames {
  /// `max_side`, `MaxSide`, `kMaxSide`, `MAX_SIDE` → `maxSide`
  static func member(_ name: String) -> String {
    var words = words(of: name)
    if words.count > 1, words[0] == "k" { words.removeFirst() }
    guard let first = words.first else { return escaped(name) }
    let rest = words.dropFirst().map(capitalised)
    return escaped(legal(first.lowercased() + rest.joined(), instead: name))
  }

  /// `thumbnail_size` → `ThumbnailSize`; a name that begins with a capital stays as it is.
  static func type(_ name: String) -> String {
    guard let first = name.utf8.first, first & 0x20 != 0 || name.contains("_") else {
      return legalType(name)
    }
    return legalType(legal(words(of: name).map(capitalised).joined(), instead: name))
  }

  /// Names of types that generated code and Swift itself need.
  private static func legalType(_ name: String) -> String {
    reservedTypes.contains(name) ? name + "Value" : name
  }

  private static let reservedTypes: Set<String> = [
    "Type", "Protocol", "Self", "Any", "Service", "Proxy", "Array", "Dictionary", "Optional",
    "Bool",
    "String", "Int", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64",
    "Float",
    "Double", "Result", "Error", "Sendable", "Equatable", "Hashable", "RawRepresentable",
    "Interface",
    "Method", "OneWay", "Handlers", "Remote", "Receiver", "Endpoint", "WireStruct", "WireUnion",
    "Malformed", "UntrustedBytes", "MessageDecoder", "MessageEncoder", "StructView", "Attachment",
    "Empty",
    "CallError",
    "Duration", "MethodRule", "PendingRemote", "PendingReceiver", "MessagePipeEnd",
    "WireInterface", "MethodMessages",
  ]

  private static func capitalised(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  /// A name cannot begin with a digit, nor be nothing but underscores.
  private static func legal(_ made: String, instead name: String) -> String {
    guard let first = made.utf8.first else { return name == "_" ? "underscore" : name }
    return first.isDigit ? "_" + made : made
  }

  /// Where a capital, a digit's end or an underscore begins a word. Words that are all capitals come out in lower case.
  static func words(of name: String) -> [String] {
    var words: [String] = []
    for part in name.split(separator: "_") {
      let bytes = Array(part.utf8)
      var start = 0
      for index in bytes.indices.dropFirst() where isBoundary(bytes, index) {
        words.append(String(decoding: bytes[start..<index], as: UTF8.self))
        start = index
      }
      words.append(String(decoding: bytes[start...], as: UTF8.self))
    }
    let isShouting = !name.utf8.contains { $0 & 0x20 != 0 && $0 > 0x60 }
    return isShouting ? words.map { $0.lowercased() } : words
  }

  private static func isBoundary(_ bytes: [UInt8], _ index: Int) -> Bool {
    func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    guard isCapital(bytes[index]) else { return false }
    guard isCapital(bytes[index - 1]) else { return true }
    // `PNGFile`: the F begins a word.
    return index + 1 < bytes.count && bytes[index + 1] & 0x20 != 0 && !bytes[index + 1].isDigit
  }

  private static func escaped(_ name: String) -> String {
    if name == "self" || name == "init" { return name + "Value" }
    return keywords.contains(name) ? "`\(name)`" : name
  }

  private static let keywords: Set<String> = [
    "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import",
    "init", "inout", "internal", "let", "open", "operator", "private", "precedencegroup",
    "protocol",
    "public", "rethrows", "static", "struct", "subscript", "typealias", "var", "break", "case",
    "catch", "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if",
    "in", "repeat", "return", "throw", "switch", "where", "while", "as", "false", "is", "nil",
    "self", "super", "throws", "true", "try",
  ]
}
