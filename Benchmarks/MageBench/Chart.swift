/// One group of rows as bars: own beside floor, each pair scaled to its larger one, with the figures as text.
struct Chart {
  private let title: String
  private let rows: [Row]
  private let machine: String
  private static let width = 760
  private static let left = 180
  private static let bar = 14
  private static let step = 52

  init(_ title: String, _ rows: [Row], _ machine: String) {
    self.title = title
    self.rows = rows
    self.machine = machine
  }

  var svg: String {
    let height = 60 + rows.count * Self.step + 24
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(height)" \
      font-family="sans-serif" font-size="12">
      """,
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      text(12, 24, "\(title): this package (blue) beside its floor or peer (grey)", size: 15),
      text(12, 42, machine, size: 11),
    ]
    for (index, row) in rows.enumerated() {
      lines += bars(of: row, at: 60 + index * Self.step)
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func bars(of row: Row, at top: Int) -> [String] {
    let own = Row.median(row.own)
    let floor = Row.median(row.floor)
    let largest = max(own, floor)
    let unit = row.unit.rawValue
    let verdict = [row.goal, row.verdict].filter { !$0.isEmpty }.joined(separator: ", ")
    return [
      text(12, top + 12, row.name),
      text(12, top + 28, "ratio \(Figure.text(row.ratio)) (\(verdict))", size: 10),
      rectangle(own, of: largest, top, "#2563eb"),
      rectangle(floor, of: largest, top + Self.bar + 3, "#9ca3af"),
      text(Self.end(own, largest), top + 12, "\(Figure.text(own)) \(unit)"),
      text(
        Self.end(floor, largest), top + Self.bar + 15,
        "\(Figure.text(floor)) \(unit)  \(row.peer)", size: 10),
    ]
  }

  private static func length(_ value: Double, _ largest: Double) -> Int {
    guard value.isFinite, largest.isFinite, largest > 0 else { return 1 }
    return max(1, Int(value / largest * 260))
  }

  private static func end(_ value: Double, _ largest: Double) -> Int {
    left + 30 + length(value, largest) + 6
  }

  private func rectangle(_ value: Double, of largest: Double, _ top: Int, _ colour: String)
    -> String
  {
    """
    <rect x="\(Self.left + 30)" y="\(top)" width="\(Self.length(value, largest))" \
    height="\(Self.bar)" fill="\(colour)"/>
    """
  }

  private func text(_ x: Int, _ y: Int, _ text: String, size: Int = 12) -> String {
    let escaped = text.map { character in
      switch character {
      case "<": "&lt;"
      case ">": "&gt;"
      case "&": "&amp;"
      default: String(character)
      }
    }.joined()
    return "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(size)\">\(escaped)</text>"
  }
}
