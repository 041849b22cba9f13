internal import DemoSupport
internal import Glibc

/// The motifs of the good samples.
extension Scene {
  /// Three hills in front of a low sun.
  static let sunset = Scene(width: 280, height: 190) { x, y in
    let sky = Light(0.16, 0.12, 0.38) * (1 - y) + Light(1.0, 0.55, 0.25) * y
    let fromSun = hypot((x - 0.62) * 1.47, y - 0.56)
    let glow = Light(1.0, 0.85, 0.5) * exp(-fromSun * 5)
    if fromSun < 0.11 { return Light(1.0, 0.93, 0.7) }
    for hill in [0.0, 1, 2].reversed() {
      let crest = 0.62 + hill * 0.13 + 0.06 * sin(x * (7 - hill) + hill * 2.1) + 0.02 * sin(x * 23)
      if y > crest { return Light(0.30, 0.16, 0.33) * (1 - hill * 0.36) }
    }
    return sky + glow * 0.6
  }

  /// Waves laid over each other.
  static let plasma = Scene(width: 300, height: 220) { x, y in
    let value = plasmaValue(x, y)
    return rainbow(value * 0.5 + 0.5)
  }

  static func plasmaValue(_ x: Double, _ y: Double) -> Double {
    let waves = sin(x * 9) + sin(y * 7 + 1) + sin((x + y) * 8) + sin(hypot(x - 0.3, y - 0.6) * 22)
    return waves / 4
  }

  /// The Mandelbrot set, coloured by how soon a point leaves.
  static let mandelbrot = Scene(width: 200, height: 150) { x, y in
    escape(from: (0, 0), by: (x * 3.1 - 2.25, (y - 0.5) * 2.4))
  }

  /// A Julia set.
  static let julia = Scene(width: 320, height: 240) { x, y in
    escape(from: ((x - 0.5) * 3.2, (y - 0.5) * 2.4), by: (-0.79, 0.15))
  }

  /// A lit ball with craters.
  static let moon = Scene(width: 170, height: 170) { x, y in
    let (px, py) = ((x - 0.5) * 2.3, (y - 0.5) * 2.3)
    let square = px * px + py * py
    guard square < 1 else { return Light(repeating: 0.04) }
    let pz = (1 - square).squareRoot()
    let craters = 0.08 * sin(px * 11 + pz * 5) * sin(py * 13 - pz * 3)
    return Light(repeating: max(0.05, (px * -0.5 + py * -0.5 + pz * 0.7) * (0.95 + craters)))
  }

  /// Curtains of light; smooth enough to show what 16 bits are for.
  static let aurora = Scene(width: 144, height: 96) { x, y in
    let curtain = exp(-pow((y - 0.45 - 0.12 * sin(x * 6)) * 4.5, 2))
    let night = Light(0.02, 0.04, 0.12) * (1.4 - y)
    return night + Light(0.1 + 0.5 * x, 0.9 - 0.4 * x, 0.55 + 0.25 * x) * curtain
  }

  /// A soft ball of paint in every corner.
  static let paint = Scene(width: 200, height: 150) { x, y in
    let balls: [(x: Double, y: Double, light: Light)] = [
      (0.2, 0.3, Light(0.0, 0.6, 0.9)), (0.8, 0.25, Light(0.9, 0.1, 0.5)),
      (0.3, 0.8, Light(1.0, 0.85, 0.1)), (0.75, 0.75, Light(0.2, 0.7, 0.3)),
    ]
    return balls.reduce(Light(0.08, 0.08, 0.1)) { sum, ball in
      sum + ball.light * exp(-pow(hypot(x - ball.x, y - ball.y) * 3.4, 2))
    }
  }

  /// A tiled floor that reaches to the horizon.
  static let floor = Scene(width: 220, height: 160) { x, y in
    guard y > 0.42 else { return Light(0.35, 0.55, 0.8) + Light(repeating: y) }
    let depth = 0.3 / (y - 0.4)
    let isDark = (Int(floorOf(depth * 4)) + Int(floorOf((x - 0.5) * depth * 6))) % 2 == 0
    let near = 1 - exp(-2.5 / depth)
    return (isDark ? Light(repeating: 0.15) : Light(repeating: 0.9)) * near
  }

  private static func floorOf(_ value: Double) -> Double { value.rounded(.down) }

  private static func escape(
    from start: (Double, Double), by step: (Double, Double)
  ) -> Light {
    var (real, imaginary) = start
    for count in 0..<96 {
      (real, imaginary) = (
        real * real - imaginary * imaginary + step.0, 2 * real * imaginary + step.1
      )
      let size = real * real + imaginary * imaginary
      if size > 16 { return rainbow((Double(count) + 1 - log2(log2(size) / 2)) / 28) }
    }
    return Light(0.02, 0.02, 0.05)
  }

  /// A round of soft colours; period 1.
  private static func rainbow(_ value: Double) -> Light {
    func wave(_ shift: Double) -> Double { 0.5 + 0.47 * cos(2 * .pi * (value + shift)) }
    return Light(wave(0.55), wave(0.70), wave(0.85))
  }
}
