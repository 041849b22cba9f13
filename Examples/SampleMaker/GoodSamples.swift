internal import CSampleEncoders
internal import DemoSupport

/// One picture for each kind of file that the decoders must know.
enum GoodSamples {
  static func all() throws(SampleError) -> [Sample] {
    [
      try Encoding.png(
        "sunset-rgb.png", width: Scene.sunset.width, height: Scene.sunset.height,
        layout: .init(), rows: Scene.sunset.rgb8),
      try Encoding.png("circles-transparent.png", circles()),
      try Encoding.png(
        "moon-grey.png", width: Scene.moon.width, height: Scene.moon.height,
        layout: .init(colour: SAMPLE_GREY), rows: Scene.moon.grey8),
      try palette(),
      try Encoding.png(
        "aurora-16bit.png", width: Scene.aurora.width, height: Scene.aurora.height,
        layout: .init(depth: 16), rows: Scene.aurora.rgb16),
      try Encoding.png(
        "mandelbrot-interlaced.png", width: Scene.mandelbrot.width,
        height: Scene.mandelbrot.height, layout: .init(interlaced: true),
        rows: Scene.mandelbrot.rgb8),
      try text(),
      try Encoding.jpeg("plasma-baseline.jpg", .plasma, channels: 3, quality: 82),
      try Encoding.jpeg(
        "julia-progressive.jpg", .julia, channels: 3, quality: 75, progressive: true),
      try Encoding.jpeg("floor-grey.jpg", .floor, channels: 1, quality: 80),
      try Encoding.jpeg("paint-cmyk.jpg", .paint, channels: 4, quality: 85),
    ]
  }

  /// Overlapping half-transparent discs on nothing.
  private static func circles() -> Bitmap {
    var picture = Bitmap(width: 200, height: 160)
    let discs: [(x: Int, y: Int, radius: Int, colour: UInt32)] = [
      (70, 62, 52, 0xff4d6d), (128, 62, 52, 0x4dabff), (99, 104, 52, 0x51cf66),
      (30, 136, 16, 0xffd43b), (172, 132, 20, 0xb197fc), (178, 24, 12, 0xff922b),
    ]
    for disc in discs {
      let solid = Colour(hex: disc.colour)
      let colour = Colour(red: solid.red, green: solid.green, blue: solid.blue, alpha: 165)
      for y in -disc.radius...disc.radius {
        for x in -disc.radius...disc.radius {
          let distance = Double(x * x + y * y).squareRoot()
          let ink = min(max(Double(disc.radius) - distance, 0), 1)
          picture.blend(colour, x: disc.x + x, y: disc.y + y, coverage: UInt8(ink * 255))
        }
      }
    }
    return picture
  }

  /// Sixteen colours, two pixels to a byte; the first four let the ground through.
  private static func palette() throws(SampleError) -> Sample {
    let (width, height) = (200, 150)
    let palette: [Colour] = (0..<16).map { entry in
      let (red, blue) = (UInt8(20 + entry * 15), UInt8(250 - entry * 14))
      let green = UInt8(40 + abs(entry - 8) * 20)
      return Colour(red: red, green: green, blue: blue, alpha: UInt8(min(entry * 64, 255)))
    }
    let entries: [UInt8] = (0..<width * height).map { index in
      let (x, y) = (Double(index % width) / 200, Double(index / width) / 150)
      return UInt8(min(max((Scene.plasmaValue(x, y) + 0.7) * 11, 0), 15))
    }
    let rows: [UInt8] = stride(from: 0, to: entries.count, by: 2).map {
      entries[$0] << 4 | entries[$0 + 1]
    }
    return try Encoding.png(
      "plasma-palette.png", width: width, height: height,
      layout: .init(colour: SAMPLE_PALETTE, depth: 4, palette: palette), rows: rows)
  }

  /// Black and white, eight pixels to a byte.
  private static func text() throws(SampleError) -> Sample {
    var page = Bitmap(width: 240, height: 128, fill: Colour(hex: 0xffffff))
    let ink = Colour(hex: 0x000000)
    page.draw("mage", x: 14, y: 12, maximumWidth: 220, colour: ink, scale: 6)
    let lines = [
      "Untrusted bytes go in,", "pixels come out. Whatever", "happens in between happens",
      "in a process with no keys.",
    ]
    for (index, line) in lines.enumerated() {
      page.draw(line, x: 16, y: 68 + index * 14, maximumWidth: 220, colour: ink)
    }
    let rows = stride(from: 0, to: page.pixels.count, by: 8).map { start in
      page.pixels[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1.red > 127 ? 1 : 0) }
    }
    return try Encoding.png(
      "page-1bit.png", width: page.width, height: page.height,
      layout: .init(colour: SAMPLE_GREY, depth: 1), rows: rows)
  }
}
