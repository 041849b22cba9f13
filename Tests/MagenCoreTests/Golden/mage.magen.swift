// Made by magen from mage.magen.
// Changes belong there: here they are lost.

public import Mage

/// Mage's own grammar, as its users write it.
public enum Demo: Interface {
  public static let name = "Demo"

  public static let method1 = OneWay<Demo, Method1Parameters>(0, "Method1")
  public static let sendName = OneWay<Demo, SendNameParameters>(1, "SendName")

  public static let rules = [MethodRule(method1), MethodRule(sendName)]
}

// MARK: - Demo: implementing and calling

extension Demo {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    func method1(a: Int32, b: String, c: String) async throws

    func sendName(name: String, isFirstName: Bool) async throws
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Demo> {
    var handlers = Handlers<Demo>()
    handlers.on(Demo.method1) { parameters in
      try await service.method1(a: parameters.a, b: parameters.b, c: parameters.c)
    }
    handlers.on(Demo.sendName) { parameters in
      try await service.sendName(name: parameters.name, isFirstName: parameters.isFirstName)
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Demo>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Demo>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func method1(a: Int32, b: String, c: String) async throws(CallError) {
      let parameters = Method1Parameters(a: a, b: b, c: c)
      try await remote.send(Demo.method1, parameters, within: limit)
    }

    public func sendName(name: String, isFirstName: Bool) async throws(CallError) {
      let parameters = SendNameParameters(name: name, isFirstName: isFirstName)
      try await remote.send(Demo.sendName, parameters, within: limit)
    }
  }
}

// MARK: - Demo: messages

extension Demo {
  /// The parameters of ``method1``.
  public struct Method1Parameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 32 }

    public var a: Int32
    public var b: String
    public var c: String

    @inlinable
    public init(a: Int32, b: String, c: String) {
      self.a = a
      self.b = b
      self.c = c
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let a = message.int32(fields, 8)
      let b = try message.string(fields, 16, "b")
      let c = try message.string(fields, 24, "c")
      self.init(a: a, b: b, c: c)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.int32(fields, 8, a)
      message.string(fields, 16, b)
      message.string(fields, 24, c)
    }
  }

  /// The parameters of ``sendName``.
  public struct SendNameParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 24 }

    public var name: String
    public var isFirstName: Bool

    @inlinable
    public init(name: String, isFirstName: Bool) {
      self.name = name
      self.isFirstName = isFirstName
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let name = try message.string(fields, 8, "name")
      let isFirstName = message.bool(fields, 16, bit: 0)
      self.init(name: name, isFirstName: isFirstName)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.string(fields, 8, name)
      message.bool(fields, 16, bit: 0, isFirstName)
    }
  }
}

public enum Numbers: Interface {
  public static let name = "Numbers"

  public static let send = Method<Numbers, SendParameters, SendReply>(0, "Send")

  public static let rules = [MethodRule(send)]
}

// MARK: - Numbers: implementing and calling

extension Numbers {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    func send(a: Int64, b: Double, c: UInt8) async throws -> Bool
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Numbers> {
    var handlers = Handlers<Numbers>()
    handlers.on(Numbers.send) { parameters in
      SendReply(ok: try await service.send(a: parameters.a, b: parameters.b, c: parameters.c))
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Numbers>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Numbers>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func send(a: Int64, b: Double, c: UInt8) async throws(CallError) -> Bool {
      let parameters = SendParameters(a: a, b: b, c: c)
      return try await remote.call(Numbers.send, parameters, within: limit).ok
    }
  }
}

// MARK: - Numbers: messages

extension Numbers {
  /// The parameters of ``send``.
  public struct SendParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 32 }

    public var a: Int64
    public var b: Double
    public var c: UInt8

    public init(a: Int64, b: Double, c: UInt8) {
      self.a = a
      self.b = b
      self.c = c
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) {
      a = message.int64(fields, 8)
      b = message.double(fields, 16)
      c = message.uint8(fields, 24)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.int64(fields, 8, a)
      message.double(fields, 16, b)
      message.uint8(fields, 24, c)
    }
  }

  /// The reply of ``send``.
  public struct SendReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    public var ok: Bool

    public init(ok: Bool) { self.ok = ok }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) {
      ok = message.bool(fields, 8, bit: 0)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.bool(fields, 8, bit: 0, ok)
    }
  }
}
