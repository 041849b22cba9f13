import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// Every bit flip and every cut of good packets, in every phase of a host's connection.
@Suite struct ChannelSpoilTests {
  /// A host's channel in some phase and a packet that it takes there.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let host: HostChannel
    var packet: [UInt8] = []
    var descriptors: [SharedDescriptor] = []

    init(
      _ name: String, _ host: HostChannel, _ descriptors: [SharedDescriptor] = [],
      _ make: (inout FrameWriter) -> Void
    ) {
      testDescription = name
      self.host = host
      self.descriptors = descriptors
      var writer = FrameWriter()
      make(&writer)
      packet = writer.bytes
    }
  }

  static let pipe = EndpointID.bootstrap.rawValue

  static func cases() throws -> [Case] {
    let hello = PayloadInts.encode([Channel.version, 0])
    let file = try SharedDescriptor.file()
    var greeted = try HostChannel(invited: false)
    try greeted.receive { $0.append(.hello, payload: hello[...]) }
    var sealing = greeted
    sealing.channel.sendSeal(program: [0, 0, 0, 0, 0, 0, 0, 0])
    var proving = sealing
    let listener = try SharedDescriptor.listener()
    try proving.receive(descriptors: [listener]) { $0.append(.sealed, attachments: [.listener]) }
    let open = try HostChannel()
    var closing = open
    try closing.channel.send([1, 2, 3], to: .bootstrap)
    closing.channel.close(.bootstrap, CloseReason())
    var inMessage = open
    try inMessage.receive {
      $0.append(.message, flags: 1, endpoint: pipe, total: 30, payload: [1, 2])
    }
    let credit = Credit(bytes: 3, messages: 1, attachments: 0).encoded
    return [
      Case("hello", try HostChannel(invited: false)) { $0.append(.hello, payload: hello[...]) },
      Case("refuse", sealing) {
        $0.append(.refuse, payload: CloseReason(code: 0, text: "no").encoded[...])
      },
      Case("hello again", greeted) { $0.append(.hello, payload: hello[...]) },
      Case("sealed", sealing, [listener]) { $0.append(.sealed, attachments: [.listener]) },
      Case("too early", proving) { $0.append(.message, endpoint: pipe, payload: [1]) },
      Case("open", open, [file]) {
        $0.append(.message, endpoint: pipe, payload: [1, 2, 3])
        $0.append(.message, endpoint: pipe, attachments: [.file], payload: [4])
        $0.append(.reply, endpoint: pipe, payload: [5, 6])
        $0.append(.message, flags: 1, endpoint: pipe, total: 10, payload: [7, 7, 7, 7, 7, 7, 7, 7])
        $0.append(.fragment, flags: 1, endpoint: pipe, payload: [8])
        $0.append(.fragment, endpoint: pipe, payload: [9])
        $0.append(.close, endpoint: pipe, payload: CloseReason(code: 1, text: "xyz").encoded[...])
      },
      Case("closing", closing) {
        $0.append(.message, endpoint: pipe, payload: [1, 2, 3])
        $0.append(.credit, payload: credit[...])
        $0.append(.closeAcknowledged, endpoint: pipe)
      },
      Case("inside a message", inMessage) {
        $0.append(.fragment, flags: 1, endpoint: pipe, payload: [1, 2, 3])
        $0.append(.fragment, endpoint: pipe, payload: Array(repeating: 4, count: 25)[...])
        $0.append(.message, endpoint: pipe, payload: [5])
      },
    ]
  }

  @Test func goodPacketsAreTaken() throws {
    for good in try Self.cases() where !["hello again", "too early"].contains(good.testDescription)
    {
      var host = good.host
      #expect(throws: Never.self) { try host.receive(good.packet, good.descriptors) }
    }
  }

  @Test func everyBitFlip() throws {
    for good in try Self.cases() {
      for bit in 0..<(good.packet.count * 8) {
        var spoiled = good
        spoiled.packet[bit / 8] ^= 1 << (bit % 8)
        tryOut(spoiled, "\(good.testDescription): bit \(bit % 8) of byte \(bit / 8)")
      }
    }
  }

  @Test func everyTruncation() throws {
    for good in try Self.cases() {
      for count in 0..<good.packet.count {
        var spoiled = good
        spoiled.packet.removeLast(good.packet.count - count)
        tryOut(spoiled, "\(good.testDescription): \(count) bytes")
      }
    }
  }

  @Test func everyNumberOfDescriptors() throws {
    for good in try Self.cases() {
      for count in 0...3 where count != good.descriptors.count {
        var spoiled = good
        spoiled.descriptors = try (0..<count).map { _ in try .file() }
        tryOut(spoiled, "\(good.testDescription): \(count) descriptors")
        var host = good.host
        #expect(throws: Malformed.self) { try host.receive(spoiled.packet, spoiled.descriptors) }
      }
    }
  }

  @Test func manyChangesAtOnce() throws {
    var random = SplitMix(seed: 6)
    let cases = try Self.cases()
    for _ in 0..<10_000 {
      var spoiled = try #require(cases.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let index = Int.random(in: 0..<spoiled.packet.count, using: &random)
        let most: UInt8 = Bool.random(using: &random) ? 8 : 255
        spoiled.packet[index] = .random(in: 0...most, using: &random)
      }
      tryOut(spoiled, "\(spoiled.packet)")
    }
  }

  // MARK: The oracle

  /// Gives a channel the packet as a whole and another, equal one the same packet frame by frame: what the whole packet
  /// brought must be what its frames brought up to the first that is refused.
  private func tryOut(_ spoiled: Case, _ name: @autoclosure () -> String) {
    var whole = spoiled.host
    whole.events = []
    let isTaken = (try? whole.receive(spoiled.packet, spoiled.descriptors)) != nil
    let (events, allTaken) = frameByFrame(spoiled)
    #expect(whole.events.map(\.words) == events, "\(name())")
    #expect(isTaken == allTaken, "\(name())")
    expectBounded(whole, by: spoiled, name())
  }

  private func frameByFrame(_ spoiled: Case) -> (events: [String], allTaken: Bool) {
    var host = spoiled.host
    host.events = []
    var descriptors = spoiled.descriptors[...]
    var position = 0
    while position < spoiled.packet.count {
      let rest = spoiled.packet[position...]
      // Where the frame ends by its own length field; beyond the packet it is left to the reader.
      let length = rest.prefix(4).enumerated().reduce(0) { $0 + Int($1.element) << ($1.offset * 8) }
      let end = min(position + (length + 7) / 8 * 8, spoiled.packet.count)
      let frame = Array(end > position ? rest.prefix(end - position) : rest)
      let count = frame.count < 16 ? 0 : Int(frame[6]) + Int(frame[7]) << 8
      let own = Array(descriptors.prefix(count))
      guard (try? host.receive(frame, own)) != nil else {
        return (host.events.map(\.words), false)
      }
      descriptors = descriptors.dropFirst(count)
      position = end
    }
    let events = host.events.map(\.words)
    return (events, descriptors.isEmpty && !spoiled.packet.isEmpty)
  }

  private func expectBounded(_ host: HostChannel, by spoiled: Case, _ name: String) {
    let frames = spoiled.packet.count / Frame.headerSize
    #expect(host.channel.endpoints.count <= Int(host.channel.limits.maxEndpoints), "\(name)")
    #expect(host.channel.outbox.queuedBytes <= spoiled.host.queuedBytes + 64 * frames, "\(name)")
    #expect(host.events.count <= frames, "\(name)")
    let received = host.messages.reduce(0) { $0 + $1.bytes.count }
    #expect(received <= spoiled.packet.count + 30, "\(name)")  // 30: what had come before
  }
}

extension HostChannel {
  var queuedBytes: Int { channel.outbox.queuedBytes }
}

extension Channel.Event {
  /// Everything that an event says, comparable.
  var words: String {
    switch self {
    case .hello(let version): "hello \(version)"
    case .seal(let program): "seal \(program)"
    case .sealed(let listener): "sealed \(listener.kind)"
    case .invited(let limits, let ring): "invited \(limits) \(ring.count)"
    case .finish: "finish"
    case .refused(let reason): "refused \(reason)"
    case .message(let message): "message \(message.words)"
    case .reply(let message): "reply \(message.words)"
    case .closed(let endpoint, let reason): "closed \(endpoint) \(reason)"
    case .credit: "credit"
    case .dropped(let items): "dropped \(items)"
    case .moveAcknowledged(let endpoint): "acknowledged \(endpoint)"
    case .moveFinished(let endpoint): "finished \(endpoint)"
    case .bufferWanted(let size): "wanted \(size)"
    case .bufferAdded: "added"
    case .bufferRefused: "refused"
    case .bufferReturned: "returned"
    case .bufferDropped(let number): "dropped \(number)"
    }
  }
}

extension IncomingMessage {
  var words: String {
    "\(endpoint) \(bytes) \(attachments.map { "\($0.kind) \($0.descriptor.number)" }) \(cost)"
  }
}
