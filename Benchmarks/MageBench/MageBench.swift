internal import ArgumentParser
internal import FoundationEssentials
internal import MageHost

/// Measures, prints, compares.
@main
struct MageBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mage-bench",
    abstract: "Measures against floors and peers that are measured in the same run.")

  @Argument(help: "Which rows to run, by name or its beginning (default: all).")
  var names: [String] = []

  @Option(help: "Rounds of each row; the median of their ratios is what counts.")
  var rounds = 5

  @Option(help: "Write the rows as JSON to this file.")
  var json: String?

  func run() async throws {
    let chosen = Benchmark.all.filter { row in
      names.isEmpty || names.contains { row.name.hasPrefix($0) }
    }
    guard !chosen.isEmpty else { throw ValidationError("no such benchmark: \(names)") }
    let setting = try Setting()
    var rows: [Row] = []
    print(Self.line("benchmark", "own", "peer", "ratio", "target", "compared with"))
    for benchmark in chosen {
      do {
        let row = try await measure(benchmark, setting)
        rows.append(row)
        print(text(of: row))
      } catch let missing as MissingPeer {
        print(
          "\(benchmark.name): not measured, \(missing.name) is missing (apt-get install \(missing.name))"
        )
      }
    }
    await setting.host.shutDown()
    if let json { try write(rows, to: json) }
  }

  private func measure(_ benchmark: Benchmark, _ setting: Setting) async throws -> Row {
    var own: [Double] = []
    var floor: [Double] = []
    for _ in 0..<max(rounds, 1) {
      let round = try await benchmark.round(setting)
      own.append(Double(round.own) / 1000)
      floor.append(Double(round.floor) / 1000)
    }
    return Row(
      name: benchmark.name, what: benchmark.what, peer: benchmark.peer, target: benchmark.target,
      own: own, floor: floor)
  }

  private func text(of row: Row) -> String {
    Self.line(
      row.name, Self.figure(Row.median(row.own)) + " us",
      Self.figure(Row.median(row.floor)) + " us",
      Self.figure(row.ratio), (row.isReached ? "<= " : "not ") + Self.figure(row.target),
      "\(row.what) / \(row.peer)")
  }

  private static func line(_ columns: String...) -> String {
    let widths = [20, 12, 12, 8, 9, 0]
    return zip(columns, widths).map { text, width in
      text + String(repeating: " ", count: max(0, width - text.count))
    }.joined(separator: " ")
  }

  private static func figure(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    guard hundredths.isFinite, hundredths < 1e15 else { return "-" }
    let whole = Int(hundredths)
    let rest = whole % 100
    return "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func write(_ rows: [Row], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(rows).write(to: URL(filePath: path))
  }
}
