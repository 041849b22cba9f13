public import MagePipes
public import MageWire

/// The calling end of a pipe, or of whichever pipe a pool of workers has free. Copies share the end; the last one that goes closes it.
public struct Remote<Of: Interface>: Sendable {
  private enum Way: Sendable {
    case pipe(PipeEnd)
    case routed(any CallRouter<Of>)
  }

  private let way: Way
  /// The version of the interface that whoever made the pipe implements, as far as they have said it.
  public let version: UInt32
  /// How long a call may take when the caller does not say.
  public let deadline: Duration

  /// Binds an end.
  ///
  /// - Parameters:
  ///   - endpoint: the end; this remote closes it.
  ///   - deadline: for calls that name none. A host's worker that misses one is ended
  ///     (`Limit.callDeadline`).
  public init(_ endpoint: consuming Endpoint, deadline: Duration = .seconds(30)) {
    self.init(endpoint, deadline: deadline, version: Of.version)
  }

  init(_ endpoint: consuming Endpoint, deadline: Duration, version: UInt32) {
    self.init(endpoint.end, deadline: deadline, version: version)
  }

  init(_ end: PipeEnd, deadline: Duration, version: UInt32) {
    self.init(.pipe(end), deadline: deadline, version: version)
    end.beCaller()
  }

  private init(_ way: Way, deadline: Duration, version: UInt32) {
    self.way = way
    self.deadline = deadline
    self.version = version
  }

  /// A remote each of whose calls goes where `router` says.
  package init(routing router: any CallRouter<Of>, deadline: Duration) {
    way = .routed(router)
    self.deadline = deadline
    version = Of.version
  }

  /// Takes the end back, to bind it anew or to send it. Copies of this remote throw `EndpointError.unbound` from then on.
  ///
  /// - Throws: `EndpointError.busy` while a call awaits its reply (one that was cancelled too, until the reply has come) or a message
  ///   its credit; `EndpointError.pooled` when each call takes another pipe.
  public func unbind() throws(EndpointError) -> Endpoint {
    switch way {
    case .pipe(let end): return Endpoint(try end.unbind())
    case .routed: throw .pooled
    }
  }

  private static func port(_ end: PipeEnd) throws(CallError) -> Port {
    do throws(EndpointError) { return try end.port() } catch { throw .endpoint(error) }
  }

  /// Calls a method and waits for its reply.
  ///
  /// - Parameters:
  ///   - method: which one; a constant of the generated interface.
  ///   - parameters: sent as they are: the peer checks them.
  ///   - limit: from now to the reply, waiting for the peer's credit included.
  /// - Throws: `CallError`. When the peer is a worker that has ended, the error says how, and it is thrown after
  ///   the process is gone. Cancelling the task abandons the call at once; the peer may have acted on it.
  public func call<Parameters: WireStruct, Reply: WireStruct>(
    _ method: Method<Of, Parameters, Reply>, _ parameters: Parameters, within limit: Duration? = nil
  ) async throws(CallError) -> Reply {
    let end: PipeEnd
    switch way {
    case .pipe(let own): end = own
    case .routed(let router):
      return try await router.route(isIdempotent: method.isIdempotent, within: limit ?? deadline) {
        (remote, left) async throws(CallError) in
        try await remote.call(method, parameters, within: left)
      }
    }
    let port = try Self.port(end)
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

  /// Calls a method and waits for its reply on the calling thread, for code that cannot be suspended: what a C library calls back, for example.
  ///
  /// For workers alone, on their loop: while one waits, no handler and no task of it runs, and what arrives is kept for later. A host that waited
  /// for a worker could be stopped by it.
  ///
  /// - Parameters:
  ///   - method: which one; a constant of the generated interface.
  ///   - parameters: sent as they are: the peer checks them.
  ///   - limit: from now to the reply.
  /// - Throws: `CallError`; `refused` anywhere else.
  public func callAndWait<Parameters: WireStruct, Reply: WireStruct>(
    _ method: Method<Of, Parameters, Reply>, _ parameters: Parameters, within limit: Duration? = nil
  ) throws(CallError) -> Reply {
    guard case .pipe(let end) = way else {
      throw .refused("a remote of a whole pool is a host's, and no host waits for a worker")
    }
    let port = try Self.port(end)
    let request = port.makeRequestID()
    let message = try OutgoingMessage(
      .request(id: request), ordinal: method.ordinal, parameters)
    let result = port.callAndWait(
      method: "\(Of.name).\(method.name)", request: request, message, within: limit ?? deadline
    ) { (message, header) throws(Malformed) in
      try Self.decodeReply(to: method, message, header)
    }
    return try result.get()
  }

  /// Sends a message that has no reply. Returns when it is queued, which takes as long as the peer's credit is used up.
  ///
  /// - Parameters:
  ///   - method: which one; a constant of the generated interface.
  ///   - parameters: sent as they are: the peer checks them.
  ///   - limit: how long the credit may take; ``deadline`` when it is `nil`. A host's worker that gives none in that time is
  ///     ended (`Limit.creditDeadline`).
  /// - Throws: `CallError`; `CallError.refused` for a remote of a whole pool.
  public func send<Parameters: WireStruct>(
    _ method: OneWay<Of, Parameters>, _ parameters: Parameters, within limit: Duration? = nil
  ) async throws(CallError) {
    guard case .pipe(let end) = way else {
      throw .refused(
        "\(Of.name).\(method.name) has no reply that would say when its worker is free: take a worker from the pool for it"
      )
    }
    let port = try Self.port(end)
    let encoded = unsafe MessageEncoder.withEncoded(
      .oneWay, ordinal: method.ordinal, parameters
    ) { bytes, handles, ends -> EncodedMessage? in
      if handles.isEmpty, ends.isEmpty, unsafe port.sendAtOnce(bytes) { return nil }
      return (unsafe [UInt8](bytes), handles, ends)
    }
    guard let encoded else { return }
    let message = try OutgoingMessage(.oneWay, encoded)
    if let error = await port.send(message, within: limit ?? deadline) { throw error }
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
        Reply.self, from: message.bytes, header: header, handles: message.handles, ends: [])
    } catch {
      throw error.placed(in: Of.name, method.name)
    }
  }
}

typealias EncodedMessage = (
  bytes: [UInt8], handles: [any WireHandle], ends: [any WireHandle]
)

extension OutgoingMessage {
  /// Encodes a message, and takes the ends of pipes out of the value. Throws when one is not there any more.
  init<Value: WireStruct>(
    _ kind: MessageEncoder.Kind, ordinal: UInt32, _ value: Value
  ) throws(CallError) {
    try self.init(kind, MessageEncoder.encodeWithEnds(kind, ordinal: ordinal, value))
  }

  /// Takes the ends of pipes out of an encoded value.
  fileprivate init(
    _ kind: MessageEncoder.Kind, _ message: EncodedMessage
  ) throws(CallError) {
    let (bytes, handles, ends) = message
    guard handles.allSatisfy({ $0 is Attachment || $0 is PipeEnd || $0 is UntrustedBytes }) else {
      throw CallError.refused(
        "a handle that is no attachment, no end of a pipe and no array of bytes")
    }
    if case .reply = kind, !ends.isEmpty {
      throw CallError.refused("an associated end in a reply: replies are not in the pipe's order")
    }
    do throws(EndpointError) {
      try self.init(bytes: bytes, taking: handles, ends: ends)
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
    // What our own encoder writes: nothing else has come from it. Whose the message is has been looked up by its interface id.
    let oldest: UInt32 = expectsReply || isReply ? 1 : 0
    guard version == (interfaceIDs.isEmpty ? oldest : 2) else {
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
