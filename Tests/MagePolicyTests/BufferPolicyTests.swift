import MagePolicy
import Testing

/// The keys of shared buffers.
@Suite struct BufferPolicyTests {
  private func parse(_ quota: String) throws -> Policy {
    try Texts.parse(Texts.head + "ipc { \(quota) }\n")
  }

  @Test func areReadPrintedAndReadAgain() throws {
    let policy = try parse("max-payload 16MiB pool-bytes 32MiB")
    #expect(policy.ipc.maxPayload == 16 << 20 && policy.ipc.poolBytes == 32 << 20)
    #expect(try Texts.parse("\(policy)") == policy)
    #expect(try PolicyParser.parseJSON(policy.json.description, file: "w.json") == policy)
  }

  @Test func areNoneWhereNothingIsSaid() throws {
    let policy = try Texts.parse(Texts.head)
    #expect(policy.ipc.maxPayload == 0 && policy.ipc.poolBytes == 0)
    #expect(!"\(policy)".contains("pool-bytes"))
  }

  @Test(
    "what makes no sense is refused",
    arguments: [
      ("max-payload 1MiB", "given together or not at all"),
      ("pool-bytes 1MiB", "given together or not at all"),
      ("max-payload 2MiB pool-bytes 1MiB", "'max-payload' is more than 'pool-bytes'"),
      ("max-payload 63KiB pool-bytes 1MiB", "arrays of 64KiB and more"),
      ("max-payload 1MiB pool-bytes 3GiB", "a size is at most 2GiB"),
    ])
  func nonsense(_ quota: String, _ said: String) {
    let complaint = Texts.complaint(Texts.head + "ipc { \(quota) }\n")
    #expect(complaint.contains(said), "\(complaint)")
  }
}
