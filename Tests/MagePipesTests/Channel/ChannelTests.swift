import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// Who may say what, when, about which endpoint.
@Suite struct ChannelTests {
  static let pipe = EndpointID.bootstrap.rawValue

  // MARK: Order of the handshake

  @Test func aWorkerThatIsNotInvitedMaySayNothingElse() throws {
    for kind in FrameKind.allCases where kind != .hello && kind != .refuse {
      var host = try HostChannel(invited: false)
      #expect(host.check { $0.append(kind) } == .channel(.kindNotAllowed), "\(kind)")
    }
  }

  @Test func framesOfTheHostAreNotTakenFromAWorker() throws {
    for kind in [FrameKind.seal, .invite, .finish, .hello, .sealed] {
      var host = try HostChannel()
      #expect(host.check { $0.append(kind) } == .channel(.kindNotAllowed), "\(kind)")
    }
  }

  @Test func aWorkerMaySayThatItCannotStartAndNotLater() throws {
    let reason = CloseReason(code: 0, text: "no memory")
    var host = try HostChannel(invited: false)
    try host.receive { $0.append(.refuse, payload: reason.encoded[...]) }
    #expect(host.events.map(\.words) == ["refused \(reason)"])
    // Once: what it says after that, nobody has asked for.
    #expect(
      host.check { $0.append(.refuse, payload: reason.encoded[...]) } == .channel(.kindNotAllowed))
    var short = try HostChannel(invited: false)
    #expect(short.check { $0.append(.refuse, payload: [0, 0, 0]) } == .channel(.closeReason))
    var open = try HostChannel()
    #expect(
      open.check { $0.append(.refuse, payload: reason.encoded[...]) } == .channel(.kindNotAllowed))
  }

  @Test func anotherVersionIsRefused() throws {
    var host = try HostChannel(invited: false)
    let check = host.check { $0.append(.hello, payload: PayloadInts.encode([99, 0])[...]) }
    #expect(check == .channel(.handshake))
  }

  @Test func unknownKindsAreRefused() throws {
    for raw in UInt8.min...UInt8.max where FrameKind(rawValue: raw) == nil {
      var host = try HostChannel()
      var bytes = FrameBytes.message()
      bytes[4] = raw
      #expect(throws: Malformed.self) { try host.receive(bytes) }
    }
  }

  @Test func aHelloComesOnce() throws {
    var host = try HostChannel(invited: false)
    let hello = PayloadInts.encode([Channel.version, 0])
    let check = host.check {
      $0.append(.hello, payload: hello[...])
      $0.append(.hello, payload: hello[...])
    }
    #expect(check == .channel(.kindNotAllowed))
    #expect(host.events.count == 1)
  }

  @Test func aHelloHasItsSizeAndNothingBesideTheVersion() throws {
    var host = try HostChannel(invited: false)
    #expect(host.check { $0.append(.hello, payload: [1, 0, 0, 0]) } == .channel(.payloadSize))
    let reserved = PayloadInts.encode([Channel.version, 1])
    #expect(host.check { $0.append(.hello, payload: reserved[...]) } == .channel(.handshake))
  }

  @Test func aWorkerHoldsItsHostToTheOrder() throws {
    var worker = Channel(side: .worker, limits: ChannelLimits())
    func refusal(_ kind: FrameKind, _ payload: [UInt8] = []) -> Malformed.Check? {
      var writer = FrameWriter()
      writer.append(kind, payload: payload[...])
      var packet = IncomingPacket(writer.bytes[...], descriptors: [])
      do throws(Malformed) {
        while try worker.next(in: &packet) != nil {}
        return nil
      } catch {
        return error.check
      }
    }
    let invitation = ChannelLimits.tests.encoded
    #expect(refusal(.invite, invitation) == .channel(.kindNotAllowed))
    #expect(refusal(.seal, [1, 2, 3, 4, 5, 6, 7, 8]) == nil)
    #expect(refusal(.seal, [1, 2, 3, 4, 5, 6, 7, 8]) == .channel(.kindNotAllowed))
    #expect(refusal(.invite, invitation) == .channel(.kindNotAllowed))
    worker.sendSealed(listener: try .file())
    #expect(refusal(.finish) == .channel(.kindNotAllowed))
    #expect(refusal(.invite, invitation.dropLast(4)) == .channel(.payloadSize))
    #expect(
      refusal(.invite, invitation.dropLast(4) + [1, 0, 0, 0]) == .transport(.paddingNotZero))
    #expect(refusal(.invite, invitation) == nil)
    #expect(worker.limits == .tests)
    #expect(worker.endpoints.isOpen(.bootstrap))
    #expect(refusal(.finish, [0]) == .channel(.payloadSize))
    #expect(refusal(.finish) == nil)
    #expect(refusal(.hello, PayloadInts.encode([1, 0])) == .channel(.kindNotAllowed))
  }

  // MARK: Shape

  @Test func anAcknowledgementAndACreditHaveTheirSizes() throws {
    var host = try HostChannel()
    host.channel.close(.bootstrap, CloseReason())
    #expect(
      host.check { $0.append(.closeAcknowledged, endpoint: Self.pipe, payload: [0]) }
        == .channel(.payloadSize))
    #expect(
      host.check { $0.append(.credit, payload: Credit.zero.encoded.dropLast()[...]) }
        == .channel(.payloadSize))
    #expect(
      host.check { $0.append(.credit, payload: PayloadInts.encode([0, 0, 0, 1])[...]) }
        == .transport(.paddingNotZero))
  }

  @Test func anEmptyPacketIsRefused() throws {
    var host = try HostChannel()
    #expect(host.check { _ in } == .transport(.packetEmpty))
  }

  @Test func flagsThatAKindDoesNotHaveAreRefused() throws {
    for flags in [2, 16, 128] as [UInt8] {
      var host = try HostChannel()
      let check = host.check {
        $0.append(.message, flags: flags, endpoint: Self.pipe, payload: [1])
      }
      #expect(check == .channel(.unknownFlags))
    }
    var host = try HostChannel()
    #expect(
      host.check { $0.append(.credit, flags: 1, payload: Credit.zero.encoded[...]) }
        == .channel(.unknownFlags))
  }

  @Test func anEndpointOnAFrameWithoutOneIsRefused() throws {
    var host = try HostChannel()
    let check = host.check { $0.append(.credit, endpoint: 1, payload: Credit.zero.encoded[...]) }
    #expect(check == .transport(.paddingNotZero))
  }

  @Test func aTotalWithoutFragmentsIsRefused() throws {
    var host = try HostChannel()
    let check = host.check { $0.append(.message, endpoint: Self.pipe, total: 9, payload: [1]) }
    #expect(check == .transport(.paddingNotZero))
  }

  // MARK: Endpoints

  @Test func aMessageForAnEndpointThatNeverWasIsRefused() throws {
    for endpoint in [0, 2, 0x8000_0000, UInt32.max] as [UInt32] {
      var host = try HostChannel()
      let check = host.check { $0.append(.message, endpoint: endpoint, payload: [1]) }
      #expect(check == .channel(.unknownEndpoint))
    }
  }

  @Test func aLostRaceWithACloseIsDroppedAndALieIsNot() throws {
    var host = try HostChannel()
    host.channel.close(.bootstrap, CloseReason())
    // The worker had not read the close when it wrote this.
    try host.receive { $0.append(.message, endpoint: Self.pipe, payload: [1]) }
    #expect(host.messages.isEmpty)
    try host.receive { $0.append(.closeAcknowledged, endpoint: Self.pipe) }
    // Now it has.
    let check = host.check { $0.append(.message, endpoint: Self.pipe, payload: [1]) }
    #expect(check == .channel(.unknownEndpoint))
  }

  @Test func closesThatCrossAnswerEachOther() throws {
    var host = try HostChannel()
    host.channel.close(.bootstrap, CloseReason())
    #expect(try host.sentKinds() == [.close])
    try host.receive {
      $0.append(.close, endpoint: Self.pipe, payload: CloseReason().encoded[...])
    }
    #expect(try host.sentKinds().isEmpty)
    let check = host.check { $0.append(.closeAcknowledged, endpoint: Self.pipe) }
    #expect(check == .channel(.closeAcknowledgementUnexpected))
  }

  @Test func aCloseIsAnsweredOnce() throws {
    var host = try HostChannel()
    try host.receive {
      $0.append(
        .close, endpoint: Self.pipe, payload: CloseReason(code: 3, text: "done").encoded[...])
    }
    #expect(try host.sentKinds() == [.closeAcknowledged])
    guard case .closed(_, let reason)? = host.events.first else {
      Issue.record("no event")
      return
    }
    #expect(reason == CloseReason(code: 3, text: "done"))
    let again = host.check {
      $0.append(.close, endpoint: Self.pipe, payload: CloseReason().encoded[...])
    }
    #expect(again == .channel(.unknownEndpoint))
  }

  @Test func anAcknowledgementOfNothingIsRefused() throws {
    var host = try HostChannel()
    let check = host.check { $0.append(.closeAcknowledged, endpoint: Self.pipe) }
    #expect(check == .channel(.closeAcknowledgementUnexpected))
  }

  @Test func aReasonIsShortAndUTF8() throws {
    var host = try HostChannel()
    let long = [UInt8](repeating: 65, count: 4 + CloseReason.maxTextBytes + 1)
    #expect(
      host.check { $0.append(.close, endpoint: Self.pipe, payload: long[...]) }
        == .channel(.closeReason))
    #expect(
      host.check { $0.append(.close, endpoint: Self.pipe, payload: [0, 0, 0, 0, 0xFF]) }
        == .channel(.closeReason))
    #expect(
      host.check { $0.append(.close, endpoint: Self.pipe, payload: [0, 0, 0]) }
        == .channel(.closeReason))
  }
}
