/// A value and where it is written.
struct Located<Value> {
  var value: Value
  var position: SourcePosition
}

extension Located: Equatable where Value: Equatable {}
extension Located: Sendable where Value: Sendable {}

enum Token: Equatable {
  /// A name, keyword or key: a letter or `_`, then letters, digits and `_`, with `.` and `-` before a letter or digit.
  case word(String)
  /// A number with the letters that follow it at once: `64MiB` is 64 and `MiB`.
  case number(UInt64, unit: String)
  /// What stands between quotes, escapes resolved.
  case string(String)
  case symbol(Symbol)
  case end

  enum Symbol: String, CaseIterable {
    case open = "{"
    case close = "}"
    case left = "("
    case right = ")"
    case comma = ","
    case equal = "=="
    case unequal = "!="
    case assign = "="
    case or = "|"
    case and = "&"
    case range = ".."
    case per = "/"
    case minus = "-"
    case plus = "+"
    case question = "?"
    case colon = ":"
    case shift = "<<"
  }

  /// As messages name it.
  var description: String {
    switch self {
    case .word(let word): "'\(word)'"
    case .number(let value, let unit): "'\(value)\(unit)'"
    case .string: "a string"
    case .symbol(let symbol): "'\(symbol.rawValue)'"
    case .end: "the end of the file"
    }
  }
}
