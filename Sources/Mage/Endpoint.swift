public import MagePipes

/// One end of a message pipe that is not bound to an interface yet: make it a ``Remote`` to call the peer, or a ``Receiver`` to
/// answer it.
///
/// Move-only: an end has one owner. Dropping it closes the pipe, and the peer is told. What the peer writes before the end is
/// bound waits in order.
public struct Endpoint: ~Copyable, Sendable {
  let end: PipeEnd

  package init(connection: Connection, id: EndpointID) {
    end = PipeEnd(connection, id)
  }

  /// Closes the pipe and tells the peer why. Does not wait.
  public consuming func close(_ reason: CloseReason) { end.close(reason) }
}

/// What an end and its bindings share: the pipe is closed when the last of them goes.
final class PipeEnd: Sendable {
  let connection: Connection
  let id: EndpointID

  init(_ connection: Connection, _ id: EndpointID) {
    self.connection = connection
    self.id = id
  }

  deinit { connection.closeLater(id) }

  func close(_ reason: CloseReason) { connection.closeLater(id, reason) }
}
