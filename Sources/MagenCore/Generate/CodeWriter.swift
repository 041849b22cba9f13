/// Writes lines of Swift as its formatter would: two columns for a level, at most a hundred in a line.
struct CodeWriter {
  static let width = 100

  private(set) var text = ""
  private var depth = 0

  private var indentation: String { String(repeating: "  ", count: depth) }

  mutating func line(_ line: String = "") {
    if !line.isEmpty { text += indentation + line }
    text += "\n"
  }

  mutating func indent(_ body: (inout CodeWriter) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  /// `head {`, the body, `}`
  mutating func block(_ head: String, _ body: (inout CodeWriter) -> Void) {
    line(head + " {")
    indent(body)
    line("}")
  }

  func fits(_ line: String) -> Bool {
    depth * 2 + line.unicodeScalars.count <= Self.width
  }

  /// `head(item, item) tail`, divided where it is too long for a line.
  ///
  /// - Parameter isDeclaration: declarations close their list on a line of its own.
  mutating func list(
    _ head: String, _ items: [String], _ tail: String, isDeclaration: Bool = false
  ) {
    let whole = head + items.joined(separator: ", ") + tail
    guard !fits(whole), !items.isEmpty else { return line(whole) }
    line(head)
    depth += 1
    // A collection's last line ends with a comma, as swift-format has it, and a list of parameters does not.
    fill(items, tail: isDeclaration ? (tail.hasPrefix("]") ? "," : "") : tail)
    depth -= 1
    if isDeclaration { line(tail) }
  }

  /// As many items on each line as there is room for.
  private mutating func fill(_ items: [String], tail: String) {
    var row = ""
    for (index, item) in items.enumerated() {
      let isLast = index == items.count - 1
      let piece = item + (isLast ? tail : ",")
      if row.isEmpty {
        row = piece
      } else if fits(row + " " + piece) {
        row += " " + piece
      } else {
        line(row)
        row = piece
      }
    }
    line(row)
  }

  /// Documentation, a line each.
  mutating func documentation(_ lines: [String]) {
    for text in lines { line(text.isEmpty ? "///" : "/// " + text) }
  }
}

/// A call, to be written where there is room for it.
struct CallExpression {
  struct Closure {
    var label: String?
    /// `(message, element) throws(Malformed) in`
    var head: String
    var body: CallExpression
  }

  /// With what stands in front: `try message.string`
  var function: String
  var arguments: [String]
  var closures: [Closure] = []

  /// On one line; for calls without closures.
  var flat: String { "\(function)(\(arguments.joined(separator: ", ")))" }
}

extension CodeWriter {
  /// `prefix call suffix`
  mutating func call(_ prefix: String, _ call: CallExpression, _ suffix: String = "") {
    if call.closures.isEmpty {
      return list("\(prefix)\(call.function)(", call.arguments, ")" + suffix)
    }
    if let closure = call.closures.first, closure.label == nil {
      return trailing(prefix, call, closure, suffix)
    }
    line("\(prefix)\(call.function)(")
    indent { writer in
      writer.line(call.arguments.joined(separator: ", ") + ",")
      for (index, closure) in call.closures.enumerated() {
        let isLast = index == call.closures.count - 1
        writer.line("\(closure.label ?? "_"): { \(closure.head)")
        writer.indent { $0.call("", closure.body) }
        writer.line(isLast ? "})" + suffix : "},")
      }
    }
  }

  private mutating func trailing(
    _ prefix: String, _ call: CallExpression, _ closure: CallExpression.Closure, _ suffix: String
  ) {
    let head = prefix + call.flat + " {"
    if fits("\(head) \(closure.head)") {
      line("\(head) \(closure.head)")
      indent { $0.call("", closure.body) }
    } else if fits(head) {
      line(head)
      indent { writer in
        writer.line(closure.head)
        writer.call("", closure.body)
      }
    } else {
      line("\(prefix)\(call.function)(")
      indent { writer in
        writer.line(call.arguments.joined(separator: ", "))
      }
      line(") { \(closure.head)")
      indent { $0.call("", closure.body) }
    }
    line("}" + suffix)
  }
}
