import DemoSupport
import Testing

@Suite("Bitmap")
struct BitmapTests {
  static let red = Colour(hex: 0xff0000)
  static let blue = Colour(hex: 0x0000ff)

  @Test("pixels from elsewhere must be as many as their size says")
  func byteCount() throws {
    #expect(try Bitmap(width: 2, height: 1, rgba: [1, 2, 3, 4, 5, 6, 7, 8])[1, 0].green == 6)
    for count in [0, 7, 9] {
      #expect(throws: BitmapError.wrongByteCount(expected: 8, found: count)) {
        try Bitmap(width: 2, height: 1, rgba: [UInt8](repeating: 0, count: count))
      }
    }
  }

  @Test(
    "sizes outside the limits are refused before they are multiplied",
    arguments: [
      (0, 1), (1, 0), (-1, 4), (16_385, 1), (1, 16_385), (.max, .max), (.min, 1),
      (16_384, 16_384),
    ])
  func sizes(width: Int, height: Int) {
    #expect(throws: BitmapError.sizeOutOfRange(width: width, height: height)) {
      try Bitmap(width: width, height: height, rgba: [])
    }
  }

  @Test("a picture of one's own is brought inside the limits")
  func clamped() {
    let none = Bitmap(width: 0, height: -3)
    #expect(none.width == 1 && none.height == 1)
    let long = Bitmap(width: 1, height: .max)
    #expect(long.height == Bitmap.maximumSide)
  }

  @Test("bytes go in and come out the same")
  func roundTrip() throws {
    let bytes: [UInt8] = (0..<24).map { $0 * 9 }
    #expect(try Bitmap(width: 3, height: 2, rgba: bytes).rgba == bytes)
  }

  @Test("drawing is clipped at every edge")
  func clipping() {
    var picture = Bitmap(width: 4, height: 4, fill: Self.blue)
    picture.fill(Rectangle(x: -2, y: 3, width: 3, height: 9), Self.red)
    picture.fill(Rectangle(x: 9, y: -9, width: 3, height: 3), Self.red)
    picture.fill(Rectangle(x: 2, y: 2, width: -1, height: 5), Self.red)
    picture.fill(Rectangle(x: .max, y: .max, width: .max, height: .max), Self.red)
    picture.blit(Bitmap(width: 3, height: 3, fill: Self.red), x: 3, y: -2)
    picture.blend(Self.red, x: 4, y: 0)
    let reds = (0..<16).filter { picture[$0 % 4, $0 / 4] == Self.red }
    #expect(reds == [3, 12])
  }

  @Test("a transparent pixel shows what is behind it")
  func blending() {
    var picture = Bitmap(width: 2, height: 1, fill: Self.blue)
    picture.blit(Bitmap(width: 1, height: 1, fill: .clear), x: 0, y: 0)
    #expect(picture[0, 0] == Self.blue)
    picture.blend(Colour(red: 255, green: 0, blue: 0, alpha: 128), x: 1, y: 0)
    #expect(picture[1, 0] == Colour(red: 128, green: 0, blue: 127))
    #expect(Self.red.over(.clear, coverage: 100).alpha == 100)
  }
}

@Suite("Scaling")
struct ScalingTests {
  @Test(
    "the result fits the box and keeps its proportions",
    arguments: [
      (400, 200, 100, 50), (200, 400, 50, 100), (100, 101, 99, 100), (16_384, 1, 100, 1),
      (1, 16_384, 1, 100), (101, 100, 100, 99), (50, 50, 50, 50),
    ])
  func sizes(width: Int, height: Int, newWidth: Int, newHeight: Int) {
    let scaled = Bitmap(width: width, height: height).scaled(toFitWidth: 100, height: 100)
    #expect(scaled.width == newWidth)
    #expect(scaled.height == newHeight)
  }

  @Test("a picture that fits is left alone, and a box of nothing is one pixel")
  func limits() throws {
    let picture = try Bitmap(width: 2, height: 1, rgba: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(picture.scaled(toFitWidth: 2, height: 1) == picture)
    #expect(picture.scaled(toFitWidth: .max, height: .max) == picture)
    #expect(picture.scaled(toFitWidth: 0, height: -4).pixels.count == 1)
  }

  @Test("a pixel is the mean of those it covers")
  func mean() throws {
    let picture = try Bitmap(
      width: 4, height: 2,
      rgba: [
        0, 0, 0, 255, 100, 0, 0, 255, 8, 8, 8, 255, 8, 8, 8, 255,
        0, 0, 0, 255, 100, 0, 0, 255, 8, 8, 8, 255, 8, 8, 8, 255,
      ])
    let scaled = picture.scaled(toFitWidth: 2, height: 2)
    #expect(scaled.pixels == [Colour(red: 50, green: 0, blue: 0), Colour(hex: 0x080808)])
  }

  @Test("the colour of transparent pixels does not bleed")
  func alphaWeights() throws {
    let picture = try Bitmap(width: 2, height: 1, rgba: [255, 0, 0, 255, 0, 255, 0, 0])
    let scaled = picture.scaled(toFitWidth: 1, height: 1)
    #expect(scaled[0, 0] == Colour(red: 255, green: 0, blue: 0, alpha: 128))
  }
}
