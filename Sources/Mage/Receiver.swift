public import MagePipes
internal import MageWire

/// The answering end of a pipe.
///
/// The connection keeps it alive until the peer goes or ``close(_:)`` is called; the value returned by the initializer
/// need not be kept.
public final class Receiver<Of: Interface>: Sendable {
  private let end: PipeEnd

  /// Binds an end: from here `handlers` get its messages, those first that came already.
  ///
  /// - Parameters:
  ///   - endpoint: the end; the receiver closes it.
  ///   - handlers: what answers.
  ///   - disconnected: called once on the loop when the peer has closed its end (with its reason) or the connection
  ///     has ended (`nil`).
  @discardableResult
  public init(
    _ endpoint: consuming Endpoint, _ handlers: Handlers<Of>,
    disconnected: @escaping @Sendable (CloseReason?) -> Void = { _ in }
  ) {
    end = endpoint.end
    let table = HandlerTable(handlers, end, disconnected)
    // An endpoint's end is there: it has one owner, who has just given it to us.
    if let port = try? end.port() { port.bind(table) }
  }

  /// Takes the end back, to bind it anew or to send it. Messages that were not read stay with it.
  ///
  /// - Throws: `EndpointError.busy` while a request is not answered.
  public func unbind() throws(EndpointError) -> Endpoint { Endpoint(try end.unbind()) }

  /// Closes the pipe and tells the peer why. Does not wait.
  public func close(_ reason: CloseReason = CloseReason()) { end.close(reason) }
}

/// What a connection sees of a receiver.
private struct HandlerTable<Of: Interface>: MessageReceiver {
  private let methods: MethodTable<Of>
  /// Keeps the pipe open for as long as the connection has this table.
  private let end: PipeEnd
  private let whenDisconnected: @Sendable (CloseReason?) -> Void

  init(
    _ handlers: Handlers<Of>, _ end: PipeEnd,
    _ whenDisconnected: @escaping @Sendable (CloseReason?) -> Void
  ) {
    methods = MethodTable(handlers)
    self.end = end
    self.whenDisconnected = whenDisconnected
  }

  func receive(_ message: IncomingMessage, header: MessageHeader) throws(Malformed) -> Dispatch {
    try methods.dispatch(message, header)
  }

  func takesBatches(of ordinal: UInt32) -> Bool { methods.takesBatches(of: ordinal) }

  func receive(
    batch: [IncomingMessage]
  ) throws(Malformed) -> @Sendable () async throws -> Void {
    try methods.dispatch(batch)
  }

  func disconnected(_ reason: CloseReason?) { whenDisconnected(reason) }
}
