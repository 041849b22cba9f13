import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What a worker can say of shared buffers, and how much of it is a lie.
@Suite struct ChannelBufferTests {
  static let pipe = EndpointID.bootstrap.rawValue
  static let mega = 1 << 20
  static let limits = ChannelLimits(
    maxMessageBytes: 200_000, windowMessages: 64, windowBytes: 400_000,
    maxPayloadBytes: UInt32(2 * mega), poolBytes: UInt32(4 * mega))

  /// A host with two buffers that the worker fills (1, 2) and one of its own (1).
  private func host() throws -> HostChannel {
    var host = try HostChannel(limits: Self.limits)
    for (number, writer) in [(1, .worker), (2, .worker), (1, .host)] as [(UInt16, Channel.Side)] {
      try host.channel.addBuffer(
        AddedBuffer(
          number: number, size: Self.mega, writer: writer,
          memory: Attachment(kind: .region, descriptor: try .memory(sealedWith: [.shrink, .grow]))))
    }
    host.channel.outbox.removeAll()
    return host
  }

  private func message(_ arrays: (UInt32, UInt16)...) -> (inout FrameWriter) -> Void {
    { writer in
      writer.append(
        .message, endpoint: Self.pipe,
        entries: arrays.map { AttachmentEntry(payload: $0.0, buffer: $0.1) }, payload: [1])
    }
  }

  private func control(_ kind: FrameKind, _ value: UInt32, _ zero: UInt32 = 0) -> (
    inout FrameWriter
  ) -> Void {
    { $0.append(kind, payload: PayloadInts.encode([value, zero])[...]) }
  }

  // MARK: Arrays

  @Test func anArrayComesInItsBuffer() throws {
    var host = try host()
    try host.receive(message((1 << 20, 2), (64 << 10, 1)))
    guard case .pooled(2, 1_048_576) = host.messages[0].carried[0],
      case .pooled(1, 65_536) = host.messages[0].carried[1]
    else {
      Issue.record("\(host.messages[0].carried)")
      return
    }
    host.channel.returnBuffer(2)
    #expect(try host.sentKinds() == [.bufferReturned])
    try host.receive(message((1 << 20, 2)))
    #expect(host.messages.count == 2)
  }

  @Test(
    "false arrays",
    arguments: [
      ("a buffer that never was", 65_536, 3, ChannelCheck.bufferUnknown),
      ("more than the buffer", 1_048_577, 1, .bufferSize),
      ("everything", .max, 1, .bufferSize),
      ("too few for a buffer", 65_535, 1, .bufferSize),
      ("none", 0, 1, .bufferSize),
      ("too few to follow a message", 65_535, 0, .bufferSize),
      ("more than the message", 65_536, 0, .bufferSize),
    ] as [(String, UInt32, UInt16, ChannelCheck)])
  func falseArrays(_ name: String, _ count: UInt32, _ buffer: UInt16, _ check: ChannelCheck) throws
  {
    var host = try host()
    #expect(host.check(message((count, buffer))) == .channel(check))
    #expect(host.messages.isEmpty)
  }

  @Test func aBufferIsUsedOnceUntilItIsReturned() throws {
    var host = try host()
    #expect(host.check(message((65_536, 1), (65_536, 1))) == .channel(.bufferInUse))
    host = try self.host()
    try host.receive(message((65_536, 1)))
    #expect(host.check(message((65_536, 1))) == .channel(.bufferInUse))
  }

  @Test func aReplyHasItsArraysToo() throws {
    var host = try host()
    let entries = [AttachmentEntry(payload: 65_536, buffer: 1)]
    try host.receive { $0.append(.reply, endpoint: Self.pipe, entries: entries, payload: [1]) }
    let check = host.check {
      $0.append(.reply, endpoint: Self.pipe, entries: entries, payload: [1])
    }
    #expect(check == .channel(.bufferInUse))
  }

  @Test func noOtherFrameHasArrays() throws {
    for kind in [FrameKind.credit, .close, .bufferReturned, .bufferWanted, .moveFinished] {
      var host = try host()
      let check = host.check {
        $0.append(
          kind, entries: [AttachmentEntry(payload: 65_536, buffer: 1)],
          payload: PayloadInts.encode([0, 0, 0, 0])[...])
      }
      #expect(check == .channel(.tooManyAttachments), "\(kind)")
    }
  }

  @Test func arraysFollowTheirMessageInFragments() throws {
    var worker = try Channel.openWorker(Self.limits)
    let arrays: [[UInt8]] = [
      .init(repeating: 7, count: 70_000), .init(repeating: 8, count: 90_000),
    ]
    try worker.send([1, 2, 3], arrays.map { .streamed($0.count, $0) }, to: .bootstrap)
    var host = try host()
    while let packet = worker.outbox.next() { try host.receive(packet.bytes) }
    let message = try #require(host.messages.first)
    #expect(message.bytes == [1, 2, 3])
    #expect(message.cost.bytes == 160_003)
    let came: [[UInt8]] = message.carried.map {
      if case .streamed(_, let bytes) = $0 { bytes } else { [] }
    }
    #expect(came == arrays)
  }

  @Test func whatIsDroppedIsHandedToWhoeverReturnsIt() throws {
    var host = try host()
    host.channel.close(.bootstrap, CloseReason())
    try host.receive(message((65_536, 1)))
    guard case .dropped(let items) = host.events.last, case .pooled(1, _) = items.first else {
      Issue.record("\(host.events)")
      return
    }
  }

  // MARK: Buffers

  @Test func onlyWhatWasHandedOutComesBack() throws {
    for number in [0, 1, 2, 65_536 + 1, .max] as [UInt32] {
      var host = try host()
      let check = host.check(control(.bufferReturned, number))
      let isNumber = number <= 65_535
      #expect(check == .channel(isNumber ? .bufferReturnUnexpected : .bufferUnknown), "\(number)")
    }
    var host = try host()
    #expect(host.channel.reserveBuffers([Self.mega]) == [1])
    try host.receive(control(.bufferReturned, 1))
    #expect(host.check(control(.bufferReturned, 1)) == .channel(.bufferReturnUnexpected))
  }

  @Test func onlyAnEmptyBufferOfTheSendersIsDropped() throws {
    var host = try host()
    try host.receive(message((65_536, 1)))
    #expect(host.check(control(.bufferDropped, 1)) == .channel(.bufferInUse))
    host = try self.host()
    #expect(host.check(control(.bufferDropped, 3)) == .channel(.bufferUnknown))
    host = try self.host()
    try host.receive(control(.bufferDropped, 2))
    #expect(host.check(control(.bufferDropped, 2)) == .channel(.bufferUnknown))
    host = try self.host()
    try host.receive(control(.bufferDropped, 2))
    #expect(host.check(message((65_536, 2))) == .channel(.bufferUnknown))
  }

  @Test func buffersAreWantedWithinThePolicyAndOneAtATime() throws {
    for size in [0, 65_535, UInt32(2 * Self.mega) + 1, .max] as [UInt32] {
      var host = try host()
      #expect(host.check(control(.bufferWanted, size)) == .channel(.bufferLimit), "\(size)")
    }
    var host = try host()
    try host.receive(control(.bufferWanted, UInt32(2 * Self.mega)))
    #expect(host.check(control(.bufferWanted, 65_536)) == .channel(.bufferLimit))
    host = try self.host()
    try host.receive(control(.bufferWanted, UInt32(2 * Self.mega)))
    try host.channel.addBuffer(
      AddedBuffer(
        number: 3, size: 2 * Self.mega, writer: .worker,
        memory: Attachment(kind: .region, descriptor: try .memory(sealedWith: [.shrink, .grow]))))
    // The pool is full.
    #expect(host.check(control(.bufferWanted, 65_536)) == .channel(.bufferLimit))
  }

  @Test func aWorkerWithoutAPoolGetsNone() throws {
    var host = try HostChannel()
    #expect(host.check(control(.bufferWanted, 65_536)) == .channel(.bufferLimit))
    host = try HostChannel()
    #expect(host.check(message((65_536, 1))) == .channel(.bufferUnknown))
  }

  @Test func onlyTheHostMakesBuffers() throws {
    var host = try host()
    let check = host.check(descriptors: [try .memory(sealedWith: [.shrink, .grow])]) {
      $0.append(
        .bufferAdded, attachments: [.region], payload: PayloadInts.encode([3, 65_536, 1, 0])[...])
    }
    #expect(check == .channel(.kindNotAllowed))
  }

  @Test func nothingHidesInAFrame() throws {
    for kind in [FrameKind.bufferWanted, .bufferReturned, .bufferDropped] {
      var host = try host()
      #expect(host.check(control(kind, 65_536, 1)) == .transport(.paddingNotZero), "\(kind)")
      host = try self.host()
      #expect(host.check { $0.append(kind, payload: [1, 0, 0, 0]) } == .channel(.payloadSize))
      host = try self.host()
      #expect(
        host.check { $0.append(kind, endpoint: 1, payload: PayloadInts.encode([1, 0])[...]) }
          == .transport(.paddingNotZero))
    }
  }

  // MARK: The worker's side

  @Test(
    "false buffers",
    arguments: [
      ("that nobody wants", [1, 65_536, 1, 0], ChannelCheck.bufferLimit),
      ("larger than the policy's", [1, UInt32(2 * mega) + 1, 0, 0], .bufferLimit),
      ("without a number", [0, 65_536, 0, 0], .bufferUnknown),
    ] as [(String, [UInt32], ChannelCheck)])
  func falseBuffers(_ name: String, _ fields: [UInt32], _ check: ChannelCheck) throws {
    var worker = try Channel.openWorker(Self.limits)
    var writer = FrameWriter()
    writer.append(.bufferAdded, attachments: [.region], payload: PayloadInts.encode(fields)[...])
    var packet = IncomingPacket(
      writer.bytes[...], descriptors: [try .memory(sealedWith: [.shrink, .grow])])
    do throws(Malformed) {
      _ = try worker.next(in: &packet)
      Issue.record("taken")
    } catch {
      #expect(error.check == .channel(check))
    }
  }

  @Test func aBufferThatCanShrinkIsRefused() throws {
    for seals in [[], [.shrink], [.grow]] as [Seals] {
      var worker = try Channel.openWorker(Self.limits)
      var writer = FrameWriter()
      writer.append(
        .bufferAdded, attachments: [.region], payload: PayloadInts.encode([1, 65_536, 0, 0])[...])
      var packet = IncomingPacket(writer.bytes[...], descriptors: [try .memory(sealedWith: seals)])
      #expect(throws: Malformed.self) { _ = try worker.next(in: &packet) }
    }
  }
}
