import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// The handshake, and pipes that close.
@Suite(.timeLimit(.minutes(10)), .bothTransports) struct PipeTests {
  static let pipe = EndpointID.bootstrap.rawValue
  struct Failed: Error {}

  /// Each side answers the other's frames from inside the news, as their owners do.
  @Test func theHandshakeLeadsToAnOpenPipe() async throws {
    try await withLoop { hostLoop in
      try await withLoop { workerLoop in
        let ends = try Ends()
        let limits = ChannelLimits(maxOutstanding: 3)
        let host = try await Peer(ends.near, Channel(side: .host, limits: limits), hostLoop)
        let worker = try await Peer(
          ends.far, Channel(side: .worker, limits: ChannelLimits()), workerLoop)
        try await worker.connection.handshake { $0.sendHello() }
        guard case .hello = await host.news.next() else { throw Failed() }
        try await host.connection.handshake { $0.sendSeal(program: [1, 2, 3, 4, 5, 6, 7, 8]) }
        guard case .seal(let program) = await worker.news.next() else { throw Failed() }
        #expect(program == [1, 2, 3, 4, 5, 6, 7, 8])
        let listener = try SharedDescriptor.listener()
        try await worker.connection.handshake { $0.sendSealed(listener: listener) }
        guard case .sealed = await host.news.next() else { throw Failed() }
        try await host.connection.handshake { (channel) throws(Malformed) in
          try channel.sendInvitation()
        }
        guard case .invited = await worker.news.next() else { throw Failed() }
        await worker.connection.bind(.bootstrap, to: NoteReceiver { note, _ in note })
        #expect(await host.call(Note(5)) == .success(Note(5)))
        try await host.connection.handshake { $0.sendFinish() }
        guard case .finish = await worker.news.next() else { throw Failed() }
        await host.connection.end(.refused("over"))
        await worker.connection.end(.refused("over"))
      }
    }
  }

  @Test func anOwnerMayAnswerFromInsideTheNews() async throws {
    try await withLoop { loop in
      let ends = try Ends()
      let box = Inbox<Connection>()
      let done = Inbox<Channel.Phase>()
      let connection = Connection(
        PacketSocket(owning: OwnedDescriptor(owning: ends.near)),
        channel: Channel(side: .host, limits: ChannelLimits()), loop: loop.loop
      ) { _ in
        guard let connection = box.rest.first else { return }
        connection.assumeIsolated { connection in
          try? connection.handshake { $0.sendSeal(program: [1, 2, 3, 4, 5, 6, 7, 8]) }
          done.put(connection.phase)
        }
      }
      box.put(connection)
      try await connection.start()
      let hostile = Hostile(descriptor: OwnedDescriptor(owning: ends.far), loop: loop)
      hostile.send { $0.append(.hello, payload: PayloadInts.encode([Channel.version, 0])[...]) }
      #expect(await done.next() == .awaitingSealed)
      #expect(try await hostile.receive().map(\.kind) == [.seal])
      await connection.end(.refused("over"))
    }
  }

  @Test func aPipeThatThePeerClosesFailsItsCalls() async throws {
    try await withPeers { host, worker in
      let arrived = Gate()
      let gate = Gate()
      await worker.connection.bind(
        .bootstrap,
        to: NoteReceiver { note, _ in
          arrived.open()
          await gate.next()
          return note
        })
      let disconnected = NoteReceiver { note, _ in note }
      await host.connection.bind(.bootstrap, to: disconnected)
      async let answer = host.call(Note(1))
      await arrived.next()
      let reason = CloseReason(code: 7, text: "done")
      await worker.connection.close(.bootstrap, reason)
      #expect(await answer == .failure(.pipeClosed(reason)))
      #expect(await disconnected.disconnections.next() == reason)
      #expect(await host.call(Note(2)) == .failure(.pipeClosed(CloseReason())))
      gate.open()  // its reply has nowhere to go, and is no defect
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }

  @Test func aPipeThatThisSideClosesFailsItsCalls() async throws {
    try await withHostile { host, hostile in
      let receiver = NoteReceiver { note, _ in note }
      await host.connection.bind(.bootstrap, to: receiver)
      async let answer = host.call(Note(1))
      _ = try await hostile.receive()
      let reason = CloseReason(code: 1, text: "enough")
      await host.connection.close(.bootstrap, reason)
      #expect(await answer == .failure(.pipeClosed(reason)))
      #expect(await receiver.disconnections.next() == nil)
      let frames = try await hostile.receive()
      #expect(frames.map(\.kind) == [.close])
      #expect(frames.first?.payload == reason.encoded)
      // Written before the close was read: dropped, and no defect.
      hostile.send(.message, .oneWay, Note(1))
      hostile.send(.reply, .reply(id: 1), Note(1))
      hostile.send { $0.append(.closeAcknowledged, endpoint: Self.pipe) }
      hostile.send(.message, .oneWay, Note(2))
      #expect(await host.refusal() == .channel(.unknownEndpoint))
    }
  }

  @Test func aHandlerThatThrowsClosesThePipeAndSaysOnlyTheErrorsType() async throws {
    try await withPeers { host, worker in
      await worker.connection.bind(.bootstrap, to: NoteReceiver { _, _ in throw Failed() })
      let answer = await host.call(Note(1))
      let reason = CloseReason(
        code: Connection.handlerFailedCode, text: "the handler threw Failed")
      #expect(answer == .failure(.pipeClosed(reason)))
    }
  }

  @Test func aReplyBeyondTheLimitsClosesThePipe() async throws {
    try await withPeers(ChannelLimits(maxMessageBytes: 200)) { host, worker in
      await worker.connection.bind(
        .bootstrap, to: NoteReceiver { _, _ in Note(1, Array(repeating: 1, count: 200)) })
      let answer = await host.call(Note(1))
      guard case .failure(.pipeClosed(let reason)) = answer else { throw Failed() }
      #expect(reason.code == Connection.handlerFailedCode)
      #expect(host.news.rest.isEmpty)
    }
  }

  @Test func aReplyWithTooManyAttachmentsClosesThePipe() async throws {
    try await withPeers(ChannelLimits(maxAttachments: 0)) { host, worker in
      await worker.connection.bind(.bootstrap, to: Generous(file: try .file()))
      guard case .failure(.pipeClosed) = await host.call(Note(1)) else { throw Failed() }
      #expect(host.news.rest.isEmpty)
    }
  }

  /// Answers everything with a file.
  struct Generous: MessageReceiver {
    let file: SharedDescriptor
    func take(_ message: IncomingMessage, header: MessageHeader) async throws -> OutgoingMessage? {
      let reply = MessageEncoder.encode(.reply(id: header.requestID), ordinal: 0, Note(1)).bytes
      return OutgoingMessage(
        bytes: reply, attachments: [Attachment(kind: .file, descriptor: file)])
    }
    func disconnected(_ reason: CloseReason?) {}
  }

  @Test func whatNobodyWillTakeGivesItsCreditBack() async throws {
    try await withHostile(ChannelLimits(windowMessages: 4)) { host, hostile in
      for number in 0..<4 as Range<UInt32> { hostile.send(.message, .oneWay, Note(number)) }
      hostile.send { $0.append(.close, endpoint: Self.pipe, payload: CloseReason().encoded[...]) }
      // Somebody may still read what came before the close, until the end is dropped.
      #expect(try await hostile.receive().map(\.kind) == [.closeAcknowledged])
      host.connection.bootstrap.close(CloseReason())
      // The last one alone is not worth a frame.
      var credits: UInt32 = 0
      while credits < 3 {
        for frame in try await hostile.receive() where frame.kind == .credit {
          credits += try Credit(decoding: frame.payload[...]).messages
        }
      }
      #expect(credits == 3)
    }
  }

  @Test func aReceiverThatComesTooLateIsTold() async throws {
    try await withHostile { host, hostile in
      await host.connection.close(.bootstrap)
      let receiver = NoteReceiver { note, _ in note }
      await host.connection.bind(.bootstrap, to: receiver)
      #expect(await receiver.disconnections.next() == nil)
    }
  }

  /// Closes its pipe at the first message.
  struct Closing: MessageReceiver {
    let connection: Connection
    let arrived = Gate()
    func take(_ message: IncomingMessage, header: MessageHeader) async throws -> OutgoingMessage? {
      arrived.open()
      connection.assumeIsolated { $0.close(.bootstrap) }
      return nil
    }
    func disconnected(_ reason: CloseReason?) {}
  }

  @Test(arguments: [false, true])
  func aReceiverMayCloseWhileMoreOfItsPacketWaits(isBoundLate: Bool) async throws {
    try await withHostile { host, hostile in
      let receiver = Closing(connection: host.connection)
      if !isBoundLate { await host.connection.bind(.bootstrap, to: receiver) }
      let note = MessageEncoder.encode(.oneWay, ordinal: 0, Note(1)).bytes
      hostile.send {
        $0.append(.message, endpoint: Self.pipe, payload: note[...])
        $0.append(.message, endpoint: Self.pipe, payload: note[...])
      }
      if isBoundLate {
        // A call to and fro, so that both are here.
        async let answer = host.call(Note(7))
        _ = try await hostile.receive()
        hostile.send(.reply, .reply(id: 1), Note(7))
        #expect(await answer == .success(Note(7)))
        await host.connection.bind(.bootstrap, to: receiver)
      }
      let kinds = try await hostile.receive().map(\.kind)
      #expect(kinds.contains(.close))
      #expect(receiver.arrived.rest.count == 1)
      #expect(host.news.rest.isEmpty)
    }
  }

  @Test func theEndTellsEverybodyOnce() async throws {
    try await withHostile(ChannelLimits(windowMessages: 1)) { host, hostile in
      let receiver = NoteReceiver { note, _ in note }
      await host.connection.bind(.bootstrap, to: receiver)
      async let sent = host.call(Note(1))
      _ = try await hostile.receive()
      // Both have reached the loop before the end does.
      let waiting = Task.immediate { await host.call(Note(2)) }
      let unsent = Task.immediate { await host.send(Note(3)) }
      let error = CallError.hostGone("over")
      await host.connection.end(error)
      await host.connection.end(.cancelled)
      #expect(await sent == .failure(error))
      #expect(await waiting.value == .failure(error))
      #expect(await unsent.value == error)
      #expect(await receiver.disconnections.next() == nil)
      #expect(receiver.disconnections.rest.isEmpty)
    }
  }
}
