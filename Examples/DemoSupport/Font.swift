/// The sheet's own bitmap font: 95 printable ASCII characters in cells of 6 by 8 pixels.
///
/// Text may come from a stranger's file name. Anything but printable ASCII is drawn as a box, and
/// nothing is drawn outside the width that the caller gives.
package enum Font {
  /// Pixels from one character to the next, at scale 1.
  package static let advance = FontSheet.columns + 1
  /// Pixels from the top of a character to the bottom of its descender, at scale 1.
  package static let height = FontSheet.rows

  /// Pixels that a text takes, without the gap behind its last character.
  package static func width(of text: String, scale: Int = 1) -> Int {
    max(0, text.unicodeScalars.count * advance - 1) * max(1, scale)
  }

  /// The text cut to a width in pixels; a cut text ends in an ellipsis of three dots, as far as
  /// they fit.
  package static func fitted(_ text: String, width: Int, scale: Int = 1) -> String {
    let capacity = (max(0, width) / max(1, scale) + 1) / advance
    let scalars = text.unicodeScalars
    guard scalars.count > capacity else { return text }
    let dots = String(repeating: ".", count: min(3, capacity))
    return String(String.UnicodeScalarView(scalars.prefix(capacity - dots.count))) + dots
  }

  /// Breaks a text at its spaces into lines of a width in pixels. The last line has the rest,
  /// however long.
  package static func wrapped(_ text: String, width: Int, lines: Int) -> [String] {
    var result: [String] = []
    for word in text.split(separator: " ") {
      let joined = result.last.map { "\($0) \(word)" }
      if let joined, result.count >= lines || Self.width(of: joined) <= width {
        result[result.count - 1] = joined
      } else {
        result.append(String(word))
      }
    }
    return result
  }

  /// The ink of a character: ``FontSheet/rows`` rows, the leftmost column in bit 4.
  static func glyph(_ scalar: Unicode.Scalar) -> ArraySlice<UInt8> {
    let index = (32..<127).contains(scalar.value) ? Int(scalar.value) - 32 : glyphCount - 1
    return rows[index * FontSheet.rows..<(index + 1) * FontSheet.rows]
  }

  /// Printable ASCII and the box.
  static let glyphCount = 96

  /// The sheet's picture as bits, glyph after glyph. Always full: a picture with lines missing
  /// has blank glyphs.
  private static let rows: [UInt8] = {
    var bits = [UInt8](repeating: 0, count: glyphCount * FontSheet.rows)
    let lines = FontSheet.picture.split(separator: "\n")
    for (line, text) in lines.enumerated() {
      let band = line / FontSheet.rows
      for (column, glyph) in text.split(separator: " ").enumerated() {
        let index = band * FontSheet.glyphsPerBand + column
        guard column < FontSheet.glyphsPerBand, index < glyphCount else { continue }
        bits[index * FontSheet.rows + line % FontSheet.rows] = glyph.utf8.reduce(0) { row, mark in
          row << 1 | (mark == UInt8(ascii: "#") ? 1 : 0)
        }
      }
    }
    return bits
  }()
}

extension Bitmap {
  /// Draws one line of text with its top left corner at a place, cut to a width.
  ///
  /// - Parameters:
  ///   - maximumWidth: pixels; a longer text ends in an ellipsis.
  ///   - scale: pixels to a font pixel; below 1 counts as 1.
  package mutating func draw(
    _ text: String, x: Int, y: Int, maximumWidth: Int, colour: Colour, scale: Int = 1
  ) {
    let scale = max(1, scale)
    var left = x
    for scalar in Font.fitted(text, width: maximumWidth, scale: scale).unicodeScalars {
      for (row, bits) in Font.glyph(scalar).enumerated() {
        for column in 0..<FontSheet.columns where bits >> (FontSheet.columns - 1 - column) & 1 == 1
        {
          fill(
            Rectangle(
              x: left + column * scale, y: y + row * scale, width: scale, height: scale), colour)
        }
      }
      left += Font.advance * scale
    }
  }

  /// Draws one line of text in the middle of a rectangle's width, with its top at `y`.
  package mutating func drawCentred(
    _ text: String, in rectangle: Rectangle, y: Int, colour: Colour, scale: Int = 1
  ) {
    let shown = Font.fitted(text, width: rectangle.width, scale: scale)
    let place = rectangle.centred(width: Font.width(of: shown, scale: scale), height: 0)
    draw(shown, x: place.x, y: y, maximumWidth: rectangle.width, colour: colour, scale: scale)
  }
}
