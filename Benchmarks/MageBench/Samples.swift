/// Measurements of one thing, in nanoseconds.
struct Samples: Sendable {
  private(set) var values: [UInt64]

  init(_ values: [UInt64]) { self.values = values.sorted() }

  var median: UInt64 { percentile(50) }

  func percentile(_ percent: Int) -> UInt64 {
    guard !values.isEmpty else { return 0 }
    return values[min(values.count - 1, values.count * percent / 100)]
  }

  /// Measures `rounds` times what `body` does.
  static func measure(_ rounds: Int, _ body: () async throws -> Void) async rethrows -> Samples {
    let clock = ContinuousClock()
    var values: [UInt64] = []
    for _ in 0..<rounds {
      let time = try await clock.measure(body)
      let (seconds, attoseconds) = time.components
      values.append(UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000))
    }
    return Samples(values)
  }
}
