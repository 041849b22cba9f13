import Glibc
import MagePolicy
import MageSeccomp
import Testing

/// What the shipped policies are, frozen: a change of a policy, the language or the compiler shows as a change of these files, under a
/// reviewer's eyes (Scripts/regenerate-goldens).
@Suite struct GoldenTests {
  private static let directory =
    "/"
    + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Golden/"

  private static func policy(_ name: String) throws -> Policy {
    try PolicyLibrary(directory: ShippedPolicyTests.directory).policy(named: name)
  }

  private static func golden(_ name: String) throws -> String {
    let file = try #require(fopen(directory + name + ".txt", "r"), "no golden dump of \(name)")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  @Test(arguments: AgreementTests.policies)
  func theFiltersAreThoseThatWereReviewed(_ name: String) throws {
    let dump = try PolicyFilters(try Self.policy(name)).bytes
      .map { "# \($0.name)\n" + FilterListing.text($0.program) }.joined()
    let isSame = dump == (try Self.golden(name))
    #expect(isSame, "run Scripts/regenerate-goldens and read what changed")
  }

  @Test func everyShippedPolicyHasAGolden() throws {
    #expect(BuiltPolicies.all.map(\.name) == AgreementTests.policies)
  }

  /// Text, Swift and JSON are the same value and the same program.
  @Test(arguments: BuiltPolicies.all)
  func theThreeFormsAreOne(_ built: Policy) throws {
    let written = try Self.policy(built.name)
    #expect(built == written)
    #expect(try PolicyParser.parse(written.description, file: "printed") == written)
    let json = try PolicyParser.parseJSON(written.json.description, file: "w.json")
    #expect(json == written)
    let bytes = try PolicyFilters(written).bytes.map(\.program)
    for other in [built, json] {
      #expect(try PolicyFilters(other).bytes.map(\.program) == bytes)
    }
  }

  @Test(arguments: BuiltPolicies.all)
  func theOrderOfTheRulesMeansNothing(_ policy: Policy) throws {
    var reversed = policy
    reversed.startup = PhaseRules(policy.startup.rules.reversed())
    reversed.serve = PhaseRules(policy.serve.rules.reversed())
    #expect(
      try PolicyFilters(reversed).bytes.map(\.program)
        == (try PolicyFilters(policy).bytes.map(\.program)))
  }
}
