/// What has passed over one connection, as this side has seen it.
public struct ConnectionTraffic: Equatable, Sendable {
  /// Messages that came, replies included.
  public internal(set) var messagesReceived: UInt64 = 0
  public internal(set) var messagesSent: UInt64 = 0
  /// Bytes of those messages, without frames and attachments.
  public internal(set) var bytesReceived: UInt64 = 0
  public internal(set) var bytesSent: UInt64 = 0
  /// Replies to calls of this side.
  public internal(set) var callsAnswered: UInt64 = 0
  /// Calls of this side that await their reply.
  public internal(set) var callsOpen = 0
  /// Pipes that have an end on the connection.
  public internal(set) var pipes = 0
  /// Bytes that wait for a peer that does not read.
  public internal(set) var queuedBytes = 0

  public init() {}

  mutating func received(_ bytes: Int) {
    messagesReceived &+= 1
    bytesReceived &+= UInt64(clamping: bytes)
  }

  mutating func sent(_ bytes: Int) {
    messagesSent &+= 1
    bytesSent &+= UInt64(clamping: bytes)
  }
}
