/// A table as text, sorted by the first word of each line, that is searched where it lies: a command that starts reads and builds
/// nothing.
struct SortedLines: Sendable {
  private let text: String

  /// - Parameter text: lines sorted by their bytes; words are separated by one space.
  init(_ text: String) { self.text = text }

  /// The words after `key` on its line; `nil` when there is no such line.
  func words(of key: String) -> [Substring]? {
    rest(of: key)?.split(separator: " ")
  }

  /// The number after `key`.
  func number(of key: String) -> Int64? {
    rest(of: key).flatMap { Int64($0) }
  }

  /// The first key that has this number.
  func key(of number: Int64) -> String? {
    let wanted = Array(" \(number)".utf8)
    for line in text.utf8.split(separator: Self.newline)
    where line.suffix(wanted.count).elementsEqual(wanted) {
      return String(Substring(line.dropLast(wanted.count)))
    }
    return nil
  }

  /// The first words, in the order of the lines.
  var keys: [String] {
    text.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
  }

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")

  private func rest(of key: String) -> String? {
    let bytes = text.utf8.span
    let wanted = key.utf8.span
    var (low, high) = (0, bytes.count)
    while low < high {
      // The line that holds the middle.
      let middle = low + (high - low) / 2
      var (start, end) = (middle, middle)
      while start > low, bytes[start - 1] != Self.newline { start -= 1 }
      while end < high, bytes[end] != Self.newline { end += 1 }
      let line = bytes.extracting(start..<end)
      switch Self.order(of: line, against: wanted) {
      case .same: return Self.text(line.extracting(droppingFirst: wanted.count + 1))
      case .before: low = min(end + 1, high)
      case .after: high = start
      }
    }
    return nil
  }

  private enum Order { case before, same, after }

  /// How the first word of a line stands to `key`.
  private static func order(of line: Span<UInt8>, against key: Span<UInt8>) -> Order {
    for index in line.indices {
      guard line[index] != space else { return index == key.count ? .same : .before }
      guard index < key.count else { return .after }
      guard line[index] == key[index] else { return line[index] < key[index] ? .before : .after }
    }
    return line.count == key.count ? .same : .before
  }

  private static func text(_ bytes: Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }
}

extension SortedLines {
  /// `NAME VALUE` lines in any order, for tables of which a whole run needs most entries.
  static func numbers(_ text: String) -> [String: Int32] {
    var result: [String: Int32] = [:]
    result.reserveCapacity(512)
    var name: [UInt8] = []
    var value: Int32?
    // The last line has no end of its own.
    for byte in [Array(text.utf8), [newline]].joined() {
      switch byte {
      case newline:
        result[String(decoding: name, as: UTF8.self)] = value
        (name, value) = ([], nil)
      case space: value = 0
      default:
        if let known = value {
          value = known &* 10 &+ Int32(byte &- UInt8(ascii: "0"))
        } else {
          name.append(byte)
        }
      }
    }
    return result
  }
}
