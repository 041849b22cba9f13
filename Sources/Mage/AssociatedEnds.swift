public import MagePipes
public import MageWire

/// The calling end of an interface that shares a pipe with others, not bound yet.
///
/// All interfaces on a pipe have one order: messages arrive as they were sent, whichever of the interfaces they are for. So does the news that an end was closed. The end
/// joins the pipe that it is sent over; then it stays there for good. One message pipe, two interfaces:
///
/// ```swift
/// let (remote, receiver) = makeAssociated(of: Observer.self)
/// try receiver.bind(Observer.handlers(self))
/// try await document.watch(observer: remote)  // over the pipe of `document`
/// ```
///
/// Copies share the end, and it can be bound or sent once, by whoever comes first; the next one gets an `EndpointError`. When the last copy
/// goes and nobody has, the end is closed. Messages for an end that is not bound yet hold up all that come behind them on the pipe.
public struct PendingAssociatedRemote<Of: Interface>: Sendable {
  let end: PipeEnd
  /// The version of the interface that whoever made the ends implements.
  public let version: UInt32

  init(_ end: PipeEnd, version: UInt32) {
    self.end = end
    self.version = version
  }

  /// Binds the end, to call the peer. What is sent before the other end has joined a pipe waits.
  ///
  /// - Parameter deadline: for calls that name none.
  public func bind(deadline: Duration = .seconds(30)) throws(EndpointError) -> Remote<Of> {
    Remote(try end.take(leaving: .bound), deadline: deadline, version: version)
  }
}

/// The answering end of an interface that shares a pipe with others, not bound yet. Otherwise like ``PendingAssociatedRemote``.
public struct PendingAssociatedReceiver<Of: Interface>: Sendable {
  let end: PipeEnd

  init(_ end: PipeEnd) { self.end = end }

  /// Binds the end: from here `handlers` get its messages.
  ///
  /// - Parameters:
  ///   - handlers: what answers.
  ///   - disconnected: as of ``Receiver``.
  @discardableResult
  public func bind(
    _ handlers: Handlers<Of>, disconnected: @escaping @Sendable (CloseReason?) -> Void = { _ in }
  ) throws(EndpointError) -> Receiver<Of> {
    Receiver(Endpoint(try end.take(leaving: .bound)), handlers, disconnected: disconnected)
  }
}

/// Two ends of an interface, one of which is to be sent over the pipe that they will share with others.
///
/// As long as neither is sent they are a pipe of their own inside this process.
public func makeAssociated<Of: Interface>(
  of interface: Of.Type
) -> (remote: PendingAssociatedRemote<Of>, receiver: PendingAssociatedReceiver<Of>) {
  let (caller, answerer) = Port.associablePair()
  return (
    PendingAssociatedRemote(PipeEnd(caller), version: Of.version),
    PendingAssociatedReceiver(PipeEnd(answerer))
  )
}

// MARK: - In messages

extension MessageDecoder {
  /// The calling end of an interface that is to share the pipe: an index among the header's interface ids and the version, 8 bytes at `offset`.
  public mutating func pendingAssociatedRemote<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingAssociatedRemote<Of> {
    try Self.associated(try optionalPendingAssociatedRemote(fields, offset, name, type), name)
  }

  /// The same, or `nil`.
  public mutating func optionalPendingAssociatedRemote<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingAssociatedRemote<Of>? {
    // Without an end the version is padding, and must be zero.
    guard let end = try optionalInterfaceEnd(fields, offset, name) as? PipeEnd else { return nil }
    end.beCaller()
    end.mark(.remote(PassingRules<Of>()))
    return PendingAssociatedRemote(end, version: uint32(fields, offset + 4))
  }

  /// The answering end of an interface that is to share the pipe: an index among the header's interface ids at `offset`.
  public mutating func pendingAssociatedReceiver<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingAssociatedReceiver<Of> {
    try Self.associated(try optionalPendingAssociatedReceiver(fields, offset, name, type), name)
  }

  /// The same, or `nil`.
  public mutating func optionalPendingAssociatedReceiver<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Of.Type
  ) throws(Malformed) -> PendingAssociatedReceiver<Of>? {
    guard let end = try optionalInterfaceEnd(fields, offset, name) as? PipeEnd else { return nil }
    end.mark(.receiver(PassingRules<Of>()))
    return PendingAssociatedReceiver(end)
  }

  private static func associated<Value>(
    _ value: Value?, _ name: String
  ) throws(Malformed) -> Value {
    guard let value else {
      throw Malformed(.message(.unexpectedInvalidInterfaceID), field: name)
    }
    return value
  }
}

extension MessageEncoder {
  /// `nil` is written as no end.
  public mutating func pendingAssociatedRemote<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ value: PendingAssociatedRemote<Of>?
  ) {
    interfaceEnd(fields, offset, value?.end)
    uint32(fields, offset + 4, value?.version ?? 0)
  }

  /// `nil` is written as no end.
  public mutating func pendingAssociatedReceiver<Of: Interface>(
    _ fields: StructView, _ offset: Int, _ value: PendingAssociatedReceiver<Of>?
  ) {
    interfaceEnd(fields, offset, value?.end)
  }
}
