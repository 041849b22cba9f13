import DemoSupport
import Testing

@Suite("Decoders")
struct DecoderTests {
  static let limit = 1 << 20

  static func decode(
    _ bytes: [UInt8], maximumPixels: Int = limit
  ) throws(ImageDecodeError) -> Bitmap {
    try ImageDecoder.decode(bytes.span.bytes, maximumPixels: maximumPixels)
  }

  static func failure(_ bytes: [UInt8], maximumPixels: Int = limit) -> ImageDecodeError? {
    do {
      _ = try decode(bytes, maximumPixels: maximumPixels)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "every good sample has its size",
    arguments: [
      ("aurora-16bit.png", 144, 96), ("circles-transparent.png", 200, 160),
      ("floor-grey.jpg", 220, 160), ("julia-progressive.jpg", 320, 240),
      ("mandelbrot-interlaced.png", 200, 150), ("moon-grey.png", 170, 170),
      ("page-1bit.png", 240, 128), ("paint-cmyk.jpg", 200, 150),
      ("plasma-baseline.jpg", 300, 220), ("plasma-palette.png", 200, 150),
      ("sunset-rgb.png", 280, 190),
    ])
  func goodSizes(name: String, width: Int, height: Int) throws {
    let picture = try Self.decode(try Samples.bytes("good/\(name)"))
    #expect(picture.width == width)
    #expect(picture.height == height)
    #expect(Set(picture.pixels).count > 1, "a picture of one colour is no picture")
  }

  @Test("no good sample is left untested")
  func goodNames() throws {
    #expect(try Samples.names(in: "\(Samples.directory)/good").count == 11)
  }

  @Test("transparency survives, from alpha and from a palette")
  func transparency() throws {
    for name in ["circles-transparent.png", "plasma-palette.png"] {
      let pixels = try Self.decode(try Samples.bytes("good/\(name)")).pixels
      #expect(pixels.contains { $0.alpha == 0 }, "\(name) lost its holes")
      #expect(pixels.contains { $0.alpha > 100 })
    }
  }

  @Test("a picture without transparency is opaque")
  func opacity() throws {
    for name in ["sunset-rgb.png", "page-1bit.png", "paint-cmyk.jpg", "floor-grey.jpg"] {
      let pixels = try Self.decode(try Samples.bytes("good/\(name)")).pixels
      #expect(pixels.allSatisfy { $0.alpha == 255 })
    }
  }

  @Test("grey stays grey, and one bit a pixel becomes black and white")
  func greys() throws {
    for name in ["moon-grey.png", "floor-grey.jpg"] {
      let pixels = try Self.decode(try Samples.bytes("good/\(name)")).pixels
      #expect(pixels.allSatisfy { $0.red == $0.green && $0.green == $0.blue })
    }
    let page = try Self.decode(try Samples.bytes("good/page-1bit.png"))
    #expect(Set(page.pixels) == [Colour(hex: 0x000000), Colour(hex: 0xffffff)])
  }

  @Test("an inverted CMYK picture comes out the right way round")
  func cmyk() throws {
    let paint = try Self.decode(try Samples.bytes("good/paint-cmyk.jpg"))
    let blue = paint[40, 45]
    let yellow = paint[60, 120]
    #expect(blue.blue > 180 && blue.red < 120)
    #expect(yellow.red > 180 && yellow.green > 150 && yellow.blue < 120)
  }

  @Test(
    "every corrupt sample is refused with its reason",
    arguments: [
      ("truncated.png", ImageDecodeError.malformed("truncated")),
      ("bad-crc.png", .malformed("IDAT: CRC error")),
      ("not-an-image.png", .malformed("neither PNG nor JPEG")),
      ("empty.png", .malformed("empty file")),
      (
        "huge-dimensions.png",
        .tooLarge("100000x100000 is above the limit of 16384 pixels a side")
      ),
      ("truncated.jpg", .malformed("truncated")),
    ])
  func corrupt(name: String, reason: ImageDecodeError) throws {
    #expect(Self.failure(try Samples.bytes("corrupt/\(name)")) == reason)
  }

  @Test("a wrong checksum is refused even where the pixels are not concerned")
  func checksumBesideThePixels() throws {
    var bytes = try Samples.bytes("hostile/spin.png")
    bytes[8 + 25 + 8] ^= 1
    #expect(Self.failure(bytes) == .malformed("tEXt: CRC error"))
  }

  @Test("noise in a JPEG is refused, not shown")
  func noise() throws {
    guard case .malformed(let text) = Self.failure(try Samples.bytes("corrupt/noise.jpg")) else {
      Issue.record("noise.jpg was decoded")
      return
    }
    #expect(!text.isEmpty)
  }

  @Test("a JPEG that says it ends in the middle of its picture is refused, not filled up with grey")
  func earlyEnd() throws {
    var bytes = try Samples.bytes("good/floor-grey.jpg")
    let middle = bytes.count * 3 / 5
    bytes.replaceSubrange(middle..<middle + 2, with: [0xff, 0xd9])
    #expect(
      Self.failure(bytes) == .malformed("Corrupt JPEG data: premature end of data segment"))
  }

  @Test(
    "a file cut at any length is refused",
    arguments: [
      "page-1bit.png", "plasma-palette.png", "moon-grey.png", "floor-grey.jpg", "paint-cmyk.jpg",
    ])
  func truncation(name: String) throws {
    let whole = try Samples.bytes("good/\(name)")
    for length in 0..<whole.count {
      #expect(Self.failure(Array(whole.prefix(length))) != nil, "\(length) bytes were enough")
    }
    #expect(Self.failure(whole) == nil)
  }

  @Test(
    "a cut interlaced PNG and a cut progressive JPEG are refused",
    arguments: ["mandelbrot-interlaced.png", "julia-progressive.jpg"])
  func truncatedPasses(name: String) throws {
    let whole = try Samples.bytes("good/\(name)")
    for length in stride(from: whole.count - 1, to: 0, by: -211) {
      #expect(Self.failure(Array(whole.prefix(length))) != nil, "\(length) bytes were enough")
    }
  }

  @Test("a PNG with any one bit turned is refused or decoded whole, and never more than the limit")
  func bitFlips() throws {
    let whole = try Samples.bytes("good/page-1bit.png")
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << (bit % 8)
      guard let picture = try? Self.decode(bytes) else { continue }
      #expect(picture.width == 240 && picture.height == 128)
    }
  }

  @Test(
    "a picture above the caller's limit is refused before it is decoded",
    arguments: ["sunset-rgb.png", "plasma-baseline.jpg"])
  func pixelLimit(name: String) throws {
    let bytes = try Samples.bytes("good/\(name)")
    let picture = try Self.decode(bytes)
    let area = picture.width * picture.height
    #expect(Self.failure(bytes, maximumPixels: area) == nil)
    guard case .tooLarge = Self.failure(bytes, maximumPixels: area - 1) else {
      Issue.record("one pixel above the limit was accepted")
      return
    }
  }

  @Test("a JPEG with scans without end is refused: 12 bytes cost a pass over the picture")
  func scanLimit() throws {
    let whole = try Samples.bytes("good/julia-progressive.jpg").dropLast(2)
    // A table with one code, "no coefficients in the next 16,384 blocks", and a scan of just that.
    let table: [UInt8] = [0xff, 0xc4, 0, 20, 0x10, 1] + [UInt8](repeating: 0, count: 15) + [0xe0]
    let scan: [UInt8] = [0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0x00, 0x01]
    func file(scans: Int) -> [UInt8] {
      whole + table + Array(repeating: scan, count: scans).joined() + [0xff, 0xd9]
    }
    #expect(Self.failure(file(scans: 10)) == nil)
    #expect(Self.failure(file(scans: 80)) == .tooLarge("more than 64 scans"))
  }

  @Test("every hostile sample is a sound picture that names its crime")
  func hostile() throws {
    let names = try Samples.names(in: "\(Samples.directory)/hostile")
    #expect(names.count == 19)
    for name in names {
      let bytes = try Samples.bytes("hostile/\(name)")
      #expect(Self.failure(bytes) == nil)
      let crime = ImageDecoder.text("mage-simulation", inPNG: bytes.span.bytes)
      #expect(crime.map { "\($0).png" } == name)
    }
  }
}
