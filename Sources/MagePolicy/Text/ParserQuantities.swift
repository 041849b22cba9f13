// Numbers with units.

extension Parser {
  private static let sizes: [String: UInt64] = [
    "": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
  ]
  private static let nanoseconds: [String: UInt64] = [
    "min": 60_000_000_000, "s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1,
  ]

  /// Bytes, at most `limit`.
  mutating func size(_ what: String, limit: UInt64 = 1 << 50) throws(PolicyError) -> UInt64 {
    let position = current.position
    let (value, overflows) = try quantity(what, "64KiB, 8MiB or 1GiB", Self.sizes)
    guard !overflows, value <= limit else {
      throw PolicyError(position, "\(what) is at most \(PolicyPrinter.size(limit))")
    }
    return value
  }

  mutating func duration() throws(PolicyError) -> Duration {
    let position = current.position
    let (value, overflows) = try quantity("a duration", "500ms, 20s or 5min", Self.nanoseconds)
    guard !overflows, value > 0, let nanoseconds = Int64(exactly: value) else {
      throw PolicyError(position, "a duration is more than nothing and less than 292 years")
    }
    return .nanoseconds(nanoseconds)
  }

  private mutating func quantity(
    _ what: String, _ examples: String, _ units: [String: UInt64]
  ) throws(PolicyError) -> (UInt64, overflows: Bool) {
    guard case .number(let value, let unit) = current.value else {
      throw expected("\(what) such as \(examples)")
    }
    guard let factor = units[unit] else {
      throw PolicyError(
        current.position, "expected \(what) such as \(examples), found '\(value)\(unit)'",
        suggestion: Spelling.nearest(to: unit, among: Array(units.keys)).map { "\(value)\($0)" })
    }
    advance()
    let product = value.multipliedReportingOverflow(by: factor)
    return (product.partialValue, product.overflow)
  }
}
