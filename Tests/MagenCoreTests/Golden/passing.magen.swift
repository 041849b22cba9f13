// Made by magen from passing.magen.
// Changes belong there: here they are lost.

public import Mage

public enum Child: Interface {
  public static let name = "demo.Child"

  public static let stop = OneWay<Child, Empty>(0, "Stop")

  public static let rules = [MethodRule(stop)]
}

// MARK: - Child: implementing and calling

extension Child {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    func stop() async throws
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Child> {
    var handlers = Handlers<Child>()
    handlers.on(Child.stop) { _ in
      try await service.stop()
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Child>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Child>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func stop() async throws(CallError) {
      try await remote.send(Child.stop, Empty(), within: limit)
    }
  }
}

public enum Passing: Interface {
  public static let name = "demo.Passing"

  public static let give = Method<Passing, GiveParameters, GiveReply>(0, "Give")

  public static let rules = [MethodRule(give)]
}

// MARK: - Passing: implementing and calling

extension Passing {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    func give(
      remote: PendingRemote<Child>, receiver: PendingReceiver<Child>?, pipe: MessagePipeEnd,
      more: [PendingRemote<Child>], parcel: Parcel
    ) async throws -> PendingRemote<Child>?
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Passing> {
    var handlers = Handlers<Passing>()
    handlers.on(Passing.give) { parameters in
      let reply = try await service.give(
        remote: parameters.remote, receiver: parameters.receiver, pipe: parameters.pipe,
        more: parameters.more, parcel: parameters.parcel)
      return GiveReply(back: reply)
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Passing>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Passing>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func give(
      remote: PendingRemote<Child>, receiver: PendingReceiver<Child>?, pipe: MessagePipeEnd,
      more: [PendingRemote<Child>], parcel: Parcel
    ) async throws(CallError) -> PendingRemote<Child>? {
      let parameters = GiveParameters(
        remote: remote, receiver: receiver, pipe: pipe, more: more, parcel: parcel)
      return try await self.remote.call(Passing.give, parameters, within: limit).back
    }
  }
}

// MARK: - Passing: messages

extension Passing {
  /// The parameters of ``give``.
  public struct GiveParameters: WireStruct {
    @inlinable public static var wireSize: Int { 48 }

    public var remote: PendingRemote<Child>
    public var receiver: PendingReceiver<Child>?
    public var pipe: MessagePipeEnd
    public var more: [PendingRemote<Child>]
    public var parcel: Parcel

    @inlinable
    public init(
      remote: PendingRemote<Child>, receiver: PendingReceiver<Child>? = nil, pipe: MessagePipeEnd,
      more: [PendingRemote<Child>], parcel: Parcel
    ) {
      self.remote = remote
      self.receiver = receiver
      self.pipe = pipe
      self.more = more
      self.parcel = parcel
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let remote = try message.pendingRemote(fields, 8, "remote", Child.self)
      let receiver = try message.optionalPendingReceiver(fields, 16, "receiver", Child.self)
      let pipe = try message.messagePipe(fields, 20, "pipe")
      let more = try message.array(fields, 24, "more", stride: 8) {
        (message, element) throws(Malformed) in
        try message.pendingRemote(element, 0, "more", Child.self)
      }
      let parcel = try message.union(fields, 32, "parcel", Parcel.self)
      self.init(remote: remote, receiver: receiver, pipe: pipe, more: more, parcel: parcel)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.pendingRemote(fields, 8, remote)
      message.pendingReceiver(fields, 16, receiver)
      message.messagePipe(fields, 20, pipe)
      message.array(fields, 24, more, stride: 8) { message, element, value in
        message.pendingRemote(element, 0, value)
      }
      message.union(fields, 32, parcel)
    }
  }

  /// The reply of ``give``.
  public struct GiveReply: WireStruct {
    @inlinable public static var wireSize: Int { 16 }

    public var back: PendingRemote<Child>?

    @inlinable
    public init(back: PendingRemote<Child>? = nil) { self.back = back }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let back = try message.optionalPendingRemote(fields, 8, "back", Child.self)
      self.init(back: back)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.pendingRemote(fields, 8, back)
    }
  }
}

public enum Parcel: WireUnion {
  case receiver(PendingReceiver<Child>)
  case pipe(MessagePipeEnd?)
  case remote(PendingRemote<Child>?)

  public init(
    decoding message: inout MessageDecoder, at fields: StructView, field: String
  ) throws(Malformed) {
    switch try message.unionTag(fields, 0, field) {
    case 0: self = .receiver(try message.pendingReceiver(fields, 8, "receiver", Child.self))
    case 1: self = .pipe(try message.optionalMessagePipe(fields, 8, "pipe"))
    case 2: self = .remote(try message.optionalPendingRemote(fields, 8, "remote", Child.self))
    case let tag:
      throw Malformed(.message(.unknownUnionTag), field: field, detail: "\(tag)")
    }
  }

  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    switch self {
    case .receiver(let value):
      message.union(fields, 0, tag: 0)
      message.pendingReceiver(fields, 8, value)
    case .pipe(let value):
      message.union(fields, 0, tag: 1)
      message.messagePipe(fields, 8, value)
    case .remote(let value):
      message.union(fields, 0, tag: 2)
      message.pendingRemote(fields, 8, value)
    }
  }
}
