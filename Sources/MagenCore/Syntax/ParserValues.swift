extension Parser {
  mutating func attributes() throws(Abandoned) -> [Attribute] {
    var list: [Attribute] = []
    while take("[") {
      while !isSymbol("]") {
        let name = try name("the name of an attribute")
        list.append(Attribute(name: name, value: take("=") ? try rangeOrValue() : nil))
        guard take(",") else { break }
      }
      try expect("]", "or ',' after the attribute")
    }
    return list
  }

  private mutating func rangeOrValue() throws(Abandoned) -> ValueSyntax {
    let low = try value()
    guard token.kind == .range else { return low }
    advance()
    let high = try value()
    return ValueSyntax(kind: .range(low, high), span: low.span.through(high.span))
  }

  mutating func value() throws(Abandoned) -> ValueSyntax {
    let start = token.span
    let isNegative = take("-")
    if isNegative || take("+") {
      guard token.kind == .integer || token.kind == .float else {
        throw abandon("expected a number after the sign\(found)", at: token.span)
      }
    }
    let kind = try plainValue(isNegative)
    return ValueSyntax(kind: kind, span: start.through(lastEnd))
  }

  private mutating func plainValue(_ isNegative: Bool) throws(Abandoned) -> ValueSyntax.Kind {
    switch token.kind {
    case .integer:
      guard let value = integer() else {
        throw abandon("the number does not fit 64 bits", at: token.span)
      }
      advance()
      return .integer(isNegative ? -value : value)
    case .float:
      guard let value = Double(source.text(token.span)), value.isFinite else {
        throw abandon("the number does not fit a double", at: token.span)
      }
      advance()
      return .double(isNegative ? -value : value)
    case .string: return .string(try string())
    case .name: return .path(try path("a value"))
    default: throw abandon("expected a value\(found)", at: token.span)
    }
  }

  /// The token's number, if 64 bits hold it.
  func integer() -> Int128? {
    var digits = source.bytes[token.span.range]
    var radix: Int128 = 10
    if digits.count > 2, digits.dropFirst().first.map({ $0 | 0x20 }) == UInt8(ascii: "x") {
      digits = digits.dropFirst(2)
      radix = 16
    }
    var value: Int128 = 0
    for digit in digits {
      let number = Int128(digit.isDigit ? digit &- 48 : (digit | 0x20) &- 87)
      guard number >= 0, number < radix else { return nil }
      value = value * radix + number
      guard value <= Int128(UInt64.max) else { return nil }
    }
    return digits.isEmpty ? nil : value
  }

  /// The token's text without quotes; `\` stands for the character behind it.
  mutating func string() throws(Abandoned) -> String {
    let span = token.span
    guard span.end - span.start >= 2, span.end - span.start <= 4_096 else {
      throw abandon("the string is longer than 4096 bytes or not closed", at: span)
    }
    var text: [UInt8] = []
    var isEscaped = false
    for byte in source.bytes[(span.start + 1)..<(span.end - 1)] {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
        continue
      }
      text.append(isEscaped && byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
      isEscaped = false
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw abandon("the string is not UTF-8", at: span)
    }
    advance()
    return string
  }
}
