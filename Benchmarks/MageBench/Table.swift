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
    let widths = [22, 13, 13, 7, 15, 9, 9, 0]
    return zip(cells, widths).map { text, width in
      text + String(repeating: " ", count: max(0, width - text.count))
    }.joined(separator: " ")
  }

  static func markdown(_ rows: [Row]) -> String {
    let lines = [header, header.map { _ in "---" }] + rows.map(cells)
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }
}
