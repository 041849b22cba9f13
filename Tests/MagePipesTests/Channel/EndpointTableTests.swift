import MageWire
import Testing

@testable import MagePipes

/// The rule that tells a lost race from a lie.
@Suite struct EndpointTableTests {
  let one = EndpointID(rawValue: 1)
  let two = EndpointID(rawValue: 2)

  static func refusal<Value>(_ act: () throws(Malformed) -> Value) -> Malformed.Check? {
    do throws(Malformed) {
      _ = try act()
      return nil
    } catch {
      return error.check
    }
  }

  private func table() throws -> EndpointTable {
    var table = EndpointTable(limit: 2)
    try table.open(one)
    return table
  }

  @Test func anEndpointIsOpenedOnceAndHasANumber() throws {
    var table = try table()
    #expect(
      Self.refusal { () throws(Malformed) in try table.open(one) }
        == .channel(.endpointNotMintable))
    #expect(
      Self.refusal { () throws(Malformed) in try table.open(EndpointID(rawValue: 0)) }
        == .channel(.endpointNotMintable))
    #expect(table.count == 1)
  }

  @Test func theLimitCountsClosingEndpointsToo() throws {
    var table = try table()
    try table.open(two)
    let three = EndpointID(rawValue: 3)
    #expect(
      Self.refusal { () throws(Malformed) in try table.open(three) }
        == .channel(.tooManyEndpoints))
    let mustTell = table.close(one)
    #expect(mustTell)
    #expect(
      Self.refusal { () throws(Malformed) in try table.open(three) }
        == .channel(.tooManyEndpoints))
    try table.acknowledged(one)
    try table.open(three)
    #expect(table.count == 2)
  }

  @Test func aClosingEndpointIsKnownUntilItIsAcknowledged() throws {
    var table = try table()
    let mustTell = table.close(one)
    #expect(mustTell)
    #expect(!table.isOpen(one))
    #expect(try table.standing(of: one) == .closing)
    let again = table.close(one)
    #expect(!again)
    try table.acknowledged(one)
    #expect(
      Self.refusal { () throws(Malformed) in try table.standing(of: one) }
        == .channel(.unknownEndpoint))
    #expect(
      Self.refusal { () throws(Malformed) in try table.acknowledged(one) }
        == .channel(.closeAcknowledgementUnexpected))
  }

  @Test func aCloseIsAnsweredWithAnAcknowledgement() throws {
    var table = try table()
    let mustAnswer = try table.peerClosed(one)
    #expect(mustAnswer)
    #expect(
      Self.refusal { () throws(Malformed) in try table.peerClosed(one) }
        == .channel(.unknownEndpoint))
    let mustTell = table.close(one)
    #expect(!mustTell)
    #expect(table.count == 0)
  }

  @Test func crossingClosesAnswerEachOther() throws {
    var table = try table()
    let mustTell = table.close(one)
    #expect(mustTell)
    let mustAnswer = try table.peerClosed(one)
    #expect(!mustAnswer)
    #expect(
      Self.refusal { () throws(Malformed) in try table.acknowledged(one) }
        == .channel(.closeAcknowledgementUnexpected))
  }

  @Test func anOpenEndpointCannotBeAcknowledged() throws {
    var table = try table()
    #expect(
      Self.refusal { () throws(Malformed) in try table.acknowledged(one) }
        == .channel(.closeAcknowledgementUnexpected))
    #expect(table.isOpen(one))
  }

  /// Two sides with frames on the way in both directions: whatever the order, neither calls the other a liar.
  @Test func honestSidesNeverRefuseEachOther() throws {
    var random = SplitMix(seed: 7)
    for _ in 0..<2_000 {
      var tables = [try table(), try table()]
      var onTheWay: [[FrameKind]] = [[], []]  // to side 0, to side 1
      for _ in 0..<20 {
        let side = Int.random(in: 0...1, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0:
          if tables[side].close(one) { onTheWay[1 - side].append(.close) }
        case 1:
          if tables[side].isOpen(one) { onTheWay[1 - side].append(.message) }
        default:
          guard !onTheWay[side].isEmpty else { continue }
          switch onTheWay[side].removeFirst() {
          case .close:
            if try tables[side].peerClosed(one) { onTheWay[1 - side].append(.closeAcknowledged) }
          case .closeAcknowledged: try tables[side].acknowledged(one)
          default: _ = try tables[side].standing(of: one)
          }
        }
      }
    }
  }
}
