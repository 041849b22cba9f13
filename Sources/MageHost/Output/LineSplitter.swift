/// Cuts what a worker writes into lines, holding no more of it than one line may have.
struct LineSplitter {
  struct Line: Equatable {
    var bytes: [UInt8]
    var isTruncated: Bool
    /// Not counting what this line lost.
    var lost: Int
  }

  private let longest: Int
  private var line: [UInt8] = []
  /// Bytes of the current line that were too many.
  private var lost = 0

  init(longest: Int) { self.longest = longest }

  /// Takes more bytes, and gives each line that they complete.
  mutating func feed(_ bytes: some Sequence<UInt8>, _ emit: (Line) -> Void) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        if let line = take() {
          emit(line)
        } else {
          emit(Line(bytes: [], isTruncated: false, lost: 0))
        }
      } else if line.count < longest {
        line.append(byte)
      } else {
        lost &+= 1
      }
    }
  }

  /// What was written since the last newline; `nil` when nothing was.
  mutating func take() -> Line? {
    guard !line.isEmpty || lost > 0 else { return nil }
    defer {
      line.removeAll(keepingCapacity: true)
      lost = 0
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return Line(bytes: line, isTruncated: lost > 0, lost: lost)
  }
}

/// Makes text of bytes that nobody trusts.
public enum Printable {
  /// The same of a value's description, which may hold what a worker chose.
  public static func text(_ value: some CustomStringConvertible) -> String {
    text(bytes: Array(value.description.utf8))
  }

  /// Repairs what is no UTF-8, and escapes what a terminal obeys, what ends a line, and what is not seen or reorders text around it.
  public static func text(bytes: [UInt8]) -> String {
    var text = ""
    text.reserveCapacity(bytes.count)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if isPrintable(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        text += scalar == "\t" ? "\\t" : "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return text
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      return false
    default: return true
    }
  }
}
