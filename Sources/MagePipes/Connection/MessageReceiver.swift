package import MageSystem
package import MageWire

/// Who takes the messages that arrive at an endpoint.
///
/// Called on the connection's loop with messages that have passed the transport's and the channel's checks. The receiver checks the rest
/// *before* it runs anything: nothing of a refused message may reach user code.
package protocol MessageReceiver: Sendable {
  /// Checks a request or one-way message and runs what it is for.
  ///
  /// - Returns: the encoded reply of a request, `nil` for a one-way message.
  /// - Throws: ``Malformed`` for what its sender is to blame for.
  func take(_ message: IncomingMessage, header: MessageHeader) async throws -> OutgoingMessage?

  /// Whether one-way messages of a method are taken by ``take(batch:)``, as many as have come together.
  func takesBatches(of ordinal: UInt32) -> Bool

  /// Checks one-way messages of one method, at least one and all of them before it runs what they are for.
  func take(batch: [IncomingMessage]) async throws

  /// The peer has closed its end, or the connection has ended.
  func disconnected(_ reason: CloseReason?)
}

extension MessageReceiver {
  package func takesBatches(of ordinal: UInt32) -> Bool { false }
  package func take(batch: [IncomingMessage]) async throws {}
}

/// A message in its encoded form, on its way out.
package struct OutgoingMessage: Sendable {
  package let bytes: [UInt8]
  /// Descriptors, and ends of pipes that belong to this message alone.
  package let handles: [any WireHandle]

  package init(bytes: [UInt8], attachments: [Attachment] = []) {
    self.init(bytes: bytes, handles: attachments)
  }

  init(bytes: [UInt8], handles: [any WireHandle]) {
    self.bytes = bytes
    self.handles = handles
  }
}

/// What a connection tells its owner. Delivered on the loop.
package enum ConnectionNews: Sendable {
  case hello
  case seal(program: [UInt8])
  case sealed(listener: SharedDescriptor)
  case invited
  case finish
  /// The worker cannot start. Its words; nothing from outside has reached it yet.
  case refused(String)
  /// A check refused what the peer sent. Nothing more is read.
  case malformed(Malformed)
  /// A quota was used up by what the peer sent or did not read.
  case exceeded(Limit)
  /// The peer has closed the socket.
  case peerClosed
  /// The socket failed.
  case failed(SystemError)
}
