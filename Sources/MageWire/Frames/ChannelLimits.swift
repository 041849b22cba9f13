/// What one connection may carry, from the worker's policy. The host says them to the worker with the invitation; both
/// sides count, and the host kills a worker that miscounts to its own advantage.
public struct ChannelLimits: Equatable, Sendable {
  /// The largest message, in bytes of its Mojo encoding.
  public var maxMessageBytes: UInt32
  /// The most attachments in one message.
  public var maxAttachments: UInt32
  /// Messages (not replies) that the sender may have on the way, not yet taken by a handler.
  public var windowMessages: UInt32
  /// Their bytes.
  public var windowBytes: UInt32
  /// Their attachments.
  public var windowAttachments: UInt32
  /// Requests of one side that may await a reply.
  public var maxOutstanding: UInt32
  /// Open endpoints on the connection.
  public var maxEndpoints: UInt32
  /// The largest array of bytes that travels in a shared buffer.
  public var maxPayloadBytes: UInt32
  /// What the shared buffers of one direction hold together; with 0 there are none.
  public var poolBytes: UInt32

  public init(
    maxMessageBytes: UInt32 = 1 << 20, maxAttachments: UInt32 = 4, windowMessages: UInt32 = 256,
    windowBytes: UInt32 = 4 << 20, windowAttachments: UInt32 = 16, maxOutstanding: UInt32 = 64,
    maxEndpoints: UInt32 = 128, maxPayloadBytes: UInt32 = 0, poolBytes: UInt32 = 0
  ) {
    self.maxMessageBytes = maxMessageBytes
    self.maxAttachments = maxAttachments
    self.windowMessages = windowMessages
    self.windowBytes = windowBytes
    self.windowAttachments = windowAttachments
    self.maxOutstanding = maxOutstanding
    self.maxEndpoints = maxEndpoints
    self.maxPayloadBytes = maxPayloadBytes
    self.poolBytes = poolBytes
  }
}

extension ChannelLimits {
  /// The invitation's payload: nine u32 and a zero.
  package var encoded: [UInt8] { PayloadInts.encode(fields + [0]) }

  private var fields: [UInt32] {
    [
      maxMessageBytes, maxAttachments, windowMessages, windowBytes, windowAttachments,
      maxOutstanding, maxEndpoints, maxPayloadBytes, poolBytes,
    ]
  }

  package init(decoding payload: ArraySlice<UInt8>) throws(Malformed) {
    let values = try PayloadInts.decode(payload, count: 10)
    guard values[9] == 0 else { throw Malformed(.transport(.paddingNotZero), detail: "invitation") }
    self.init(
      maxMessageBytes: values[0], maxAttachments: values[1], windowMessages: values[2],
      windowBytes: values[3], windowAttachments: values[4], maxOutstanding: values[5],
      maxEndpoints: values[6], maxPayloadBytes: values[7], poolBytes: values[8])
  }
}

/// Control frames carry a fixed number of u32 fields.
package enum PayloadInts {
  package static func encode(_ values: [UInt32]) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32($0 * 8)) } }
  }

  /// Exactly `count` values, or the frame is refused.
  package static func decode(
    _ payload: ArraySlice<UInt8>, count: Int
  ) throws(Malformed) -> [UInt32] {
    guard payload.count == count * 4 else {
      throw Malformed(
        .channel(.payloadSize), detail: "\(payload.count) bytes, wants \(count * 4)")
    }
    return (0..<count).map { index in
      let start = payload.startIndex + index * 4
      return (0..<4).reduce(0) { $0 | UInt32(payload[start + $1]) << UInt32($1 * 8) }
    }
  }
}
