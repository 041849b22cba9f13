import MageWire
import Testing

@testable import Mage
@testable import MagePipes

/// What a host knows of the interfaces on a pipe between two workers, of which either may lie.
@Suite struct RelayedInterfacesTests {
  private static let id: UInt32 = 7
  private let interfaces = RelayedInterfaces()
  private let caller: Port
  private let answerer: Port

  init() { (caller, answerer) = Port.pair() }

  private func announce(_ id: UInt32 = Self.id) throws(Malformed) {
    try interfaces.announce(
      id, .receiver(PassingRules<Chat>()), by: caller, to: answerer)
  }

  private func refusal(_ body: () throws(Malformed) -> Void) -> Malformed.Check? {
    do throws(Malformed) {
      try body()
      return nil
    } catch {
      return error.check
    }
  }

  @Test func whatWasNotAnnouncedIsNeitherUsedNorClosed() {
    #expect(
      refusal { () throws(Malformed) in _ = try interfaces.rules(of: Self.id, for: caller) }
        == .message(.unknownInterfaceID))
    #expect(
      refusal { () throws(Malformed) in try interfaces.close(Self.id, by: caller) }
        == .message(.unknownInterfaceID))
  }

  @Test func anIdInUseIsNotAnnouncedByEither() throws {
    try announce()
    #expect(
      refusal { () throws(Malformed) in try announce() } == .message(.illegalInterfaceID))
    #expect(
      refusal { () throws(Malformed) in
        try interfaces.announce(Self.id, nil, by: answerer, to: caller)
      } == .message(.illegalInterfaceID))
  }

  @Test func onlyWhoCallsSendsRequests() throws {
    try announce()
    #expect(try interfaces.rules(of: Self.id, for: caller) != nil)
    #expect(
      refusal { () throws(Malformed) in _ = try interfaces.rules(of: Self.id, for: answerer) }
        == .interface(.wrongCaller))
    // And the other way round, where the calling end was sent.
    try interfaces.announce(8, .remote(PassingRules<Chat>()), by: caller, to: answerer)
    #expect(try interfaces.rules(of: 8, for: answerer) != nil)
    #expect(
      refusal { () throws(Malformed) in _ = try interfaces.rules(of: 8, for: caller) }
        == .interface(.wrongCaller))
  }

  @Test func whoHasClosedSaysNothingMoreAndTheIdIsFreeOnceBothHave() throws {
    try announce()
    try interfaces.close(Self.id, by: caller)
    #expect(
      refusal { () throws(Malformed) in _ = try interfaces.rules(of: Self.id, for: caller) }
        == .message(.unknownInterfaceID))
    #expect(
      refusal { () throws(Malformed) in try interfaces.close(Self.id, by: caller) }
        == .message(.unknownInterfaceID))
    #expect(
      refusal { () throws(Malformed) in try announce() } == .message(.illegalInterfaceID))
    try interfaces.close(Self.id, by: answerer)
    try announce()
  }

  @Test func twoWorkersTogetherCannotMakeItGrow() throws {
    for id in 1...UInt32(256) { try announce(id) }
    #expect(
      refusal { () throws(Malformed) in try announce(257) } == .channel(.tooManyEndpoints))
    try interfaces.close(1, by: caller)
    #expect(
      refusal { () throws(Malformed) in try announce(257) } == .channel(.tooManyEndpoints))
    try interfaces.close(1, by: answerer)
    try announce(257)
  }
}
