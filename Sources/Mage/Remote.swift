public import MagePipes
public import MageWire

/// The calling end of a pipe. Copies share the end; the last one that goes closes it.
public struct Remote<Of: Interface>: Sendable {
  private let end: PipeEnd
  /// The version of the interface that whoever made the pipe implements, as far as they have said it.
  public let version: UInt32
  /// How long a call may take when the caller does not say.
  public let deadline: Duration

  /// Binds an end.
  ///
  /// - Parameters:
  ///   - endpoint: the end; this remote closes it.
  ///   - deadline: for calls that name none. A host's worker that misses one is ended
  ///     (``Limit/callDeadline(_:method:)``).
  public init(_ endpoint: consuming Endpoint, deadline: Duration = .seconds(30)) {
    self.init(endpoint, deadline: deadline, version: Of.version)
  }

  init(_ endpoint: consuming Endpoint, deadline: Duration, version: UInt32) {
    end = endpoint.end
    self.deadline = deadline
    self.version = version
  }

  /// Takes the end back, to bind it anew or to send it. Copies of this remote throw ``EndpointError/unbound`` from then on.
  ///
  /// - Throws: ``EndpointError/busy`` while a call awaits its reply (one that was cancelled too, until the reply has come) or a message
  ///   its credit.
  public func unbind() throws(EndpointError) -> Endpoint { Endpoint(try end.unbind()) }

  private func port() throws(CallError) -> Port {
    do throws(EndpointError) { return try end.port() } catch { throw .endpoint(error) }
  }

  /// Calls a method and waits for its reply.
  ///
  /// - Parameters:
  ///   - limit: from now to the reply, waiting for the peer's credit included.
  /// - Throws: ``CallError``. When the peer is a worker that has ended, the error says how, and it is thrown after
  ///   the process is gone. Cancelling the task abandons the call at once; the peer may have acted on it.
  public func call<Parameters: WireStruct, Reply: WireStruct>(
    _ method: Method<Of, Parameters, Reply>, _ parameters: Parameters, within limit: Duration? = nil
  ) async throws(CallError) -> Reply {
    let port = try port()
    let request = port.makeRequestID()
    let message = try OutgoingMessage(
      .request(id: request), ordinal: method.ordinal, parameters)
    let result = await port.call(
      method: "\(Of.name).\(method.name)", request: request, message, within: limit ?? deadline
    ) { (message, header) throws(Malformed) in
      try Self.decodeReply(to: method, message, header)
    }
    return try result.get()
  }

  /// Sends a message that has no reply. Returns when it is queued, which takes as long as the peer's credit is used up.
  public func send<Parameters: WireStruct>(
    _ method: OneWay<Of, Parameters>, _ parameters: Parameters
  ) async throws(CallError) {
    let port = try port()
    let isSent = MessageEncoder.withEncoded(
      .oneWay, ordinal: method.ordinal, parameters
    ) { bytes, handles in handles.isEmpty && port.sendAtOnce(bytes) }
    if isSent { return }
    let message = try OutgoingMessage(.oneWay, ordinal: method.ordinal, parameters)
    if let error = await port.send(message) { throw error }
  }

  private static func decodeReply<Parameters, Reply>(
    to method: Method<Of, Parameters, Reply>, _ message: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) -> Reply {
    do throws(Malformed) {
      guard header.isReply, header.ordinal == method.ordinal else {
        throw Malformed(.message(.headerUnknownMethod), detail: "ordinal \(header.ordinal)")
      }
      try header.checkIsForBoundInterface()
      return try MessageDecoder.decode(
        Reply.self, from: message.bytes, header: header, handles: message.handles)
    } catch {
      throw error.placed(in: Of.name, method.name)
    }
  }
}

extension OutgoingMessage {
  /// Encodes a message, and takes the ends of pipes out of the value. Throws when one is not there any more.
  init<Value: WireStruct>(
    _ kind: MessageEncoder.Kind, ordinal: UInt32, _ value: Value
  ) throws(CallError) {
    let (bytes, handles) = MessageEncoder.encode(kind, ordinal: ordinal, value)
    guard handles.allSatisfy({ $0 is Attachment || $0 is PipeEnd }) else {
      throw CallError.refused("a handle that is neither an attachment nor an end of a pipe")
    }
    do throws(EndpointError) {
      try self.init(bytes: bytes, taking: handles)
    } catch {
      throw .endpoint(error)
    }
  }
}

extension MessageHeader {
  /// Flags and interface id beyond what the format itself requires.
  func checkIsForBoundInterface() throws(Malformed) {
    guard flags & ~(Self.expectsReplyFlag | Self.isReplyFlag) == 0 else {
      throw Malformed(.message(.unknownFlags), detail: "flags \(flags)")
    }
    guard interfaceID == 0 else {
      throw Malformed(.message(.unknownInterfaceID), detail: "id \(interfaceID)")
    }
    // What our own encoder writes: nothing else has come from it.
    guard version == (expectsReply || isReply ? 1 : 0) else {
      throw Malformed(.message(.notCanonical), field: "header", detail: "version \(version)")
    }
  }
}

extension Malformed {
  /// The same defect, with the place as this side's tables name it.
  func placed(in interface: String, _ method: String) -> Malformed {
    var placed = self
    placed.interface = interface
    placed.method = method
    return placed
  }
}
