extension PolicyJSONReader {
  private static let maxDepth = 60

  static func rule(_ json: JSONValue) throws(Mistake) -> String {
    let rule = try JSONMembers(
      json, "a rule", keys: ["action", "result", "call", "when", "because", "line"])
    let call = try rule.word("call")
    let head: String
    let reason = try rule.optionalString("because")
    switch try rule.string("action") {
    case "allow", "once": head = "allow \(reason == nil ? "" : "dangerous ")\(call)"
    case "deny": head = "deny \(call)"
    case "broker": head = "broker \(call)"
    case "errno": head = "errno \(try rule.word("result")) { \(call) }"
    case "fake": head = "fake \(call) = \(try rule.integer("result"))"
    case let action: throw Mistake(message: "unknown action '\(action)'")
    }
    let when = try rule["when"].map { (json) throws(Mistake) in
      " when \(try condition(json, depth: 0))"
    }
    let because = reason.map { " because \(PolicyPrinter.quoted($0))" } ?? ""
    let once = try rule.string("action") == "once" ? " once" : ""
    return head + (when ?? "") + once + because
  }

  private static func condition(_ json: JSONValue, depth: Int) throws(Mistake) -> String {
    guard depth < maxDepth else { throw Mistake(message: "a condition nested too deep") }
    let all = try JSONMembers(
      json, "a condition",
      keys: ["not", "and", "or", "argument", "mask", "equals", "differs", "has", "in"])
    if let inner = all["not"] { return "not (\(try condition(inner, depth: depth + 1)))" }
    for word in ["and", "or"] where all.has(word) {
      let sides = try all.array(word).map { (side) throws(Mistake) in
        "(\(try condition(side, depth: depth + 1)))"
      }
      guard sides.count == 2 else { throw Mistake(message: "'\(word)' has two sides") }
      return sides.joined(separator: " \(word) ")
    }
    return try comparison(all)
  }

  private static func comparison(_ json: JSONMembers) throws(Mistake) -> String {
    let mask = try json["mask"].map { (mask) throws(Mistake) in " & \(try value(mask))" } ?? ""
    let left = try json.word("argument") + mask
    for (key, word) in [("equals", "=="), ("differs", "!="), ("has", "has")] {
      if let right = json[key] { return "\(left) \(word) \(try value(right))" }
    }
    let values = try json.array("in").map(value)
    return "\(left) in { \(values.joined(separator: ", ")) }"
  }

  /// A number or names joined by `|`.
  private static func value(_ json: JSONValue) throws(Mistake) -> String {
    switch json {
    case .integer(let value): return "\(value)"
    case .unsigned(let value): return "\(value)"
    case .string(let text):
      for term in text.split(separator: "|", omittingEmptySubsequences: false) {
        _ = try JSONMembers.checked(String(term))
      }
      return text
    default: throw Mistake(message: "a value is a number or a constant")
    }
  }
}

/// The members of an object, none of them unknown.
struct JSONMembers {
  typealias Mistake = PolicyJSONReader.Mistake

  private let json: JSONValue
  private let name: String

  init(_ json: JSONValue, _ name: String, keys: [String]) throws(Mistake) {
    guard case .object(let members) = json else { throw Mistake(message: "\(name) is an object") }
    for (key, _) in members where !keys.contains(key) {
      let suggestion = Spelling.nearest(to: key, among: keys)
      throw Mistake(
        message: "unknown key '\(key)' in \(name)"
          + (suggestion.map { " (did you mean '\($0)'?)" } ?? ""))
    }
    self.json = json
    self.name = name
  }

  subscript(_ key: String) -> JSONValue? { json[key] }

  func has(_ key: String) -> Bool { json[key] != nil }

  private func wrong(_ key: String, _ kind: String) -> Mistake {
    Mistake(message: "'\(key)' of \(name) is \(kind)")
  }

  func string(_ key: String) throws(Mistake) -> String {
    guard case .string(let text)? = json[key] else { throw wrong(key, "a string") }
    return text
  }

  func optionalString(_ key: String) throws(Mistake) -> String? {
    has(key) ? try string(key) : nil
  }

  /// A string of letters, digits and what names are joined by: it stays one token of the language.
  func word(_ key: String) throws(Mistake) -> String { try Self.checked(try string(key)) }

  static func checked(_ text: String) throws(Mistake) -> String {
    let joints = "-.".unicodeScalars
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isLetter || $0.isDigit || joints.contains($0)
    }
    guard isPlain, !text.isEmpty else { throw Mistake(message: "'\(text)' is no name") }
    return text
  }

  func integer(_ key: String) throws(Mistake) -> Int64 {
    guard case .integer(let value)? = json[key] else { throw wrong(key, "a whole number") }
    return value
  }

  func number(_ key: String) throws(Mistake) -> UInt64 {
    switch json[key] {
    case .integer(let value)? where value >= 0: return UInt64(value)
    case .unsigned(let value)?: return value
    default: throw wrong(key, "a whole number, not negative")
    }
  }

  func bool(_ key: String) throws(Mistake) -> Bool {
    guard case .bool(let value)? = json[key] else { throw wrong(key, "true or false") }
    return value
  }

  func array(_ key: String) throws(Mistake) -> [JSONValue] {
    guard case .array(let values)? = json[key] else { throw wrong(key, "a list") }
    return values
  }

  func strings(_ key: String) throws(Mistake) -> [String] {
    try array(key).map { (value) throws(Mistake) in
      guard case .string(let text) = value else { throw wrong(key, "a list of strings") }
      return text
    }
  }

  func members(_ key: String, keys: [String]) throws(Mistake) -> JSONMembers {
    guard let value = json[key] else { throw wrong(key, "an object") }
    return try JSONMembers(value, key, keys: keys)
  }
}
