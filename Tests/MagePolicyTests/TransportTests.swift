import MagePolicy
import Testing

/// What messages pass through.
@Suite struct TransportTests {
  @Test func isReadPrintedAndReadAgain() throws {
    let policy = try Texts.parse(Texts.head + "ipc { transport ring }\n")
    #expect(policy.ipc.transport == .ring)
    #expect(try Texts.parse("\(policy)") == policy)
    #expect(try PolicyParser.parseJSON(policy.json.description, file: "w.json") == policy)
  }

  @Test func isTheSocketWhereNothingIsSaid() throws {
    #expect(try Texts.parse(Texts.head).ipc.transport == .socket)
    #expect(try Texts.parse(Texts.head + "ipc { transport socket }\n").ipc.transport == .socket)
  }

  @Test func othersAreRefused() {
    let complaint = Texts.complaint(Texts.head + "ipc { transport rnig }\n")
    #expect(complaint.contains("ring"), "\(complaint)")
  }
}
