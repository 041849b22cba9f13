public import Mage
internal import MagePipes
public import MageWire
internal import Synchronization

/// A worker that answers as a script says: what a host's code makes of one that never answers, dies, or lies.
///
/// Code under test calls ``remote``, or a proxy of it. The script runs for each message and cannot wait.
///
/// ```swift
/// let worker = try await ScriptedWorker(of: Decoder.self) { _ in .death() }
/// await #expect(throws: CallError.self) { try await thumbnail(of: image, by: .init(worker.remote)) }
/// ```
public final class ScriptedWorker<Of: Interface>: Sendable {
  /// The host's end, bound.
  public let remote: Remote<Of>
  private let played: PlayedWorker
  private let seen: Seen

  /// - Parameters:
  ///   - interface: what it seems to implement.
  ///   - deadline: of calls through ``remote``; who misses it is ended.
  ///   - limits: of the connection.
  ///   - time: instead of the clock.
  ///   - script: what it does about a message.
  /// - Throws: ``PlayError`` when the machine refuses a socket or a thread.
  public convenience init(
    of interface: Of.Type, deadline: Duration = .seconds(30),
    limits: ChannelLimits = ChannelLimits(), time: TestTime? = nil,
    _ script: @escaping @Sendable (ScriptedRequest) -> ScriptedAnswer
  ) async throws(PlayError) {
    try await self.init(on: .make(time), deadline, limits, script)
  }

  init(
    on loop: PlayLoop, _ deadline: Duration, _ limits: ChannelLimits,
    _ script: @escaping @Sendable (ScriptedRequest) -> ScriptedAnswer
  ) async throws(PlayError) {
    let seen = Seen()
    self.seen = seen
    let player = Player(script)
    played = try await PlayedWorker(limits, loop) { event in
      guard case .message(let message) = event else { return }
      player.answer(message)
      seen.add()
    }
    guard let port = played.bootstrap else { throw PlayError(description: "it ended at once") }
    player.worker.set(played)
    remote = Remote(Endpoint(port), deadline: deadline)
  }

  /// Waits until so many messages have come in all, answered or not.
  public func requests(_ count: Int) async { await seen.wait(for: count) }

  /// Dies, by default as a process that the kernel stops for a bad access.
  public func die(_ cause: Ending.Cause = .crashed(Signal(11))) async { await played.die(cause) }

  /// Waits until this worker has ended, and says how its host would report it.
  public func ending() async -> Ending.Cause { await played.ending() }

  /// How it has ended; `nil` while it lives.
  public var cause: Ending.Cause? { played.cause }
}

/// A message that a played worker has got.
public struct ScriptedRequest: Sendable {
  /// Of the method.
  public let ordinal: UInt32
  /// 0 for a message without a reply.
  public let requestID: UInt64
  public let expectsReply: Bool
  /// The whole message.
  public let bytes: [UInt8]

  let handles: [any WireHandle]
  private let header: MessageHeader

  init?(_ message: IncomingMessage) {
    guard let header = try? MessageHeader(decoding: message.bytes) else { return nil }
    self.header = header
    ordinal = header.ordinal
    requestID = header.requestID
    expectsReply = header.expectsReply
    bytes = message.bytes
    handles = message.handles
  }

  /// The parameters, when the message is one of `method`'s.
  public func parameters<Of, Parameters, Reply>(
    of method: Method<Of, Parameters, Reply>
  ) -> Parameters? {
    guard ordinal == method.ordinal else { return nil }
    return try? MessageDecoder.decode(
      Parameters.self, from: bytes, header: header, handles: handles)
  }
}

/// What a played worker does about a message.
public struct ScriptedAnswer: Sendable {
  enum Act: Sendable {
    case nothing
    case reply([[UInt8]])
    case packet([UInt8])
    case death(Ending.Cause)
  }

  let act: Act

  /// It never answers.
  public static var nothing: ScriptedAnswer { ScriptedAnswer(act: .nothing) }

  /// It dies, by default as a process that the kernel stops for a bad access.
  public static func death(_ cause: Ending.Cause = .crashed(Signal(11))) -> ScriptedAnswer {
    ScriptedAnswer(act: .death(cause))
  }

  /// It answers with a value, which may be beyond the interface's limits.
  public static func reply<Of, Parameters, Reply>(
    to request: ScriptedRequest, of method: Method<Of, Parameters, Reply>, _ value: Reply
  ) -> ScriptedAnswer {
    let kind = MessageEncoder.Kind.reply(id: request.requestID)
    return .messages([MessageEncoder.encode(kind, ordinal: method.ordinal, value).bytes])
  }

  /// It answers with these bytes as the reply.
  public static func message(_ bytes: [UInt8]) -> ScriptedAnswer { messages([bytes]) }

  /// It answers several times.
  public static func messages(_ replies: [[UInt8]]) -> ScriptedAnswer {
    ScriptedAnswer(act: .reply(replies))
  }

  /// It writes these bytes as a packet of the connection.
  public static func packet(_ bytes: [UInt8]) -> ScriptedAnswer {
    ScriptedAnswer(act: .packet(bytes))
  }

  /// The same answer twice.
  public var twice: ScriptedAnswer {
    guard case .reply(let replies) = act else { return self }
    return .messages(replies + replies)
  }
}

/// Carries out a script.
private final class Player: Sendable {
  let worker = Later<PlayedWorker>()
  private let script: @Sendable (ScriptedRequest) -> ScriptedAnswer

  init(_ script: @escaping @Sendable (ScriptedRequest) -> ScriptedAnswer) { self.script = script }

  func answer(_ message: IncomingMessage) {
    guard let worker = worker.value, let request = ScriptedRequest(message) else { return }
    switch script(request).act {
    case .nothing: break
    case .packet(let bytes): _ = worker.write(bytes)
    case .death(let cause): Task { await worker.die(cause) }
    case .reply(let replies):
      // A lie may end the connection before the second one.
      for reply in replies { try? worker.reply(reply) }
    }
  }
}

/// How many messages have come.
private final class Seen: Sendable {
  private struct State {
    var count = 0
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  func add() {
    let ready = state.withLock { state in
      state.count += 1
      let count = state.count
      defer { state.waiting.removeAll { $0.count <= count } }
      return state.waiting.filter { $0.count <= count }
    }
    for waiter in ready { waiter.continuation.resume() }
  }

  func wait(for count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.count < count { state.waiting.append((count, continuation)) }
        return state.count >= count
      }
      if isThere { continuation.resume() }
    }
  }
}

/// A reference that is set once, later, and keeps nothing alive.
private final class Later<Value: AnyObject & Sendable>: Sendable {
  private struct Weak { weak var value: Value? }
  private let held = Mutex(Weak())

  var value: Value? { held.withLock { $0.value } }
  func set(_ value: Value) { held.withLock { $0.value = value } }
}
