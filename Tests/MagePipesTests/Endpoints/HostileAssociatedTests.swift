import Mage
import MageWire
import Testing

@testable import MagePipes

/// A worker that lies about the interfaces on its pipe; and what looks like a lie and is a lost race.
@Suite(.timeLimit(.minutes(10))) struct HostileAssociatedTests {
  /// The worker calls the first interface: ids of its own have the highest bit.
  static let own: UInt32 = 1 << 31 | 1
  static let hosts: UInt32 = 1

  private func withCaller(
    _ body: (_ host: Peer, _ hostile: Hostile, _ assembly: Assembly) async throws -> Void
  ) async throws {
    try await withHostile { host, hostile in
      let assembly = Assembly()
      try PendingReceiver<Shared>(Endpoint(host.connection.bootstrap)).bind(assembly.handlers)
      try await body(host, hostile, assembly)
    }
  }

  private func joining(_ ids: [UInt32]) -> [UInt8] {
    let ends = ids.map { _ in makeAssociated(of: Chat.self).receiver }
    var message = MessageEncoder.encodeWithEnds(
      .oneWay, ordinal: Shared.join.ordinal, Joining(more: ends)
    ).bytes
    MessageHeader.write(ends: ids, into: &message)
    return message
  }

  private func say(
    _ hostile: Hostile, to id: UInt32, _ kind: MessageEncoder.Kind = .oneWay, ordinal: UInt32 = 0,
    frame: FrameKind = .message
  ) {
    var bytes = MessageEncoder.encode(kind, ordinal: ordinal, Note(1)).bytes
    MessageHeader.write(interface: id, into: &bytes)
    send(hostile, bytes, frame)
  }

  private func send(_ hostile: Hostile, _ bytes: [UInt8], _ frame: FrameKind = .message) {
    hostile.send {
      $0.append(frame, endpoint: EndpointID.bootstrap.rawValue, payload: bytes[...])
    }
  }

  private func close(_ hostile: Hostile, _ id: UInt32) {
    send(hostile, PipeControl.encode(PipeControl.Closed(id: id, reason: nil)))
  }

  /// Waits until the host says that it has closed an end.
  private func closedID(_ hostile: Hostile) async throws -> UInt32 {
    while true {
      for frame in try await hostile.receive() where frame.kind == .message {
        let header = try MessageHeader(decoding: frame.payload)
        guard header.interfaceID == PipeControl.interfaceID else { continue }
        return try PipeControl.decode(frame.payload, header, handles: []).id
      }
    }
  }

  // MARK: Lies

  @Test func anEndThatWasNeverAnnouncedIsNotUsed() async throws {
    for id in [Self.own, Self.hosts, 0x7FFF_FFFF, 0xFFFF_FFFE] {
      try await withCaller { host, hostile, assembly in
        say(hostile, to: id)
        #expect(await host.refusal() == .message(.unknownInterfaceID))
        #expect(assembly.notes.rest.isEmpty)
      }
      try await withCaller { host, hostile, _ in
        // One is there, and it is another.
        send(hostile, joining([Self.own + 1]))
        say(hostile, to: id)
        #expect(await host.refusal() == .message(.unknownInterfaceID))
      }
    }
  }

  static let notTheCallers: [[UInt32]] = [[hosts], [own, own], [own + 1, hosts], [0x7FFF_FFFF]]

  @Test(arguments: notTheCallers)
  func idsOfTheHostAndIdsInUseAreNotAnnounced(ids: [UInt32]) async throws {
    try await withCaller { host, hostile, assembly in
      send(hostile, joining(ids))
      #expect(await host.refusal() == .message(.illegalInterfaceID))
      #expect(assembly.joined.rest.isEmpty)
    }
    try await withCaller { host, hostile, assembly in
      send(hostile, joining([Self.own]))
      _ = await assembly.joined.next()
      send(hostile, joining([Self.own]))
      #expect(await host.refusal() == .message(.illegalInterfaceID))
    }
  }

  @Test func reservedIdsAreNotAnnounced() async throws {
    for id in [0, UInt32.max] {
      try await withCaller { host, hostile, _ in
        send(hostile, joining([id]))
        #expect(await host.refusal() == .message(.illegalInterfaceID))
      }
    }
  }

  @Test func moreEndsThanMayShareAPipeAreRefused() async throws {
    try await withCaller { host, hostile, assembly in
      send(hostile, joining((0..<64).map { Self.own + $0 }))
      let kept = await assembly.joined.next()
      send(hostile, joining([Self.own + 64]))
      #expect(await host.refusal() == .channel(.tooManyEndpoints))
      withExtendedLifetime(kept) {}
    }
  }

  @Test func anEndThatNoFieldNamesIsRefused() async throws {
    try await withCaller { host, hostile, assembly in
      // The header of a message with two ends on the body of one with one.
      var bytes = joining([Self.own])
      bytes[bytes.count - 12] = 2  // count of the ids
      bytes[bytes.count - 16] = 16  // and their size
      bytes[bytes.count - 4] = 2
      bytes[bytes.count - 1] = 0x80
      send(hostile, bytes)
      #expect(await host.refusal() == .message(.unreferencedInterfaceID))
      #expect(assembly.joined.rest.isEmpty)
    }
  }

  @Test func whatIsAnnouncedAsCalledDoesNotCall() async throws {
    try await withCaller { host, hostile, assembly in
      var bytes = MessageEncoder.encodeWithEnds(
        .oneWay, ordinal: Shared.join.ordinal,
        Joining(remote: makeAssociated(of: Chat.self).remote)
      ).bytes
      MessageHeader.write(ends: [Self.own], into: &bytes)
      send(hostile, bytes)
      let joined = await assembly.joined.next()
      say(hostile, to: Self.own)
      #expect(await host.refusal() == .interface(.wrongCaller))
      withExtendedLifetime(joined) {}
    }
  }

  @Test func repliesToNobodyAreRefused() async throws {
    try await withCaller { host, hostile, _ in
      say(hostile, to: Self.own, .reply(id: 1), frame: .reply)
      #expect(await host.refusal() == .message(.unknownInterfaceID))
    }
    try await withCaller { host, hostile, assembly in
      send(hostile, joining([Self.own]))
      let joined = await assembly.joined.next()
      say(hostile, to: Self.own, .reply(id: 1), frame: .reply)
      #expect(await host.refusal() == .channel(.replyUnexpected))
      withExtendedLifetime(joined) {}
    }
  }

  @Test func messagesForAnEndAreCheckedAgainstItsInterface() async throws {
    try await withCaller { host, hostile, assembly in
      send(hostile, joining([Self.own]))
      try assembly.bind(await assembly.joined.next().more.first)
      say(hostile, to: Self.own, ordinal: 77)
      guard case .malformed(let malformed) = await host.news.next() else {
        Issue.record("not refused")
        return
      }
      #expect(malformed.check == .message(.headerUnknownMethod))
      #expect(malformed.interface == Chat.name)
    }
  }

  // MARK: Closing

  @Test func closesOfWhatIsNotThereAreRefused() async throws {
    for id in [0, Self.hosts, Self.own, UInt32.max] {
      try await withCaller { host, hostile, _ in
        close(hostile, id)
        #expect(await host.refusal() == .message(.unknownInterfaceID))
      }
    }
    try await withCaller { host, hostile, assembly in
      send(hostile, joining([Self.own]))
      try assembly.bind(await assembly.joined.next().more.first)
      close(hostile, Self.own)
      #expect(await assembly.closed.next() == CloseReason())
      #expect(try await closedID(hostile) == Self.own)
      close(hostile, Self.own)
      #expect(await host.refusal() == .message(.unknownInterfaceID))
    }
  }

  @Test func useAfterOnesOwnCloseIsALie() async throws {
    try await withCaller { host, hostile, assembly in
      send(hostile, joining([Self.own]))
      try assembly.bind(await assembly.joined.next().more.first)
      close(hostile, Self.own)
      say(hostile, to: Self.own)
      #expect(await host.refusal() == .message(.unknownInterfaceID))
      #expect(assembly.notes.rest.isEmpty)
    }
  }

  @Test func useAfterTheHostsCloseIsALostRaceUntilItIsAnswered() async throws {
    try await withCaller { host, hostile, assembly in
      send(hostile, joining([Self.own]))
      do { _ = await assembly.joined.next() }
      let closed = try await closedID(hostile)
      #expect(closed == Self.own)
      // Sent before the news could have come, and with an end that is there all the same.
      say(hostile, to: Self.own)
      say(hostile, to: Self.own, .request(id: 3), ordinal: 1)
      say(hostile, to: 0)
      #expect(await assembly.notes.next() == 1)
      close(hostile, Self.own)
      say(hostile, to: 0)
      #expect(await assembly.notes.next() == 1)
      #expect(host.news.rest.isEmpty)
      // The id may be used again now, and means something new.
      send(hostile, joining([Self.own]))
      let again = await assembly.joined.next()
      close(hostile, Self.own)
      say(hostile, to: Self.own)
      #expect(await host.refusal() == .message(.unknownInterfaceID))
      withExtendedLifetime(again) {}
    }
  }

  @Test func otherWordsAboutThePipeAreRefused() async throws {
    var noUnion = PipeControl.encode(PipeControl.Closed(id: 1, reason: nil))
    noUnion[12] = 0xFF  // Run
    var flags = noUnion
    flags[12] = 0xFE
    flags[16] = 4
    var tag = PipeControl.encode(PipeControl.Closed(id: 1, reason: nil))
    tag[24 + 12] = 1
    let cases: [([UInt8], Malformed.Check)] = [
      (noUnion, .message(.headerUnknownMethod)), (flags, .message(.headerInvalidFlags)),
      (tag, .message(.unknownUnionTag)),
    ]
    for (bytes, check) in cases {
      try await withCaller { host, hostile, _ in
        send(hostile, joining([Self.own]))
        send(hostile, bytes)
        #expect(await host.refusal() == check)
      }
    }
  }

  /// Ends that come and go as fast as messages do leave nothing behind; whose closes are not answered are the sender's own, up to the limit.
  @Test func endsThatComeAndGoLeaveNothing() async throws {
    try await withPeers { host, worker in
      let pipe = try SharedPipe.between(worker, host)
      for _ in 0..<500 {
        try await sendEnd(over: pipe.remote)
        _ = await pipe.assembly.joined.next()
      }
      for port in [host.connection.bootstrap, worker.connection.bootstrap] {
        for _ in 0..<1000 where port.shares { try await Task.sleep(for: .milliseconds(1)) }
        #expect(!port.shares)
      }
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
    try await withCaller { host, hostile, assembly in
      for round in 0..<64 as Range<UInt32> {
        send(hostile, joining([Self.own + round]))
        do { _ = await assembly.joined.next() }
      }
      send(hostile, joining([Self.own + 64]))
      #expect(await host.refusal() == .channel(.tooManyEndpoints))
    }
  }

  private func sendEnd(over remote: Remote<Shared>) async throws {
    while true {
      do throws(CallError) {
        return try await remote.send(
          Shared.join, Joining(receiver: makeAssociated(of: Chat.self).receiver))
      } catch {
        // Those whose closes are not answered yet still count.
        guard case .refused = error else { throw error }
        try await Task.sleep(for: .milliseconds(1))
      }
    }
  }
}

extension Port {
  /// Whether interfaces share its pipe.
  fileprivate var shares: Bool { PortLock.change { _ in associates?.isEmpty == false } }
}
