/// The rows as people read them, in a terminal and in Markdown.
enum Table {
  static let header = [
    "benchmark", "own", "floor", "ratio", "spread", "goal", "verdict", "what / compared with",
  ]

  static func cells(of row: Row) -> [String] {
    [
      row.name, "\(Figure.text(Row.median(row.own))) \(row.unit.rawValue)",
      "\(Figure.text(Row.median(row.floor))) \(row.unit.rawValue)", Figure.text(row.ratio),
      row.spread.map(Figure.text).joined(separator: " to "), row.goal, row.verdict,
      "\(row.what) / \(row.peer)",
    ]
  }

  static func line(_ cells: [String]) -> String {
    let widths = [26, 13, 13, 7, 15, 11, 9, 0]
    return zip(cells, widths).map { text, width in
      text + String(repeating: " ", count: max(0, width - text.count))
    }.joined(separator: " ")
  }

  /// How many reached their goals, and which did not.
  static func summary(_ rows: [Row]) -> String {
    let missed = rows.filter { $0.isReached == false }
    let reached = rows.count { $0.isReached == true }
    let names = missed.map { "\($0.name) (\(Figure.text($0.ratio)), wanted \($0.goal))" }
    return "\(reached) reached, \(missed.count) missed"
      + (names.isEmpty ? "" : ": " + names.joined(separator: ", "))
  }

  static func markdown(_ rows: [Row]) -> String {
    let lines = [header, header.map { _ in "---" }] + rows.map(cells)
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }
}
