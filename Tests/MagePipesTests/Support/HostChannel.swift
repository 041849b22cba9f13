import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// A host's channel with everything on it that a peer can be tried with, and no process.
struct HostChannel {
  var channel: Channel
  var events: [Channel.Event] = []

  init(limits: ChannelLimits = .tests, invited: Bool = true) throws {
    channel = Channel(side: .host, limits: limits)
    guard invited else { return }
    try receive { $0.append(.hello, payload: PayloadInts.encode([Channel.version, 0])[...]) }
    channel.sendSeal(program: [0, 0, 0, 0, 0, 0, 0, 0])
    try channel.sendInvitation()  // as if the listener had come: only a real filter makes one
    channel.outbox.removeAll()
    events = []
  }

  /// Gives the channel one packet made of frames.
  mutating func receive(
    descriptors: [SharedDescriptor] = [], _ make: (inout FrameWriter) -> Void
  ) throws(Malformed) {
    var writer = FrameWriter()
    make(&writer)
    try receive(writer.bytes, descriptors)
  }

  mutating func receive(
    _ bytes: [UInt8], _ descriptors: [SharedDescriptor] = []
  ) throws(Malformed) {
    var packet = IncomingPacket(bytes[...], descriptors: descriptors)
    while let event = try channel.next(in: &packet) { events.append(event) }
  }

  /// The check that refuses the packet, or `nil` when it is taken.
  mutating func check(
    descriptors: [SharedDescriptor] = [], _ make: (inout FrameWriter) -> Void
  ) -> Malformed.Check? {
    do throws(Malformed) {
      try receive(descriptors: descriptors, make)
      return nil
    } catch {
      return error.check
    }
  }

  /// The kinds of the frames that wait to leave.
  mutating func sentKinds() throws -> [FrameKind] {
    var kinds: [FrameKind] = []
    while let packet = channel.outbox.next() {
      var reader = FrameReader(packet.bytes[...])
      while let frame = try reader.next() {
        kinds.append(try #require(FrameKind(rawValue: frame.kind)))
      }
      channel.outbox.sent(packet)
    }
    return kinds
  }

  var messages: [IncomingMessage] {
    events.compactMap { if case .message(let message) = $0 { message } else { nil } }
  }
}

extension ChannelLimits {
  /// Small enough to be used up in a test.
  static let tests = ChannelLimits(
    maxMessageBytes: 200_000, maxAttachments: 2, windowMessages: 8, windowBytes: 400_000,
    windowAttachments: 4, maxOutstanding: 4, maxEndpoints: 4)
}

enum FrameBytes {
  static func message() -> [UInt8] {
    var writer = FrameWriter()
    writer.append(.message, endpoint: EndpointID.bootstrap.rawValue, payload: [1, 2, 3])
    return writer.bytes
  }
}
