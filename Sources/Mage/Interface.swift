public import MageWire

/// A set of methods that one end of a pipe implements and the other calls.
///
/// Interfaces are plain declarations without cases, made by the interface compiler or by hand:
///
/// ```swift
/// enum Greeter: Interface {
///   static let name = "demo.Greeter"
///   static let greet = Method<Greeter, Name, Greeting>(0, "Greet")
/// }
/// ```
public protocol Interface: Sendable {
  /// The name for people and for reports. It does not travel.
  static var name: String { get }
  /// The weakest policy under which an implementation may run, by its name; `nil` when the interface names none.
  static var sandbox: String? { get }
  /// The only side that calls its methods; `nil` when each method says so for itself, or both may call.
  static var from: CallingSide? { get }
  /// The highest version that a method of the interface declares.
  static var version: UInt32 { get }
  /// How messages of each method are checked that a host passes on from one worker to another; empty where nobody has said it, and then
  /// whoever gets them is the first to check them.
  static var rules: [MethodRule] { get }
}

extension Interface {
  public static var sandbox: String? { nil }
  public static var from: CallingSide? { nil }
  public static var version: UInt32 { 0 }
  public static var rules: [MethodRule] { [] }
}

/// The sides of a connection, as interfaces name them.
public enum CallingSide: Sendable { case host, worker }

/// A method with a reply.
public struct Method<Of: Interface, Parameters: WireStruct, Reply: WireStruct>: Sendable {
  /// The number on the wire; unique within the interface.
  public let ordinal: UInt32
  public let name: String
  /// The only side that may call; `nil` when both may.
  public let from: CallingSide?
  /// The most messages that one pipe may bring in a second; `nil` for as many as its credit allows.
  public let rate: Int?
  /// Whether a pool of workers may call again when a worker has ended over the first call (`[Idempotent]`).
  public let isIdempotent: Bool

  public init(
    _ ordinal: UInt32, _ name: String, from: CallingSide? = nil, rate: Int? = nil,
    isIdempotent: Bool = false
  ) {
    self.ordinal = ordinal
    self.name = name
    self.from = from
    self.rate = rate
    self.isIdempotent = isIdempotent
  }
}

/// A method without a reply.
public struct OneWay<Of: Interface, Parameters: WireStruct>: Sendable {
  /// The number on the wire; unique within the interface.
  public let ordinal: UInt32
  public let name: String
  /// The only side that may call; `nil` when both may.
  public let from: CallingSide?
  /// The most messages that one pipe may bring in a second; `nil` for as many as its credit allows.
  public let rate: Int?

  public init(_ ordinal: UInt32, _ name: String, from: CallingSide? = nil, rate: Int? = nil) {
    self.ordinal = ordinal
    self.name = name
    self.from = from
    self.rate = rate
  }
}

/// A handler throws this when a value is well formed, is within its declared limits, and still cannot come from a
/// peer that works: the peer is killed for it.
public struct BadMessage: Error, Equatable, Sendable {
  /// For the report; must not hold text that the peer chose.
  public let reason: String

  public init(_ reason: String) { self.reason = reason }
}
