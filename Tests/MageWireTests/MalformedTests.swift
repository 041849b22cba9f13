import Testing

@testable import MageWire

@Suite struct MalformedTests {
  @Test func aRefusalSaysWhereAndWhat() {
    let malformed = Malformed(
      .message(.notUTF8), interface: "Renderer", method: "Draw", field: "title", detail: "12 bytes")
    #expect(malformed.description == "message.notUTF8 at Renderer.Draw.title: 12 bytes")
    #expect(malformed.layer == .message)
    #expect(Malformed(.transport(.packetEmpty)).description == "transport.packetEmpty")
  }

  @Test func everyCheckHasANameOfItsOwn() {
    let checks: [Malformed.Check] =
      TransportCheck.allCases.map { .transport($0) } + ChannelCheck.allCases.map { .channel($0) }
      + MessageCheck.allCases.map { .message($0) } + InterfaceCheck.allCases.map { .interface($0) }
      + [.application]
    #expect(Set(checks.map { Malformed($0).name }).count == checks.count)
    #expect(Set(checks.map { Malformed($0).layer }) == Set(Malformed.Layer.allCases))
  }
}
