public import Mage
internal import MagePipes
public import MageWire

/// A good message of an interface, to be spoiled.
public struct SampleMessage<Of: Interface>: Sendable {
  /// Of the method.
  public let name: String
  public let bytes: [UInt8]

  /// A call of a method with a reply.
  public init<Parameters, Reply>(
    _ method: Method<Of, Parameters, Reply>, _ parameters: Parameters
  ) {
    name = method.name
    bytes = MessageEncoder.encode(.request(id: 1), ordinal: method.ordinal, parameters).bytes
  }

  /// A message without a reply.
  public init<Parameters>(_ method: OneWay<Of, Parameters>, _ parameters: Parameters) {
    name = method.name
    bytes = MessageEncoder.encode(.oneWay, ordinal: method.ordinal, parameters).bytes
  }
}

/// What became of an interface's messages that were spoiled in every way: each either was refused, and its sender ended, or was another good
/// message, and the handlers had it.
public struct RuleBreaking: Sendable {
  /// One spoiled message and what its sender got for it.
  public struct Attempt: Sendable {
    /// `Greet: bit 3 of byte 40`
    public let name: String
    /// `nil` when the message was taken.
    public let ending: Ending.Cause?
  }

  public let attempts: [Attempt]

  /// Those that the handlers got, because they are good messages too.
  public var accepted: [Attempt] { attempts.filter { $0.ending == nil } }

  /// What was wrong with the others.
  public var refusals: [Malformed] { attempts.compactMap { $0.ending?.malformed } }

  /// Those whose sender ended for something else than a malformed message: a quota, or a crash of the test's own making.
  public var otherEndings: [Attempt] {
    attempts.filter { $0.ending != nil && $0.ending?.malformed == nil }
  }

  /// Whether some message was refused by this check at this field.
  ///
  /// - Parameters:
  ///   - check: as reports give it: `interface.tooLong`.
  ///   - field: as the interface names it; `nil` for any.
  public func hasBroken(_ check: String, at field: String? = nil) -> Bool {
    refusals.contains { $0.name == check && (field == nil || $0.field == field) }
  }

  /// Sends every spoiled form of `samples` to the handlers, each to a connection on which nothing was refused before.
  ///
  /// ```swift
  /// let broken = try await RuleBreaking.attack(with: [.init(Upload.put, good)]) { Upload.handlers(Store()) }
  /// #expect(broken.hasBroken("interface.tooLong", at: "name"))
  /// #expect(broken.otherEndings.isEmpty)
  /// ```
  ///
  /// - Parameters:
  ///   - samples: good messages; the larger, the longer it takes.
  ///   - limits: of the connections.
  ///   - handlers: makes the implementation; called for each new connection.
  public static func attack<Of: Interface>(
    with samples: [SampleMessage<Of>], limits: ChannelLimits = ChannelLimits(),
    _ handlers: @Sendable () -> Handlers<Of>
  ) async throws(PlayError) -> RuleBreaking {
    let loop = try PlayLoop.make(nil)
    var peer = try await HostilePeer(attacking: handlers(), limits: limits, on: loop)
    var attempts: [Attempt] = []
    for sample in samples {
      for spoiled in SpoiledMessage.all(of: sample.bytes) {
        peer.send(message: spoiled.bytes)
        let ending = await peer.cause()
        attempts.append(Attempt(name: "\(sample.name): \(spoiled.name)", ending: ending))
        guard ending != nil else { continue }
        peer = try await HostilePeer(attacking: handlers(), limits: limits, on: loop)
      }
    }
    return RuleBreaking(attempts: attempts)
  }

  /// Answers a call with every spoiled form of a reply, each from a worker of its own.
  ///
  /// - Parameters:
  ///   - method: the one that `body` calls first.
  ///   - reply: a good one.
  ///   - body: calls it, as the code under test does, and looks at what comes of it.
  public static func spoilReplies<Of: Interface, Parameters: WireStruct, Reply: WireStruct>(
    to method: Method<Of, Parameters, Reply>, _ reply: Reply,
    _ body: @Sendable (Remote<Of>) async throws -> Void
  ) async throws -> RuleBreaking {
    let loop = try PlayLoop.make(nil)
    // The first request of each connection has this number.
    let good = MessageEncoder.encode(.reply(id: 1), ordinal: method.ordinal, reply).bytes
    var attempts: [Attempt] = []
    for spoiled in SpoiledMessage.all(of: good) {
      let worker = try await ScriptedWorker<Of>(on: loop, .seconds(30), ChannelLimits()) { _ in
        .message(spoiled.bytes)
      }
      try await body(worker.remote)
      attempts.append(Attempt(name: "\(method.name): \(spoiled.name)", ending: worker.cause))
    }
    return RuleBreaking(attempts: attempts)
  }
}

extension RuleBreaking: CustomStringConvertible {
  public var description: String {
    let checks = Set(refusals.map { "\($0.name) at \($0.field ?? "-")" }).sorted()
    return "\(attempts.count) attempts, \(accepted.count) accepted, refused by: "
      + checks.joined(separator: ", ")
  }
}
