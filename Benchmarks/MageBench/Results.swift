internal import FoundationEssentials

/// The files in `Benchmarks/results`: for each group of rows a JSON file and a chart, and one table of all.
///
/// A run replaces the rows that it measured and keeps the others, each group with the machine it was measured on.
struct Results {
  private struct Group: Codable {
    var machine: Machine
    var rows: [Row]
  }

  private let directory = Setting.root + "/Benchmarks/results"
  private let machine = Machine()

  func write(_ rows: [Row]) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (name, rows) in Dictionary(grouping: rows, by: { Self.group(of: $0.name) }) {
      var group = Group(machine: machine, rows: (try read(name)?.rows) ?? [])
      group.rows.removeAll { old in rows.contains { $0.name == old.name } }
      group.rows = Self.inOrder(group.rows + rows)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try write(String(decoding: try encoder.encode(group), as: UTF8.self), to: "\(name).json")
      try write(Chart(name, group.rows, machine.description).svg, to: "\(name).svg")
    }
    try writeTable()
  }

  private func writeTable() throws {
    var text = """
      # Benchmarks

      What `make bench` measured, each row beside its floor or peer in the same run.

      """
    var seen: [String] = []
    for name in Benchmark.all.map({ Self.group(of: $0.name) }) where !seen.contains(name) {
      seen.append(name)
      guard let group = try read(name) else { continue }
      text += "\n## \(name)\n\nOn \(group.machine.description).\n\n"
      text += Table.markdown(group.rows) + "\n\n![\(name)](\(name).svg)\n"
    }
    try write(text, to: "README.md")
  }

  private func read(_ name: String) throws -> Group? {
    let path = "\(directory)/\(name).json"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    // Of an older format: measured anew.
    return try? JSONDecoder().decode(Group.self, from: try Data(contentsOf: URL(filePath: path)))
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
  }

  private static func group(of name: String) -> String {
    String(name.prefix { $0 != "." })
  }

  private static func inOrder(_ rows: [Row]) -> [Row] {
    let names = Benchmark.all.map(\.name)
    let place = { (row: Row) in names.firstIndex(of: row.name) ?? names.count }
    return rows.sorted { place($0) < place($1) }
  }
}
