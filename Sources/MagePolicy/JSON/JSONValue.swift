/// A JSON value (RFC 8259), for policies and reports. Numbers are integers or, in reports, decimals.
public enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Above what ``integer(_:)`` holds.
  case unsigned(UInt64)
  case decimal(Double)
  case string(String)
  case array([JSONValue])
  /// Members in their order.
  case object([(key: String, value: JSONValue)])

  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.unsigned(let left), .unsigned(let right)): left == right
    case (.decimal(let left), .decimal(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count
        && zip(left, right).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// The member of an object.
  public subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// An integer, whichever case holds it.
  public static func number(_ value: UInt64) -> JSONValue {
    Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
  }

  /// Without the members that are `nil`.
  public static func members(_ members: [(key: String, value: JSONValue?)]) -> JSONValue {
    .object(members.compactMap { member in member.value.map { (member.key, $0) } })
  }
}

extension JSONValue: CustomStringConvertible {
  /// The text, on several lines.
  public var description: String { text(indent: "") }

  /// The text on one line.
  public var line: String {
    switch self {
    case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.key) + ":" + $0.value.line }.joined(separator: ",") + "}"
    default: scalar
    }
  }

  private func text(indent: String) -> String {
    let inner = indent + "  "
    func block(_ open: String, _ entries: [String], _ close: String) -> String {
      open + "\n" + entries.map { inner + $0 }.joined(separator: ",\n") + "\n" + indent + close
    }
    return switch self {
    case .array(let values) where !values.isEmpty:
      block("[", values.map { $0.text(indent: inner) }, "]")
    case .object(let members) where !members.isEmpty:
      block("{", members.map { Self.quoted($0.key) + ": " + $0.value.text(indent: inner) }, "}")
    default: line
    }
  }

  private var scalar: String {
    switch self {
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .decimal(let value): value.isFinite ? "\(value)" : "null"
    case .string(let text): Self.quoted(text)
    case .null, .array, .object: "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
