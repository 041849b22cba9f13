internal import CSampleEncoders
internal import DemoSupport

/// The system's encoders, with bytes in and bytes out.
enum Encoding {
  /// How a PNG keeps its pixels.
  struct PNGLayout {
    var colour = SAMPLE_RGB
    /// Bits a channel.
    var depth = 8
    var interlaced = false
    /// For `SAMPLE_PALETTE`, at most 256.
    var palette: [Colour] = []
  }

  /// Encodes rows that are in the layout's form already.
  static func png(
    _ name: String, width: Int, height: Int, layout: PNGLayout, rows: [UInt8]
  ) throws(SampleError) -> Sample {
    var picture = unsafe sample_png()
    unsafe picture.width = UInt32(clamping: width)
    unsafe picture.height = UInt32(clamping: height)
    unsafe picture.depth = Int32(clamping: layout.depth)
    unsafe picture.colour = Int32(bitPattern: layout.colour.rawValue)
    unsafe picture.interlaced = layout.interlaced
    unsafe picture.row_bytes = rows.count / max(1, height)
    unsafe picture.palette_count = Int32(clamping: layout.palette.count)
    let palette = layout.palette.flatMap { [$0.red, $0.green, $0.blue, $0.alpha] }
    var out = unsafe sample_bytes()
    let result = unsafe rows.withUnsafeBufferPointer { rows in
      unsafe palette.withUnsafeBufferPointer { palette in
        unsafe picture.rows = rows.baseAddress
        unsafe picture.palette = palette.baseAddress
        return unsafe sample_encode_png(&picture, &out)
      }
    }
    return try unsafe sample(name, result, &out)
  }

  static func png(_ name: String, _ picture: Bitmap) throws(SampleError) -> Sample {
    try png(
      name, width: picture.width, height: picture.height,
      layout: PNGLayout(colour: SAMPLE_RGBA), rows: picture.rgba)
  }

  /// - Parameters:
  ///   - channels: 1 grey, 3 RGB, 4 inverted CMYK.
  ///   - quality: 1...100.
  static func jpeg(
    _ name: String, _ scene: Scene, channels: Int, quality: Int, progressive: Bool = false
  ) throws(SampleError) -> Sample {
    let samples =
      switch channels {
      case 1: scene.grey8
      case 4: scene.cmyk8
      default: scene.rgb8
      }
    var picture = unsafe sample_jpeg()
    unsafe picture.width = UInt32(clamping: scene.width)
    unsafe picture.height = UInt32(clamping: scene.height)
    unsafe picture.channels = Int32(clamping: channels)
    unsafe picture.quality = Int32(clamping: quality)
    unsafe picture.progressive = progressive
    var out = unsafe sample_bytes()
    let result = unsafe samples.withUnsafeBufferPointer { samples in
      unsafe picture.samples = samples.baseAddress
      return unsafe sample_encode_jpeg(&picture, &out)
    }
    return try unsafe sample(name, result, &out)
  }

  private static func sample(
    _ name: String, _ result: Int32, _ out: inout sample_bytes
  ) throws(SampleError) -> Sample {
    guard result == 0 else { throw .encoder(name: name) }
    defer { unsafe sample_free(&out) }
    let bytes = unsafe Array(UnsafeBufferPointer(start: out.bytes, count: out.count))
    return Sample(name: name, bytes: bytes)
  }
}
