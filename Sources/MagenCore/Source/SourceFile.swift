/// One file's text, as bytes: an interface file is read in full before anything is made of it.
package struct SourceFile: Sendable {
  /// Larger files are refused; positions fit 32 bits with room to spare.
  package static let largest = 16 << 20

  /// As messages show it.
  package let path: String
  package let bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  package init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// Mojo's own files have attributes that ours do not.
  package var isMojom: Bool { path.hasSuffix(".mojom") || path.hasSuffix(".test-mojom") }

  /// The name without folders and suffix.
  package var stem: String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// What a span covers. Bytes that are not UTF-8 come out as U+FFFD.
  package func text(_ span: Span) -> String {
    String(decoding: bytes[span.range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}

/// A stretch of one file.
package struct Span: Equatable, Hashable, Sendable {
  /// The file's number within a ``Program``.
  package var file: Int
  package var start: Int
  package var end: Int

  var range: Range<Int> { start..<max(start, end) }

  func through(_ other: Span) -> Span { Span(file: file, start: start, end: max(end, other.end)) }
}

/// Where a message points, for people: both from 1, columns in Unicode scalars.
package struct LineColumn: Equatable, Sendable {
  package var line: Int
  package var column: Int
}

extension SourceFile {
  /// Linear in the file: asked for a handful of messages only.
  package func lineColumn(_ offset: Int) -> LineColumn {
    let head = bytes[..<min(offset, bytes.count)]
    let line = head.count { $0 == UInt8(ascii: "\n") } + 1
    let start = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    // Bytes that continue a scalar do not count.
    return LineColumn(line: line, column: head[start...].count { $0 & 0xC0 != 0x80 } + 1)
  }

  /// The line around `offset`, without its end.
  func line(around offset: Int) -> Range<Int> {
    let offset = min(offset, bytes.count)
    let start = bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    return start..<end
  }
}
