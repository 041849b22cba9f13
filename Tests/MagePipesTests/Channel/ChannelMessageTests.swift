import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// What a message may cost, and how it may come in parts.
@Suite struct ChannelMessageTests {
  static let pipe = EndpointID.bootstrap.rawValue

  // MARK: Credit

  @Test func oneMessageBeyondTheWindowIsRefused() throws {
    var host = try HostChannel()
    for _ in 0..<8 { try host.receive { $0.append(.message, endpoint: Self.pipe, payload: [1]) } }
    let check = host.check { $0.append(.message, endpoint: Self.pipe, payload: [1]) }
    #expect(check == .channel(.creditMessagesExceeded))
    #expect(host.messages.count == 8)
  }

  @Test func oneByteBeyondTheWindowIsRefused() throws {
    var limits = ChannelLimits.tests
    limits.windowBytes = 10
    var host = try HostChannel(limits: limits)
    try host.receive { $0.append(.message, endpoint: Self.pipe, payload: [1, 2, 3, 4, 5]) }
    let check = host.check {
      $0.append(.message, endpoint: Self.pipe, payload: [1, 2, 3, 4, 5, 6])
    }
    #expect(check == .channel(.creditBytesExceeded))
  }

  @Test func takenMessagesGiveTheirCreditBack() throws {
    var host = try HostChannel()
    for _ in 0..<100 {
      try host.receive { $0.append(.message, endpoint: Self.pipe, payload: [1]) }
      host.channel.returnCredit(try #require(host.messages.last).cost)
    }
    #expect(host.messages.count == 100)
    #expect(try host.sentKinds().allSatisfy { $0 == .credit })
  }

  @Test func droppedMessagesGiveTheirCreditBack() throws {
    var host = try HostChannel()
    host.channel.close(.bootstrap, CloseReason())
    for _ in 0..<100 {
      try host.receive { $0.append(.message, endpoint: Self.pipe, payload: [1]) }
    }
    #expect(host.messages.isEmpty)
  }

  @Test func creditThatWasNotUsedCannotBeReturned() throws {
    var host = try HostChannel()
    let check = host.check {
      $0.append(.credit, payload: Credit(bytes: 0, messages: 1, attachments: 0).encoded[...])
    }
    #expect(check == .channel(.creditOverflow))
  }

  /// It would cost nothing and change nothing, and could be sent without end.
  @Test func creditOfNothingCannotBeReturned() throws {
    var host = try HostChannel()
    let check = host.check { $0.append(.credit, payload: Credit.zero.encoded[...]) }
    #expect(check == .channel(.creditEmpty))
  }

  @Test func repliesNeedNoCredit() throws {
    var host = try HostChannel()
    for _ in 0..<20 { try host.receive { $0.append(.reply, endpoint: Self.pipe, payload: [1]) } }
    #expect(host.events.count == 20)
  }

  @Test func oneAttachmentBeyondTheWindowIsRefused() throws {
    var host = try HostChannel()
    for _ in 0..<2 {
      try host.receive(descriptors: [try .file(), try .file()]) {
        $0.append(.message, endpoint: Self.pipe, attachments: [.file, .file], payload: [1])
      }
    }
    let check = host.check(descriptors: [try .file()]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
    }
    #expect(check == .channel(.creditAttachmentsExceeded))
  }

  /// However the window was used up before, the largest message gets through in the end.
  @Test func whatIsConsumedComesBackBeforeALargeMessageWaitsForIt() throws {
    let limits = ChannelLimits(
      maxMessageBytes: 1_000, maxAttachments: 4, windowMessages: 8,
      windowBytes: 1_000, windowAttachments: 4)
    for size in stride(from: 1, through: 1_000, by: 37) {
      var host = try HostChannel(limits: limits)
      let sizes = [size, 1_000]
      for size in sizes {
        let payload = [UInt8](repeating: 1, count: size)
        try host.receive { $0.append(.message, endpoint: Self.pipe, payload: payload[...]) }
        host.channel.returnCredit(try #require(host.messages.last).cost)
        #expect(try host.sentKinds() == [.credit])
      }
    }
    var host = try HostChannel(limits: limits)
    try host.receive(descriptors: [try .file()]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
    }
    host.channel.returnCredit(try #require(host.messages.last).cost)
    #expect(try host.sentKinds() == [.credit])
  }

  // MARK: Fragments

  /// The host may close between two fragments; a call that waited on that pipe has failed already.
  @Test func aMessageWhoseEndpointIsClosedMeanwhileIsDropped() throws {
    for kind in [FrameKind.message, .reply] {
      var host = try HostChannel()
      try host.receive { $0.append(kind, flags: 1, endpoint: Self.pipe, total: 2, payload: [1]) }
      host.channel.close(.bootstrap, CloseReason())
      try host.receive { $0.append(.fragment, endpoint: Self.pipe, payload: [2]) }
      #expect(host.messages.isEmpty)
      #expect(host.channel.partialMessage == nil)
    }
  }

  @Test func aMessageWithFragmentsIsLongerThanItsFirst() throws {
    for total in [0, 1, 2] as [UInt32] {
      var host = try HostChannel()
      let check = host.check {
        $0.append(.message, flags: 1, endpoint: Self.pipe, total: total, payload: [1, 2])
      }
      #expect(check == .channel(.fragmentUnexpected))
    }
  }

  @Test func aWholeMessageThatIsTooLargeIsRefused() throws {
    var limits = ChannelLimits.tests
    limits.maxMessageBytes = 9
    var host = try HostChannel(limits: limits)
    let ten = [UInt8](repeating: 1, count: 10)
    try host.receive { $0.append(.reply, endpoint: Self.pipe, payload: ten.dropLast()) }
    #expect(
      host.check { $0.append(.reply, endpoint: Self.pipe, payload: ten[...]) }
        == .channel(.messageTooLarge))
  }

  @Test func aLargeMessageComesInFragmentsAndWhole() throws {
    let bytes = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var outbox = Outbox()
    outbox.append(.message, endpoint: .bootstrap, message: bytes, carried: [])
    var host = try HostChannel()
    var packets = 0
    while let packet = outbox.next() {
      #expect(packet.bytes.count <= Outbox.maxPacketBytes)
      try host.receive(packet.bytes)
      packets += 1
    }
    #expect(packets == 3)
    #expect(host.messages.map(\.bytes) == [bytes])
    #expect(host.channel.partialMessage == nil)
  }

  @Test func nothingMayComeBetweenFragments() throws {
    for kind in FrameKind.allCases where kind != .fragment {
      var host = try HostChannel()
      try host.receive {
        $0.append(.message, flags: 1, endpoint: Self.pipe, total: 100, payload: [1, 2])
      }
      let check = host.check { $0.append(kind, endpoint: Self.pipe) }
      #expect(
        check == .channel(.fragmentMissing) || check == .channel(.kindNotAllowed), "\(kind)")
    }
  }

  @Test func fragmentsKeepToTheirMessage() throws {
    let cases: [(UInt32, UInt8, Int)] = [
      (2, 0, 98),  // another endpoint
      (1, 0, 97),  // too little for the last
      (1, 0, 99),  // more than was announced
      (1, 1, 98),  // more is promised than can come
      (1, 1, 0),  // nothing, for ever
    ]
    for (endpoint, flags, count) in cases {
      var host = try HostChannel()
      try host.receive {
        $0.append(.message, flags: 1, endpoint: Self.pipe, total: 100, payload: [1, 2])
      }
      let check = host.check {
        let payload = [UInt8](repeating: 3, count: count)
        $0.append(.fragment, flags: flags, endpoint: endpoint, payload: payload[...])
      }
      #expect(check == .channel(.fragmentUnexpected), "\(endpoint) \(flags) \(count)")
    }
  }

  @Test func aFragmentWithoutAMessageIsRefused() throws {
    var host = try HostChannel()
    let check = host.check { $0.append(.fragment, endpoint: Self.pipe, payload: [1]) }
    #expect(check == .channel(.fragmentUnexpected))
  }

  @Test func aMessageThatIsTooLargeIsRefusedAtItsFirstByte() throws {
    var host = try HostChannel()
    let check = host.check {
      $0.append(.message, flags: 1, endpoint: Self.pipe, total: .max, payload: [1])
    }
    #expect(check == .channel(.messageTooLarge))
  }
}
