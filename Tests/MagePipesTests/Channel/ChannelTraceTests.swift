import MageWire
import Testing

@testable import MagePipes

/// A trace in front of a message, as a channel takes it from a peer that is not believed.
@Suite struct ChannelTraceTests {
  private static let context = TraceContext(traceHigh: 1, traceLow: 2, span: 3, flags: 1)

  private func receive(_ payload: [UInt8], flags: UInt8 = Frame.contextFlag) throws -> Channel
    .Event?
  {
    var channel = try Channel.openHost()
    var writer = FrameWriter()
    writer.append(
      .message, flags: flags, endpoint: EndpointID.bootstrap.rawValue, payload: payload[...])
    var packet = IncomingPacket(writer.bytes[...], descriptors: [])
    return try channel.next(in: &packet)
  }

  @Test("It comes off the message, and is told beside it")
  func taken() throws {
    let context = try #require(Self.context)
    let message: [UInt8] = Array(0..<24)
    guard case .message(let incoming) = try receive(context.encoded + message) else {
      Issue.record("no message")
      return
    }
    #expect(incoming.bytes == message)
    #expect(incoming.context == context)
    guard case .message(let plain) = try receive(context.encoded + message, flags: 0) else {
      return
    }
    #expect(plain.context == nil)
    #expect(plain.bytes.count == 56)
  }

  @Test("Bytes that are none are malformed", arguments: [0, 1, 16, 31, 32, 64])
  func malformed(count: Int) {
    #expect(throws: Malformed.self) { try receive([UInt8](repeating: 0, count: count)) }
  }

  @Test("No bit of it may be set that means nothing", arguments: 25..<32)
  func dirty(index: Int) throws {
    var bytes = try #require(Self.context).encoded
    bytes[index] = 1
    #expect(throws: Malformed.self) { try receive(bytes) }
  }

  @Test("A reply has none")
  func reply() throws {
    var channel = try Channel.openHost()
    var writer = FrameWriter()
    writer.append(
      .reply, flags: Frame.contextFlag, endpoint: EndpointID.bootstrap.rawValue,
      payload: try #require(Self.context).encoded[...])
    var packet = IncomingPacket(writer.bytes[...], descriptors: [])
    let error = #expect(throws: Malformed.self) { try channel.next(in: &packet) }
    #expect(error?.name == "channel.unknownFlags")
  }
}
