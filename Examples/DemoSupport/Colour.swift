/// A colour of 8 bits a channel in sRGB; alpha is not premultiplied, 255 is opaque.
///
/// Four bytes in the order of a PNG's RGBA pixel, so that an array of colours is a picture's
/// memory.
package struct Colour: Equatable, Hashable, Sendable {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8
  package let alpha: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// An opaque colour written as `0xRRGGBB`; higher bits are ignored.
  package init(hex: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
      blue: UInt8(truncatingIfNeeded: hex))
  }

  package static let clear = Colour(red: 0, green: 0, blue: 0, alpha: 0)

  /// This colour as seen through its alpha in front of `background`.
  ///
  /// - Parameter coverage: how much of the pixel the colour covers, 0...255; scales alpha.
  package func over(_ background: Colour, coverage: UInt8 = 255) -> Colour {
    let front = Int(alpha) * Int(coverage) / 255
    if front == 255 { return self }
    let back = Int(background.alpha) * (255 - front) / 255
    let total = front + back
    guard total > 0 else { return .clear }
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8(clamping: (Int(a) * front + Int(b) * back + total / 2) / total)
    }
    return Colour(
      red: mix(red, background.red), green: mix(green, background.green),
      blue: mix(blue, background.blue), alpha: UInt8(clamping: total))
  }
}
