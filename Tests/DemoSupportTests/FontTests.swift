import Testing

@testable import DemoSupport

@Suite("Font")
struct FontTests {
  static let printable = (32...126).compactMap { Unicode.Scalar(UInt8($0)) }

  @Test("the sheet holds 96 glyphs of 5 by 8")
  func complete() {
    let lines = FontSheet.picture.split(separator: "\n")
    #expect(lines.count == 8 * FontSheet.rows)
    for line in lines {
      let glyphs = line.split(separator: " ")
      #expect(glyphs.count == FontSheet.glyphsPerBand)
      #expect(glyphs.allSatisfy { $0.count == 5 && $0.allSatisfy { $0 == "#" || $0 == "." } })
    }
  }

  @Test("every printable ASCII character has ink, but for the space, and no two look alike")
  func distinct() {
    let glyphs = Self.printable.map { Array(Font.glyph($0)) }
    #expect(glyphs.count == 95)
    #expect(Set(glyphs).count == 95)
    #expect(glyphs[0].allSatisfy { $0 == 0 })
    #expect(glyphs.dropFirst().allSatisfy { $0.contains { $0 != 0 } })
  }

  @Test("characters stand where they should: an L")
  func letter() {
    #expect(Array(Font.glyph("L")) == [16, 16, 16, 16, 16, 16, 31, 0])
  }

  @Test(
    "anything else is a box", arguments: ["\u{0}", "\u{1f}", "\u{7f}", "é", "\u{202e}", "💥"])
  func box(text: String) {
    for scalar in text.unicodeScalars {
      #expect(Array(Font.glyph(scalar)) == [31, 17, 17, 17, 17, 17, 31, 0])
    }
  }

  @Test("a long text is cut with an ellipsis, one that fits is not")
  func fitted() {
    #expect(Font.fitted("abcdef", width: 35) == "abcdef")
    #expect(Font.fitted("abcdef", width: 34) == "ab...")
    #expect(Font.fitted("abcdef", width: 70, scale: 2) == "abcdef")
    #expect(Font.fitted("abcdef", width: 69, scale: 2) == "ab...")
    #expect(Font.fitted("abcdef", width: 11) == "..")
    #expect(Font.fitted("abcdef", width: 0) == "")
    #expect(Font.fitted("abcdef", width: -5) == "")
  }

  @Test("nothing is drawn outside the width")
  func clipped() {
    for width in 0...60 {
      var picture = Bitmap(width: 100, height: 8)
      picture.draw("MMMMMMMMMMMMMMMM", x: 10, y: 0, maximumWidth: width, colour: Theme.text)
      for x in Array(0..<10) + Array(10 + width..<100) {
        #expect((0..<8).allSatisfy { picture[x, $0] == .clear })
      }
    }
  }

  @Test("text breaks at spaces, and the last line takes the rest")
  func wrapped() {
    #expect(Font.wrapped("one two three", width: 42, lines: 2) == ["one two", "three"])
    #expect(Font.wrapped("one two three four", width: 42, lines: 2) == ["one two", "three four"])
    #expect(Font.wrapped("", width: 42, lines: 2) == [])
  }
}
