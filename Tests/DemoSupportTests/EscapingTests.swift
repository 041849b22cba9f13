import DemoSupport
import Testing

@Suite("Escaping")
struct EscapingTests {
  @Test(
    "what a terminal could act on is escaped",
    arguments: [
      ("a\u{1b}[31mb", "a\\u{1b}[31mb"), ("line\nline", "line\\u{a}line"), ("\t", "\\u{9}"),
      ("\r\n", "\\u{d}\\u{a}"), ("\u{7f}", "\\u{7f}"), ("\u{9b}2J", "\\u{9b}2J"),
      ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"), ("a\u{200b}b", "a\\u{200b}b"),
      ("\u{2028}", "\\u{2028}"), ("\u{a0}", "\\u{a0}"), ("e\u{301}", "e\\u{301}"),
      ("\u{3164}", "\\u{3164}"), ("\u{e000}", "\\u{e000}"), ("a\\b", "a\\\\b"),
      ("\u{2066}", "\\u{2066}"), ("\u{feff}", "\\u{feff}"),
    ])
  func escaped(text: String, expected: String) {
    #expect(Escaping.printable(text) == expected)
  }

  @Test(
    "what is only text stays",
    arguments: ["sheet (1).png", "größe.jpg", "写真.png", "a_b-c~d's.png", "€5 ©", ""])
  func plain(text: String) {
    #expect(Escaping.printable(text) == text)
  }

  @Test("every ASCII control character is escaped")
  func controls() {
    for value in Array(0..<0x20) + [0x7f] {
      let text = Escaping.printable(String(UnicodeScalar(UInt8(value))))
      #expect(text == "\\u{\(String(value, radix: 16))}")
    }
  }

  @Test("a long text is cut")
  func limit() {
    #expect(Escaping.printable("abcdef", limit: 6) == "abcdef")
    #expect(Escaping.printable("abcdef", limit: 5) == "abcde...")
  }
}
