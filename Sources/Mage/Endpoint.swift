public import MagePipes

/// One end of a message pipe that is not bound to an interface yet: make it a ``Remote`` to call the peer, or a ``Receiver`` to
/// answer it.
///
/// Move-only: an end has one owner. Dropping it closes the pipe, and the peer is told. What the peer writes before the end is
/// bound waits in order. ``PendingRemote``, ``PendingReceiver`` and ``MessagePipeEnd`` hold an end in a message.
public struct Endpoint: ~Copyable, Sendable {
  let end: PipeEnd

  package init(_ port: Port) { end = PipeEnd(port) }

  init(_ end: PipeEnd) { self.end = end }

  /// Closes the pipe and tells the peer why. Does not wait.
  public consuming func close(_ reason: CloseReason) { end.close(reason) }
}

/// A pipe with both ends in this process. Either end may be bound here, or sent to another process in a message.
@frozen public struct MessagePipe: ~Copyable, Sendable {
  public let first: Endpoint
  public let second: Endpoint

  /// A new pipe. It costs no call of the kernel.
  ///
  /// What one end has sent and the other has not taken is limited as a connection is without a policy (`ChannelLimits`): a
  /// sender waits for a reader.
  public static func make() -> MessagePipe {
    let (first, second) = Port.pair()
    return MessagePipe(first: Endpoint(first), second: Endpoint(second))
  }
}

/// A new pipe for an interface, its ends ready to be sent or bound.
public func makePipe<Of: Interface>(
  of interface: Of.Type
) -> (remote: PendingRemote<Of>, receiver: PendingReceiver<Of>) {
  let (first, second) = Port.pair()
  return (PendingRemote(PipeEnd(first), version: Of.version), PendingReceiver(PipeEnd(second)))
}
