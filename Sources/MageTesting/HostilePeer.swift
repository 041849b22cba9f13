public import Mage
internal import MagePipes
public import MageWire
internal import Synchronization

/// A worker under the test's command that attacks an implementation: the handlers of a host that a worker calls.
///
/// It is connected as a sealed worker is connected to its host, with every check between its bytes and the handlers, and no process. What it sends is not
/// checked on this side: parameters beyond the interface's limits, messages and packets of any bytes.
///
/// ```swift
/// let peer = try await HostilePeer(attacking: Upload.handlers(store))
/// try await peer.send(Upload.put, .init(name: String(repeating: "x", count: 5000), bytes: []))
/// #expect(await peer.ending().malformed?.name == "interface.tooLong")
/// #expect(store.isEmpty)
/// ```
public final class HostilePeer<Of: Interface>: Sendable {
  private let played: PlayedWorker
  private let replies: Replies
  private let lastRequest = Mutex<UInt64>(0)

  /// - Parameters:
  ///   - handlers: what is attacked.
  ///   - limits: of the connection, which a worker's come from its policy's `ipc` section for.
  ///   - time: instead of the clock.
  /// - Throws: ``PlayError`` when the machine refuses a socket or a thread.
  public convenience init(
    attacking handlers: Handlers<Of>, limits: ChannelLimits = ChannelLimits(),
    time: TestTime? = nil
  ) async throws(PlayError) {
    try await self.init(attacking: handlers, limits: limits, on: .make(time))
  }

  init(
    attacking handlers: Handlers<Of>, limits: ChannelLimits, on loop: PlayLoop
  ) async throws(PlayError) {
    let replies = Replies()
    self.replies = replies
    played = try await PlayedWorker(limits, loop) { event in
      if case .reply(let message) = event { replies.put(message) }
    } ended: { error in
      replies.end(error)
    }
    guard let port = played.bootstrap else { throw PlayError(description: "it ended at once") }
    Receiver(Endpoint(port), handlers)
  }

  // MARK: What it sends

  /// Sends a message without a reply, whatever its values.
  public func send<Parameters: WireStruct>(
    _ method: OneWay<Of, Parameters>, _ parameters: Parameters
  ) async throws(CallError) {
    try played.send(MessageEncoder.encode(.oneWay, ordinal: method.ordinal, parameters))
  }

  /// Calls a method, whatever the values, and waits for the reply or the ending.
  ///
  /// - Throws: `CallError.workerEnded` when the implementation's side has ended this peer for it.
  public func call<Parameters: WireStruct, Reply: WireStruct>(
    _ method: Method<Of, Parameters, Reply>, _ parameters: Parameters
  ) async throws(CallError) -> Reply {
    let request = nextRequest()
    let kind = MessageEncoder.Kind.request(id: request)
    try played.send(MessageEncoder.encode(kind, ordinal: method.ordinal, parameters))
    let message = try await replies.next(request).get()
    do throws(Malformed) {
      let header = try MessageHeader(decoding: message.bytes)
      return try MessageDecoder.decode(
        Reply.self, from: message.bytes, header: header, handles: message.handles)
    } catch {
      throw .refused("\(error)")
    }
  }

  /// Sends bytes as a message on the pipe. False when they could not be sent because this peer has ended.
  @discardableResult
  public func send(message bytes: [UInt8]) -> Bool {
    (try? played.send((bytes, []))) != nil
  }

  /// Writes bytes as one packet of the connection, below everything that makes messages of them.
  @discardableResult
  public func send(packet bytes: [UInt8]) -> Bool { played.write(bytes) }

  /// Dies, by default as a process that the kernel stops for a bad access. What was sent before is judged first.
  public func die(_ cause: Ending.Cause = .crashed(Signal(11))) async { await played.die(cause) }

  // MARK: What becomes of it

  /// Waits until this peer has ended, and says how its host would report it.
  public func ending() async -> Ending.Cause { await played.ending() }

  /// Whether it has not ended, as far as what was sent until now has been looked at.
  ///
  /// It asks the implementation's side a question that every interface answers, and waits for the answer or the ending.
  public func isAlive() async -> Bool { await cause() == nil }

  /// The ending, or `nil` when everything that was sent until now was taken.
  func cause() async -> Ending.Cause? {
    do {
      _ = try await call(
        Method<Of, ControlMessages.Run, ControlMessages.RunReply>(ControlMessages.run, "Run"),
        ControlMessages.Run(.flushForTesting))
      return played.cause
    } catch {
      return await played.ending()
    }
  }

  private func nextRequest() -> UInt64 {
    lastRequest.withLock { last in
      last &+= 1
      // Apart from those that a test writes into its own messages.
      return last &+ 1 << 32
    }
  }
}

extension PlayLoop {
  static func make(_ time: TestTime?) throws(PlayError) -> PlayLoop {
    do {
      return try PlayLoop(time)
    } catch {
      throw PlayError(description: "a loop to play on: \(error)")
    }
  }
}

extension Ending.Cause {
  /// What was wrong with what the peer sent, when that was its ending.
  public var malformed: Malformed? {
    if case .malformed(let malformed) = self { malformed } else { nil }
  }
}
