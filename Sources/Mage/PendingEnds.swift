public import MagePipes
public import MageWire

/// An end of a pipe on its way: something that will call `Of` when it is bound.
///
/// Copies share the end, and it can be taken, bound or sent once, by whoever comes first; the next one gets an `EndpointError`. When the last copy
/// goes and nobody has, the end is closed.
public struct PendingRemote<Of: Interface>: Sendable {
  let end: PipeEnd
  /// The version of the interface that whoever made the pipe implements.
  public let version: UInt32

  init(_ end: PipeEnd, version: UInt32) {
    self.end = end
    self.version = version
  }

  /// An end that is to call `Of`.
  public init(_ endpoint: consuming Endpoint, version: UInt32 = Of.version) {
    self.init(endpoint.end, version: version)
  }

  /// The end itself.
  public func take() throws(EndpointError) -> Endpoint { Endpoint(try end.take(leaving: .taken)) }

  /// Binds the end, to call the peer.
  ///
  /// - Parameter deadline: for calls that name none.
  public func bind(deadline: Duration = .seconds(30)) throws(EndpointError) -> Remote<Of> {
    Remote(Endpoint(try end.take(leaving: .bound)), deadline: deadline, version: version)
  }
}

/// An end of a pipe on its way: something that will answer `Of` when it is bound. Otherwise like ``PendingRemote``.
public struct PendingReceiver<Of: Interface>: Sendable {
  let end: PipeEnd

  init(_ end: PipeEnd) { self.end = end }

  /// An end that is to answer `Of`.
  public init(_ endpoint: consuming Endpoint) { self.init(endpoint.end) }

  /// The end itself.
  public func take() throws(EndpointError) -> Endpoint { Endpoint(try end.take(leaving: .taken)) }

  /// Binds the end: from here `handlers` get its messages, those first that came already.
  ///
  /// - Parameters:
  ///   - handlers: what answers.
  ///   - disconnected: as of ``Receiver``.
  @discardableResult
  public func bind(
    _ handlers: Handlers<Of>, disconnected: @escaping @Sendable (CloseReason?) -> Void = { _ in }
  ) throws(EndpointError) -> Receiver<Of> {
    Receiver(
      Endpoint(try end.take(leaving: .bound)), handlers, disconnected: disconnected)
  }
}

/// An end of a pipe of no declared interface, in a message. Otherwise like ``PendingRemote``.
public struct MessagePipeEnd: Sendable {
  let end: PipeEnd

  init(_ end: PipeEnd) { self.end = end }

  public init(_ endpoint: consuming Endpoint) { self.init(endpoint.end) }

  /// The end itself.
  public func take() throws(EndpointError) -> Endpoint { Endpoint(try end.take(leaving: .taken)) }
}

// MARK: - In messages

extension MessageDecoder {
  /// The calling end of a pipe for an interface: handle index and version, 8 bytes at `offset`.
  public mutating func pendingRemote<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingRemote<Of> {
    let value = try optionalPendingRemote(fields, offset, name, type)
    return try Self.present(value, name)
  }

  /// The same, or `nil`.
  public mutating func optionalPendingRemote<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingRemote<Of>? {
    // Without an end the version is padding, and must be zero.
    guard let end = try pipeEnd(fields, offset, name) else { return nil }
    end.mark(.remote(PassingRules<Of>()))
    return PendingRemote(end, version: uint32(fields, offset + 4))
  }

  /// The answering end of a pipe for an interface: a handle index at `offset`.
  public mutating func pendingReceiver<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingReceiver<Of> {
    let value = try optionalPendingReceiver(fields, offset, name, type)
    return try Self.present(value, name)
  }

  /// The same, or `nil`.
  public mutating func optionalPendingReceiver<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingReceiver<Of>? {
    guard let end = try pipeEnd(fields, offset, name) else { return nil }
    end.mark(.receiver(PassingRules<Of>()))
    return PendingReceiver(end)
  }

  /// An end of a pipe of no declared interface: a handle index at `offset`.
  public mutating func messagePipe(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> MessagePipeEnd {
    let value = try optionalMessagePipe(fields, offset, name)
    return try Self.present(value, name)
  }

  /// The same, or `nil`.
  public mutating func optionalMessagePipe(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> MessagePipeEnd? {
    try pipeEnd(fields, offset, name).map { MessagePipeEnd($0) }
  }

  mutating func pipeEnd(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> PipeEnd? {
    guard let handle = try optionalHandle(fields, offset, name) else { return nil }
    guard let end = handle as? PipeEnd else {
      throw Malformed(.interface(.attachmentKind), field: name, detail: "wants an endpoint")
    }
    return end
  }

  static func present<Value>(_ value: Value?, _ name: String) throws(Malformed) -> Value {
    guard let value else { throw Malformed(.message(.unexpectedInvalidHandle), field: name) }
    return value
  }
}

extension MessageEncoder {
  /// `nil` is written as no end.
  public mutating func pendingRemote<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ value: PendingRemote<Of>?
  ) {
    value?.end.mark(.remote(PassingRules<Of>()))
    handle(fields, offset, value?.end)
    uint32(fields, offset + 4, value?.version ?? 0)
  }

  /// `nil` is written as no end.
  public mutating func pendingReceiver<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ value: PendingReceiver<Of>?
  ) {
    value?.end.mark(.receiver(PassingRules<Of>()))
    handle(fields, offset, value?.end)
  }

  /// `nil` is written as no end.
  public mutating func messagePipe(
    _ fields: StructView, _ offset: Int, _ value: MessagePipeEnd?
  ) {
    handle(fields, offset, value?.end)
  }
}
