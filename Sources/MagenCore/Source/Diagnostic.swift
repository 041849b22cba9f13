/// Something to say about a place in a file.
package struct Diagnostic: Equatable, Sendable {
  package enum Severity: String, Sendable {
    case error, warning
  }

  package var severity: Severity
  package var span: Span
  package var message: String
  /// What to do about it.
  package var hint: String?

  package init(
    _ message: String, at span: Span, hint: String? = nil, severity: Severity = .error
  ) {
    self.severity = severity
    self.span = span
    self.message = message
    self.hint = hint
  }
}

/// Collects what is wrong, up to a number that a person reads.
package struct Diagnostics: Sendable {
  /// A file that is wrong throughout says no more after this many.
  static let most = 20

  package private(set) var list: [Diagnostic] = []
  /// How many more there were.
  package private(set) var left = 0
  private var errors = 0

  package var hasErrors: Bool { errors > 0 }
  var isFull: Bool { list.count >= Self.most }

  mutating func add(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { errors += 1 }
    // A mistake that makes another at the same place is one mistake.
    guard list.last?.span != diagnostic.span else { return }
    if isFull { left += 1 } else { list.append(diagnostic) }
  }

  mutating func error(_ message: String, at span: Span, hint: String? = nil) {
    add(Diagnostic(message, at: span, hint: hint))
  }
}

extension Diagnostic {
  /// `file:line:column: error: message`, the line, a caret below it, and the hint.
  package func rendered(in files: [SourceFile]) -> String {
    guard files.indices.contains(span.file) else { return "\(severity.rawValue): \(message)" }
    let file = files[span.file]
    let place = file.lineColumn(span.start)
    var text = "\(file.path):\(place.line):\(place.column): \(severity.rawValue): \(message)\n"
    text += SourceExcerpt(file, span).text
    if let hint { text += "  hint: \(hint)\n" }
    return text
  }
}

/// The line that a message is about, made fit for a terminal: neither longer than a screen nor with control characters.
private struct SourceExcerpt {
  /// Scalars of the line on either side of the caret.
  private static let before = 60
  private static let after = 60

  let text: String

  init(_ file: SourceFile, _ span: Span) {
    let line = file.line(around: span.start)
    let head = Self.shown(file.bytes[line.lowerBound..<min(span.start, line.upperBound)])
    // Enough bytes for what is shown, however long the line is.
    let rest = min(span.start, line.upperBound)..<min(line.upperBound, span.start + 4 * Self.after)
    let tail = Self.shown(file.bytes[rest])
    let start = head.count > Self.before ? "…" + String(head.suffix(Self.before)) : head
    let end = tail.count > Self.after ? String(tail.prefix(Self.after)) + "…" : tail
    let width = min(max(1, span.end - span.start), max(1, end.count))
    let caret = String(repeating: " ", count: start.count) + "^"
    text = "  \(start)\(end)\n  \(caret)\(String(repeating: "~", count: width - 1))\n"
  }

  private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
    // The last bytes are enough, and a line may be megabytes long.
    let scalars = String(decoding: bytes.suffix(4 * (before + after)), as: UTF8.self).unicodeScalars
    return String(String.UnicodeScalarView(scalars.map(visible)))
  }

  private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator:
      scalar == "\t" ? " " : "\u{FFFD}"
    default: scalar
    }
  }
}
