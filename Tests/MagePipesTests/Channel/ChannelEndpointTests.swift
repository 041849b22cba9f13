import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What a worker may say about endpoints in messages, as packets made by hand.
@Suite struct ChannelEndpointTests {
  static let pipe = EndpointID.bootstrap.rawValue
  static let own = EndpointID.workerBit | 1

  static func new(_ id: UInt32) -> AttachmentEntry { AttachmentEntry(endpoint: id, isMoved: false) }
  static func moved(_ id: UInt32) -> AttachmentEntry {
    AttachmentEntry(endpoint: id, isMoved: true)
  }

  private func carry(
    _ entries: [AttachmentEntry], on endpoint: UInt32 = pipe, flags: UInt8 = 0,
    to host: inout HostChannel
  ) -> Malformed.Check? {
    host.check {
      $0.append(.message, flags: flags, endpoint: endpoint, entries: entries, payload: [1])
    }
  }

  /// A host whose worker has sent an end of its own.
  private func host(_ entries: [AttachmentEntry] = [new(own)]) throws -> HostChannel {
    var host = try HostChannel()
    try #require(carry(entries, to: &host) == nil)
    return host
  }

  @Test func anEndIsOpenOnceItsMessageHasCome() throws {
    var host = try host()
    #expect(host.channel.endpoints.isOpen(EndpointID(rawValue: Self.own)))
    #expect(host.check { $0.append(.message, endpoint: Self.own, payload: [1]) } == nil)
    #expect(host.messages.count == 2)
  }

  @Test func idsOfTheHostAndIdsThatWereUsedAreRefused() throws {
    var fresh = try HostChannel()
    #expect(carry([Self.new(7)], to: &fresh) == .channel(.endpointNotMintable))
    var again = try host()
    #expect(carry([Self.new(Self.own)], to: &again) == .channel(.endpointNotMintable))
    var closed = try host()
    try closed.receive {
      $0.append(.close, endpoint: Self.own, payload: CloseReason().encoded[...])
    }
    #expect(carry([Self.new(Self.own)], to: &closed) == .channel(.endpointNotMintable))
    var zero = try HostChannel()
    #expect(carry([Self.new(0)], to: &zero) == .channel(.endpointNotMintable))
    var base = try HostChannel()
    #expect(carry([Self.new(EndpointID.workerBit)], to: &base) == .channel(.endpointNotMintable))
  }

  @Test func moreEndpointsThanThePolicyAllowsAreRefused() throws {
    var host = try HostChannel()
    for id in 0..<4 as Range<UInt32> {
      #expect(carry([Self.new(Self.own + id)], to: &host) == nil)
      host.channel.returnCredit(.message(bytes: 1, attachments: 1))
    }
    #expect(carry([Self.new(Self.own + 4)], to: &host) == .channel(.tooManyEndpoints))
  }

  @Test func endsThatComeAndGoLeaveNothingBehind() throws {
    var host = try HostChannel()
    for id in 0..<10_000 as Range<UInt32> {
      #expect(carry([Self.new(Self.own + id)], to: &host) == nil)
      try host.receive {
        $0.append(.close, endpoint: Self.own + id, payload: CloseReason().encoded[...])
      }
      host.channel.returnCredit(.message(bytes: 1, attachments: 1))
      host.events = []
    }
    #expect(host.channel.endpoints.count == 1)
  }

  // MARK: Moves

  @Test func aMoveIsAcknowledgedAndFinished() throws {
    var host = try host()
    _ = try host.sentKinds()
    #expect(carry([Self.moved(Self.own)], to: &host) == nil)
    #expect(try host.sentKinds() == [.moveAcknowledged])
    #expect(carry([], on: Self.own, flags: Frame.returnedFlag, to: &host) == nil)
    #expect(host.messages.last?.isReturned == true)
    #expect(host.check { $0.append(.moveFinished, endpoint: Self.own) } == nil)
    #expect(host.channel.endpoints.count == 1)
    #expect(carry([], on: Self.own, to: &host) == .channel(.unknownEndpoint))
  }

  @Test func movesOfWhatIsNotThereAreRefused() throws {
    var stranger = try host()
    #expect(carry([Self.moved(9)], to: &stranger) == .channel(.unknownEndpoint))
    var gone = try host()
    try gone.receive { $0.append(.close, endpoint: Self.own, payload: CloseReason().encoded[...]) }
    #expect(carry([Self.moved(Self.own)], to: &gone) == .channel(.unknownEndpoint))
  }

  @Test func anEndIsGivenUpOnce() throws {
    var twice = try host()
    #expect(
      carry([Self.moved(Self.own), Self.moved(Self.own)], to: &twice) == .channel(.endpointMoved))
    var later = try host()
    #expect(carry([Self.moved(Self.own)], to: &later) == nil)
    #expect(carry([Self.moved(Self.own)], to: &later) == .channel(.endpointMoved))
    var itself = try host()
    #expect(carry([Self.moved(Self.pipe)], to: &itself) == .channel(.endpointMoved))
  }

  @Test func aMoveThatCrossesAClosingIsNoLie() throws {
    var host = try host()
    host.channel.close(EndpointID(rawValue: Self.own), CloseReason())
    #expect(carry([Self.moved(Self.own)], to: &host) == nil)
    #expect(host.check { $0.append(.moveFinished, endpoint: Self.own) } == nil)
    #expect(host.channel.endpoints.count == 1)
  }

  @Test func whoHasGivenAnEndUpNeitherClosesNorAnswersThere() throws {
    var closing = try host()
    try #require(carry([Self.moved(Self.own)], to: &closing) == nil)
    let close = closing.check {
      $0.append(.close, endpoint: Self.own, payload: CloseReason().encoded[...])
    }
    #expect(close == .channel(.endpointMoved))
    var answering = try host()
    try #require(carry([Self.moved(Self.own)], to: &answering) == nil)
    #expect(
      answering.check { $0.append(.reply, endpoint: Self.own, payload: [1]) }
        == .channel(.endpointMoved))
  }

  @Test func nothingComesBackOrFinishesThatWasNotMoved() throws {
    var returning = try host()
    #expect(
      carry([], on: Self.own, flags: Frame.returnedFlag, to: &returning)
        == .channel(.returnUnexpected))
    var finishing = try host()
    #expect(
      finishing.check { $0.append(.moveFinished, endpoint: Self.own) }
        == .channel(.moveUnexpected))
    var twice = try host()
    try #require(carry([Self.moved(Self.own)], to: &twice) == nil)
    try twice.receive { $0.append(.moveFinished, endpoint: Self.own) }
    #expect(
      twice.check { $0.append(.moveFinished, endpoint: Self.own) } == .channel(.moveUnexpected))
    var acknowledging = try host()
    #expect(
      acknowledging.check { $0.append(.moveAcknowledged, endpoint: Self.own) }
        == .channel(.kindNotAllowed))
    var relayed = try host()
    #expect(
      carry([], flags: Frame.relayedFlag, to: &relayed) == .channel(.unknownFlags))
  }

  @Test func whatAMessageForAClosedEndCarriesIsNotForgotten() throws {
    var host = try host()
    host.channel.close(.bootstrap, CloseReason())
    host.events = []
    #expect(carry([Self.new(Self.own + 1)], to: &host) == nil)
    guard case .dropped(let items) = host.events.first else {
      Issue.record("\(host.events)")
      return
    }
    #expect(items.count == 1)
  }

  @Test func theHostMovesNothing() throws {
    var worker = try Channel.openWorker()
    func check(_ entry: AttachmentEntry) -> Malformed.Check? {
      var writer = FrameWriter()
      writer.append(.message, endpoint: Self.pipe, entries: [entry], payload: [1])
      var packet = IncomingPacket(writer.bytes[...], descriptors: [])
      do throws(Malformed) {
        while try worker.next(in: &packet) != nil {}
        return nil
      } catch {
        return error.check
      }
    }
    #expect(check(Self.new(2)) == nil)
    #expect(check(Self.moved(2)) == .channel(.kindNotAllowed))
  }
}
