internal import ArgumentParser
internal import Glibc
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

  @Flag(help: "Write tables, JSON and charts to Benchmarks/results.")
  var save = false

  func run() async throws {
    let chosen = Benchmark.all.filter { row in
      names.isEmpty || names.contains { row.name.hasPrefix($0) }
    }
    let setting = try Setting()
    print("On \(Machine().description)")
    print(Table.line(Table.header))
    var rows: [Row] = []
    var failures = 0
    for benchmark in chosen {
      do {
        let row = try await measure(benchmark, setting)
        rows.append(row)
        print(Table.line(Table.cells(of: row)))
      } catch let missing as MissingPeer {
        print(
          "\(benchmark.name): not measured, \(missing.name) is missing (Scripts/peers says why)")
      } catch {
        failures += 1
        print("\(benchmark.name): not measured: \(error)")
      }
      fflush(nil)
    }
    await setting.host.shutDown()
    print(Table.summary(rows))
    if save { try Results().write(rows) }
    if failures > 0 { throw ExitCode.failure }
  }

  func validate() throws {
    let unknown = names.filter { name in !Benchmark.all.contains { $0.name.hasPrefix(name) } }
    guard unknown.isEmpty else {
      let all = Benchmark.all.map(\.name).joined(separator: "\n  ")
      throw ValidationError(
        "no benchmark's name begins with \(unknown.joined(separator: ", ")); there are:\n  \(all)")
    }
    guard rounds > 0 else { throw ValidationError("--rounds is \(rounds), must be 1 or more") }
  }

  private func measure(_ benchmark: Benchmark, _ setting: Setting) async throws -> Row {
    var measured: [Benchmark.Round] = []
    for _ in 0..<rounds { measured.append(try await benchmark.round(setting)) }
    return Row(benchmark, measured)
  }
}
