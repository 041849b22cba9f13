import MagePolicy
import Testing

/// How often a worker may ask for what the host does in its place.
@Suite struct BrokerRateTests {
  private func policy(_ limit: String) throws -> Policy {
    let text = """
      policy w version 1
      fds { 3 channel host }
      namespaces { user pid mount ipc uts cgroup net own }
      identity { uid 1 gid 1 capabilities none no-new-privs }
      limits { \(limit) }
      """
    return try PolicyParser.parse(text, file: "w")
  }

  @Test func isReadPrintedAndReadAgain() throws {
    let policy = try policy("broker-rate 5/s")
    #expect(policy.limits.brokerRate == 5)
    #expect(try PolicyParser.parse("\(policy)", file: "w") == policy)
    #expect(try PolicyParser.parseJSON(policy.json.description, file: "w.json") == policy)
  }

  @Test func hasAValueWhereNothingIsSaid() throws {
    let policy = try policy("")
    #expect(policy.limits.brokerRate == Limits.standardBrokerRate)
    #expect(!"\(policy)".contains("broker-rate"))
  }
}
