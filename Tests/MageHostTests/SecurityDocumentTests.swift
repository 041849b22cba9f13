import Foundation
import TestSupport
import Testing

/// SECURITY.md promises nothing that no test would miss, and Documentation/Attacks.md tells of no attack that no test tries.
@Suite struct SecurityDocumentTests {
  @Test(
    "Every promise and attack names a test that exists",
    arguments: ["SECURITY.md", "Documentation/Attacks.md"])
  func promises(_ document: String) throws {
    let text = try String(contentsOfFile: "\(Places.package)/\(document)", encoding: .utf8)
    let rows = text.split(separator: "\n").filter {
      $0.hasPrefix("| ") && !$0.hasSuffix("| test |")
    }
    #expect(rows.count > 20)
    let sources = try Self.sources()
    for row in rows {
      let cells = row.split(separator: "|", omittingEmptySubsequences: true)
      let named = cells.last?.split(separator: "`").map(String.init).filter {
        $0.contains { $0.isLetter }
      }
      let tests = try #require(named)
      #expect(cells.count == 2 && !tests.isEmpty, "\(row)")
      for test in tests {
        // Not inside the expectation, which would print all sources.
        let isThere = Self.exists(test, in: sources)
        #expect(isThere, "no test \(test)")
      }
    }
  }

  private static func declares(_ source: String, _ suite: String) -> Bool {
    source.contains("struct \(suite) {") || source.contains("class \(suite) {")
  }

  /// `Suite.function`, `Suite`, or a directory of tests.
  private static func exists(_ test: String, in sources: [String: String]) -> Bool {
    let parts = test.split(separator: ".").map(String.init)
    let suite = sources.filter { Self.declares($0.value, parts[0]) }
    guard parts.count == 2 else {
      return !suite.isEmpty || sources.keys.contains { $0.hasPrefix(parts[0] + "/") }
    }
    return suite.values.contains { $0.contains("func \(parts[1])(") }
  }

  /// The tests' files by their paths below Tests.
  private static func sources() throws -> [String: String] {
    let home = Places.package + "/Tests"
    // Test targets only: beside them is a package of its own, with a build directory that not everybody may read.
    let suites = try FileManager.default.contentsOfDirectory(atPath: home).filter {
      $0.hasSuffix("Tests")
    }
    let paths = try suites.flatMap { suite in
      try FileManager.default.subpathsOfDirectory(atPath: "\(home)/\(suite)").map {
        "\(suite)/\($0)"
      }
    }
    return try paths.filter { $0.hasSuffix(".swift") }.reduce(into: [:]) { all, path in
      all[path] = try String(contentsOfFile: "\(home)/\(path)", encoding: .utf8)
    }
  }
}
