/// What a connection allows its peer beside the limits that both sides know.
package struct ConnectionOptions: Sendable {
  /// Bytes that may wait in this process for a peer that does not read.
  package var maxQueuedBytes: Int
  /// Messages that the peer may send per second, on average; `nil` for no limit.
  package var messagesPerSecond: UInt32?
  /// Messages that the peer may send at once after a pause.
  package var burst: UInt32
  /// How long a message in several fragments may take to arrive.
  package var partialMessageDeadline: Duration
  /// How long a shared buffer that nobody needs is kept, at least; at most twice as long.
  package var bufferIdleTime: Duration
  /// Whether a missed deadline ends the peer (host) or only the call (worker).
  package var missedDeadlineEndsPeer: Bool
  /// Is told of this side's calls.
  package var observer: (any CallObserver)?

  package init(
    maxQueuedBytes: Int = 8 << 20, messagesPerSecond: UInt32? = nil, burst: UInt32 = 0,
    partialMessageDeadline: Duration = .seconds(5), bufferIdleTime: Duration = .seconds(10),
    missedDeadlineEndsPeer: Bool = false
  ) {
    self.maxQueuedBytes = maxQueuedBytes
    self.messagesPerSecond = messagesPerSecond
    self.burst = burst
    self.partialMessageDeadline = partialMessageDeadline
    self.bufferIdleTime = bufferIdleTime
    self.missedDeadlineEndsPeer = missedDeadlineEndsPeer
  }
}
