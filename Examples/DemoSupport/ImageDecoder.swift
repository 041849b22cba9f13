internal import CImageCodecs

/// The system's PNG and JPEG decoders. They are C, and the bytes come from strangers: call this
/// in a sandboxed worker only.
package enum ImageDecoder {
  /// Decodes a whole picture. There are no partial results.
  ///
  /// - Parameters:
  ///   - bytes: the file; nobody may change it meanwhile.
  ///   - maximumPixels: the largest area to accept. The decoder needs at most 20 bytes for each of
  ///     these pixels, and 40 MiB.
  /// - Throws: ``ImageDecodeError``.
  package static func decode(
    _ bytes: RawSpan, maximumPixels: Int
  ) throws(ImageDecodeError) -> Bitmap {
    guard bytes.byteCount > 0 else { throw .malformed("empty file") }
    guard let format = ImageFormat(of: bytes) else { throw .malformed("neither PNG nor JPEG") }
    let limit = UInt32(clamping: min(max(0, maximumPixels), Bitmap.maximumPixels))
    var image = unsafe codec_image()
    defer { unsafe codec_free(&image) }
    var text = [CChar](repeating: 0, count: Int(CODEC_ERROR_SIZE))
    let result = unsafe bytes.withUnsafeBytes { raw in
      let start = unsafe raw.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return switch format {
      case .png: unsafe codec_decode_png(start, raw.count, limit, &image, &text, text.count)
      case .jpeg: unsafe codec_decode_jpeg(start, raw.count, limit, &image, &text, text.count)
      }
    }
    guard result == 0 else { throw ImageDecodeError(result, text) }
    return unsafe bitmap(of: image)
  }

  /// The value of a PNG's first text chunk (tEXt) with this keyword, if it is printable ASCII of
  /// at most 255 bytes; `nil` otherwise.
  package static func text(_ keyword: String, inPNG bytes: RawSpan) -> String? {
    var value = [CChar](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeBytes { raw in
      let start = unsafe raw.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return unsafe codec_png_text(start, raw.count, keyword, &value, value.count)
    }
    guard count >= 0 else { return nil }
    let found = value.prefix(Int(clamping: count)).map { UInt8(bitPattern: $0) }
    guard found.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return nil }
    return String(decoding: found, as: UTF8.self)
  }

  /// A decoder that succeeded has kept the limits of ``Bitmap``.
  private static func bitmap(of image: codec_image) -> Bitmap {
    let (width, height) = unsafe (Int(image.width), Int(image.height))
    let pixels = unsafe [Colour](unsafeUninitializedCapacity: width * height) { buffer, count in
      let source = unsafe UnsafeRawBufferPointer(start: image.rgba, count: width * height * 4)
      unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
      count = width * height
    }
    return Bitmap(checkedWidth: width, height: height, pixels: pixels)
  }
}

/// Why a file is no picture. The texts are the decoders'; treat them as the file's words.
package enum ImageDecodeError: Error, Equatable, Sendable {
  /// Broken, cut short, or no picture at all.
  case malformed(String)
  /// Larger than the limits, by its own header.
  case tooLarge(String)
  case outOfMemory(String)

  init(_ result: Int32, _ text: [CChar]) {
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let reason = String(decoding: bytes, as: UTF8.self)
    switch UInt32(bitPattern: result) {
    case CODEC_TOO_LARGE.rawValue: self = .tooLarge(reason)
    case CODEC_NO_MEMORY.rawValue: self = .outOfMemory(reason)
    default: self = .malformed(reason)
    }
  }

  package var reason: String {
    switch self {
    case .malformed(let text), .tooLarge(let text), .outOfMemory(let text): text
    }
  }
}
