import CImageCodecs
import DemoSupport
import Testing

@Suite("PNG text")
struct PNGTextTests {
  static func text(_ bytes: [UInt8], _ keyword: String = "mage-simulation") -> String? {
    ImageDecoder.text(keyword, inPNG: bytes.span.bytes)
  }

  @Test("another keyword, a keyword's beginning and a JPEG have no text")
  func absent() throws {
    let hostile = try Samples.bytes("hostile/spin.png")
    #expect(Self.text(hostile) == "spin")
    #expect(Self.text(hostile, "mage-simulatio") == nil)
    #expect(Self.text(hostile, "mage-simulation2") == nil)
    #expect(Self.text(try Samples.bytes("good/sunset-rgb.png")) == nil)
    #expect(Self.text(try Samples.bytes("good/plasma-baseline.jpg")) == nil)
    #expect(Self.text([]) == nil)
  }

  @Test("a cut file has its text only when the whole chunk is there")
  func truncation() throws {
    let whole = try Samples.bytes("hostile/spin.png")
    // Signature 8, header 25, then 12 around keyword, NUL and value.
    let end = 8 + 25 + 12 + "mage-simulation".utf8.count + 1 + "spin".utf8.count
    for length in 0...whole.count {
      let expected = length >= end ? "spin" : nil
      #expect(Self.text(Array(whole.prefix(length))) == expected)
    }
  }

  @Test("a chunk that claims more bytes than there are ends the search")
  func lyingLength() throws {
    var bytes = try Samples.bytes("hostile/spin.png")
    bytes.replaceSubrange(8..<12, with: [0xff, 0xff, 0xff, 0xff])
    #expect(Self.text(bytes) == nil)
  }

  @Test("a value that does not fit counts as absent")
  func capacity() throws {
    let bytes = try Samples.bytes("hostile/spin.png")
    var value = [CChar](repeating: 0x55, count: 8)
    #expect(codec_png_text(bytes, bytes.count, "mage-simulation", &value, 4) == -1)
    #expect(value.allSatisfy { $0 == 0x55 }, "something was stored")
    #expect(codec_png_text(bytes, bytes.count, "mage-simulation", &value, 5) == 4)
    #expect(value[4] == 0)
    #expect(value[5] == 0x55)
  }

  @Test("a value with a control character is not handed on")
  func printableOnly() throws {
    var bytes = try Samples.bytes("hostile/spin.png")
    bytes[8 + 25 + 8 + "mage-simulation".utf8.count + 1] = 0x1b
    #expect(Self.text(bytes) == nil)
  }
}
