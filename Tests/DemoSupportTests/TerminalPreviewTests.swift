import DemoSupport
import Testing

@Suite("Terminal preview")
struct TerminalPreviewTests {
  @Test("two rows become one line of half blocks with both colours")
  func colours() throws {
    let picture = try Bitmap(width: 1, height: 2, rgba: [1, 2, 3, 255, 4, 5, 6, 255])
    #expect(
      TerminalPreview.text(for: picture, columns: 80)
        == "\u{1b}[38;2;1;2;3m\u{1b}[48;2;4;5;6m\u{2580}\u{1b}[0m\n")
  }

  @Test("a line is as wide as asked, and the height follows", arguments: [1, 80, 400, 5_000, -3])
  func size(columns: Int) {
    let picture = Bitmap(width: 800, height: 400, fill: Colour(hex: 0x808080))
    let width = min(max(columns, 1), TerminalPreview.maximumColumns)
    let lines = TerminalPreview.text(for: picture, columns: columns).split(separator: "\n")
    #expect(lines.count == max(1, (width / 2 + 1) / 2))
    #expect(lines.allSatisfy { $0.count { $0 == "\u{2580}" } == width })
    #expect(lines.allSatisfy { $0.hasSuffix("\u{1b}[0m") })
  }

  @Test("a colour is set only where it changes")
  func even() {
    let picture = Bitmap(width: 50, height: 2, fill: Colour(hex: 0x808080))
    let text = TerminalPreview.text(for: picture, columns: 50)
    #expect(text.count { $0 == "\u{1b}" } == 3)
  }
}
