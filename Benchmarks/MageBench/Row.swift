/// One row of the table: what was measured and what it is compared with, in the same run.
struct Row: Sendable, Codable {
  let name: String
  let what: String
  let peer: String
  let unit: Benchmark.Unit
  /// `<= 0.10`, or empty.
  let goal: String
  let isReached: Bool?
  /// Of each round, in `unit`.
  let own: [Double]
  let floor: [Double]
  /// The median of the rounds' ratios.
  let ratio: Double
  /// The lowest and the highest of them.
  let spread: [Double]

  init(_ benchmark: Benchmark, _ rounds: [Benchmark.Round]) {
    name = benchmark.name
    what = benchmark.what
    peer = benchmark.peer
    unit = benchmark.unit
    own = rounds.map(\.own)
    floor = rounds.map(\.floor)
    let ratios = rounds.map { $0.floor > 0 ? $0.own / $0.floor : .infinity }.sorted()
    ratio = Self.median(ratios)
    spread = [ratios.first ?? .nan, ratios.last ?? .nan]
    switch benchmark.goal {
    case .atMost(let most):
      goal = "<= \(Figure.text(most))"
      isReached = ratio <= most
    case .atLeast(let least):
      goal = ">= \(Figure.text(least))"
      isReached = ratio >= least
    case .ownAtMost(let most):
      goal = "own <= \(Figure.text(most))"
      isReached = Self.median(own) <= most
    case .report:
      goal = ""
      isReached = nil
    }
  }

  var verdict: String { isReached.map { $0 ? "reached" : "missed" } ?? "reported" }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }
}

enum Figure {
  /// With two decimals below 100 and none above.
  static func text(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "-" }
    guard value < 100 else { return "\(Int(value.rounded()))" }
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
