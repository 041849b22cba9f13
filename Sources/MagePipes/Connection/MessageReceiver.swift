package import MageSystem
package import MageWire

/// Who takes the messages that arrive at an endpoint.
///
/// Called on the connection's loop with messages that have passed the transport's and the channel's checks. The receiver checks the rest
/// *before* it returns: nothing of a refused message may reach user code.
package protocol MessageReceiver: Sendable {
  /// Checks a request or one-way message and says what to run for it.
  func receive(_ message: IncomingMessage, header: MessageHeader) throws(Malformed) -> Dispatch

  /// Whether one-way messages of a method are taken by ``receive(batch:)``, as many as have come together.
  func takesBatches(of ordinal: UInt32) -> Bool

  /// Checks one-way messages of one method, all of them, and says what to run for them.
  ///
  /// - Parameter batch: at least one.
  func receive(batch: [IncomingMessage]) throws(Malformed) -> @Sendable () async throws -> Void

  /// The peer has closed its end, or the connection has ended.
  func disconnected(_ reason: CloseReason?)
}

extension MessageReceiver {
  package func takesBatches(of ordinal: UInt32) -> Bool { false }
  package func receive(
    batch: [IncomingMessage]
  ) throws(Malformed) -> @Sendable () async throws -> Void {
    {}
  }
}

/// A checked message's handler, not yet run.
package enum Dispatch: Sendable {
  case oneWay(@Sendable () async throws -> Void)
  /// Returns the encoded reply for this request.
  case request(@Sendable () async throws -> OutgoingMessage)
}

/// A message in its encoded form, on its way out.
package struct OutgoingMessage: Sendable {
  package var bytes: [UInt8]
  /// Descriptors, and ends of pipes that belong to this message alone.
  package let handles: [any WireHandle]
  /// Ends of interfaces that are to share the pipe, until it has taken them.
  var ends: [PipeEnd] = []
  /// The ids that the pipe has given them.
  var announced: [UInt32] = []

  package init(bytes: [UInt8], attachments: [Attachment] = []) {
    self.init(bytes: bytes, handles: attachments)
  }

  init(bytes: [UInt8], handles: [any WireHandle]) {
    self.bytes = bytes
    self.handles = handles
  }

  /// The arrays beside the message.
  var payloads: [UntrustedBytes] {
    handles.isEmpty ? [] : handles.compactMap { $0 as? UntrustedBytes }
  }

  /// What is beside the message and no array.
  var attachmentCount: Int { handles.count - payloads.count }
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
