/// A picture in memory: rows of ``Colour`` from the top, without padding. Drawing is clipped.
///
/// Invariant: both sides are in `1...maximumSide`, the area is at most ``maximumPixels``, and
/// `pixels` holds exactly the area.
package struct Bitmap: Equatable, Sendable {
  /// The longest side in pixels; the decoders have the same limit.
  package static let maximumSide = 16_384
  /// The largest area in pixels: 256 MiB of memory.
  package static let maximumPixels = 64 << 20

  /// Pixels, 1...``maximumSide``.
  package let width: Int
  /// Pixels, 1...``maximumSide``.
  package let height: Int
  /// Row after row from the top.
  package internal(set) var pixels: [Colour]

  /// A picture of one colour. Sizes outside the limits are brought inside them.
  package init(width: Int, height: Int, fill colour: Colour = .clear) {
    self.width = min(max(1, width), Self.maximumSide)
    self.height = min(max(1, height), Self.maximumSide, Self.maximumPixels / self.width)
    pixels = Array(repeating: colour, count: self.width * self.height)
  }

  /// Takes over pixels that somebody else made, for example a worker.
  ///
  /// - Parameter rgba: 4 bytes a pixel; exactly `width * height` of them.
  /// - Throws: ``BitmapError`` when a size is outside the limits or the bytes are not as many as
  ///   it says.
  package init(width: Int, height: Int, rgba: [UInt8]) throws(BitmapError) {
    let sides = 1...Self.maximumSide
    // The sides are bounded before they are multiplied.
    guard sides.contains(width), sides.contains(height), width * height <= Self.maximumPixels
    else { throw .sizeOutOfRange(width: width, height: height) }
    guard rgba.count == width * height * 4 else {
      throw .wrongByteCount(expected: width * height * 4, found: rgba.count)
    }
    self.width = width
    self.height = height
    pixels = unsafe Array(unsafeUninitializedCapacity: width * height) { buffer, count in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyBytes(from: rgba)
      count = width * height
    }
  }

  /// For pixels whose count is known to fit, inside this module.
  init(checkedWidth width: Int, height: Int, pixels: [Colour]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The picture's bytes: 4 a pixel, red first.
  package var rgba: [UInt8] { unsafe pixels.withUnsafeBytes { bytes in unsafe Array(bytes) } }

  package var bounds: Rectangle { Rectangle(x: 0, y: 0, width: width, height: height) }

  /// The pixel at a place inside the picture; ``Colour/clear`` outside it.
  package subscript(x: Int, y: Int) -> Colour {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return .clear }
    return pixels[y * width + x]
  }
}

/// Why bytes are no picture.
package enum BitmapError: Error, Equatable {
  case sizeOutOfRange(width: Int, height: Int)
  case wrongByteCount(expected: Int, found: Int)
}
