/// Lines of a moment, none wider than the terminal.
struct TopTable {
  private struct Column: Sendable {
    let title: String
    /// The narrower the terminal, the fewer columns: those with higher ranks go first.
    let rank: Int
    let isText: Bool
    let value: @Sendable (TopMoment.Worker) -> String
  }

  private static let columns = [
    Column(title: "KIND", rank: 0, isText: true) { $0.kind },
    Column(title: "#", rank: 1, isText: false) { "\($0.number)" },
    Column(title: "PID", rank: 2, isText: false) { "\($0.pid)" },
    Column(title: "POLICY", rank: 6, isText: true) { $0.policy },
    Column(title: "ROLE", rank: 5, isText: true) { $0.role },
    Column(title: "AGE", rank: 7, isText: false) { Terminal.time($0.age) },
    Column(title: "CPU%", rank: 3, isText: false) {
      $0.load.map { Terminal.fixed($0 * 100, 0) } ?? "-"
    },
    Column(title: "MEMORY", rank: 3, isText: false) { Terminal.size($0.memory) },
    Column(title: "CALLS/s", rank: 4, isText: false) {
      $0.callRate.map { Terminal.fixed($0, 1) } ?? "-"
    },
    Column(title: "CALLS", rank: 8, isText: false) { "\($0.calls)" },
    Column(title: "OPEN", rank: 9, isText: false) { "\($0.open)" },
    Column(title: "QUEUED", rank: 10, isText: false) { "\($0.queued)" },
  ]

  private static let widestText = 24

  let width: Int

  func lines(_ moment: TopMoment, workers most: Int) -> [String] {
    var lines = [
      "mage top - host \(moment.pid), up \(Terminal.time(moment.uptime)), \(moment.workers.count) processes",
      moment.totals,
    ]
    lines += moment.pools.map { "pool \($0)" }
    lines.append("")
    lines += table(moment.workers, most)
    if !moment.ended.isEmpty {
      lines += ["", "last endings"] + moment.ended.prefix(8).map { "  \($0)" }
    }
    return lines.map { cut($0) }
  }

  /// The busiest first.
  private func table(_ workers: [TopMoment.Worker], _ most: Int) -> [String] {
    let sorted = workers.sorted {
      ($0.load ?? 0, $0.callRate ?? 0, $1.number) > ($1.load ?? 0, $1.callRate ?? 0, $0.number)
    }
    let shown = Array(sorted.prefix(max(most, 0)))
    let columns = fitting(shown)
    let widths = columns.map { column in
      ([column.title.count] + shown.map { value(column, $0).count }).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      zip(zip(columns, widths), cells).map { place, cell in
        let blanks = String(repeating: " ", count: max(0, place.1 - cell.count))
        return place.0.isText ? cell + blanks : blanks + cell
      }.joined(separator: "  ")
    }
    var lines = [line(columns.map(\.title))]
    lines += shown.map { worker in line(columns.map { value($0, worker) }) }
    if sorted.count > shown.count { lines.append("… and \(sorted.count - shown.count) more") }
    return lines
  }

  private func value(_ column: Column, _ worker: TopMoment.Worker) -> String {
    String(column.value(worker).prefix(Self.widestText))
  }

  private func fitting(_ workers: [TopMoment.Worker]) -> [Column] {
    var columns = Self.columns
    func needed() -> Int {
      columns.reduce(-2) { sum, column in
        sum + 2 + (([column.title.count] + workers.map { value(column, $0).count }).max() ?? 0)
      }
    }
    while columns.count > 1, needed() > width,
      let last = columns.indices.max(by: { columns[$0].rank < columns[$1].rank })
    {
      columns.remove(at: last)
    }
    return columns
  }

  private func cut(_ line: String) -> String {
    line.count <= width ? line : String(line.prefix(max(width - 1, 0))) + "…"
  }
}
