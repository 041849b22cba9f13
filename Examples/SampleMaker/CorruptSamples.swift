/// Files that are no pictures any more, or never were. The decoders must say so.
enum CorruptSamples {
  static func all(from good: [Sample]) throws(SampleError) -> [Sample] {
    let png = try find("sunset-rgb.png", in: good)
    let jpeg = try find("plasma-baseline.jpg", in: good)
    let huge =
      PNGChunks.signature + PNGChunks.header(width: 100_000, height: 100_000)
      + PNGChunks.chunk("IDAT", []) + PNGChunks.chunk("IEND", [])
    let words = "This is a text file with a picture's name.\n"
    return [
      Sample(name: "truncated.png", bytes: Array(png.prefix(png.count * 3 / 5))),
      Sample(name: "bad-crc.png", bytes: try withBadChecksum(png)),
      Sample(name: "not-an-image.png", bytes: Array(words.utf8)),
      Sample(name: "empty.png", bytes: []),
      Sample(name: "huge-dimensions.png", bytes: huge),
      Sample(name: "truncated.jpg", bytes: Array(jpeg.prefix(jpeg.count * 3 / 5))),
      Sample(name: "noise.jpg", bytes: try withNoise(jpeg)),
    ]
  }

  private static func find(_ name: String, in samples: [Sample]) throws(SampleError) -> [UInt8] {
    guard let sample = samples.first(where: { $0.name == name }) else {
      throw .noSource(name: name)
    }
    return sample.bytes
  }

  /// One bit of the first data chunk's checksum is wrong; the data is not.
  private static func withBadChecksum(_ png: [UInt8]) throws(SampleError) -> [UInt8] {
    let start = PNGChunks.signature.count + PNGChunks.headerLength
    guard png.count > start + 12 else { throw .noSource(name: "bad-crc.png") }
    let length = png[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    guard png.count > start + length + 12 else { throw .noSource(name: "bad-crc.png") }
    var bytes = png
    bytes[start + 8 + length] ^= 0x10
    return bytes
  }

  /// All the tables of a JPEG, and noise where its picture was.
  private static func withNoise(_ jpeg: [UInt8]) throws(SampleError) -> [UInt8] {
    let scan = jpeg.indices.first { jpeg[$0...].starts(with: [0xff, 0xda]) }
    guard let scan, jpeg.count > scan + 14 else { throw .noSource(name: "noise.jpg") }
    var noise = Noise(seed: 20_240_229)
    return Array(jpeg.prefix(scan + 14)) + (0..<4_000).map { _ in noise.byte() }
  }
}
