internal import DemoSupport

/// A picture as a function of the place, so that it can be sampled at any size and depth.
struct Scene: Sendable {
  /// Red, green and blue, 0...1 each.
  typealias Light = SIMD3<Double>

  let width: Int
  let height: Int
  /// The colour at a place; the picture spans 0...1 in both directions.
  let light: @Sendable (_ x: Double, _ y: Double) -> Light

  /// The light of every pixel, row after row.
  var lights: [Light] {
    (0..<width * height).map { index in
      let x = (Double(index % width) + 0.5) / Double(width)
      let y = (Double(index / width) + 0.5) / Double(height)
      return light(x, y).clamped(lowerBound: Light(), upperBound: Light(repeating: 1))
    }
  }

  /// Three bytes a pixel.
  var rgb8: [UInt8] {
    lights.flatMap { light in (0..<3).map { UInt8(light[$0] * 255) } }
  }

  /// Three big-endian 16-bit numbers a pixel.
  var rgb16: [UInt8] {
    lights.flatMap { light in
      (0..<3).flatMap { channel in
        let value = UInt16(light[channel] * 65_535)
        return [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
      }
    }
  }

  /// One byte a pixel, by the luma of ITU-R BT.601.
  var grey8: [UInt8] {
    lights.map { UInt8(($0 * Light(0.299, 0.587, 0.114)).sum() * 255) }
  }

  /// Four bytes a pixel, inverted as Adobe writes them: 255 is no ink. Black takes as much as all
  /// three inks share.
  var cmyk8: [UInt8] {
    lights.flatMap { light -> [UInt8] in
      let white = max(light.max(), 1e-6)
      return (0..<3).map { UInt8(light[$0] / white * 255) } + [UInt8(white * 255)]
    }
  }
}

/// Numbers that look random and are the same in every run (xorshift64).
struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 32) }
}
