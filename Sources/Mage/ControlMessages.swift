internal import MagePipes
internal import MageWire

// What every interface answers beside its own methods.

extension Remote {
  static var run: Method<Of, ControlMessages.Run, ControlMessages.RunReply> {
    Method(ControlMessages.run, "Run")
  }

  static var runOrClosePipe: OneWay<Of, ControlMessages.RunOrClosePipe> {
    OneWay(ControlMessages.runOrClosePipe, "RunOrClosePipe")
  }

  /// Asks which version of the interface the peer knows.
  ///
  /// - Parameter limit: from now to the answer; `nil` is the remote's own.
  /// - Returns: a number that the peer chose.
  /// - Throws: ``CallError``, `refused` too when the peer does not say.
  public func queryVersion(within limit: Duration? = nil) async throws(CallError) -> UInt32 {
    let reply = try await call(Self.run, ControlMessages.Run(.queryVersion), within: limit)
    guard case .version(let result) = reply.output else {
      throw CallError.refused("the peer does not say which version of \(Of.name) it knows")
    }
    return result.version
  }

  /// Tells the peer to close the pipe if it does not know this version of the interface. Returns when the message is queued: calls that come
  /// after it fail with ``CallError/pipeClosed(_:)`` then.
  public func requireVersion(_ version: UInt32) async throws(CallError) {
    let demand = ControlMessages.Demand.requireVersion(ControlMessages.VersionResult(version))
    try await send(Self.runOrClosePipe, ControlMessages.RunOrClosePipe(demand))
  }

  /// Returns when the peer has taken everything that was sent on this pipe before: the handlers of those messages have begun.
  public func flushForTesting(within limit: Duration? = nil) async throws(CallError) {
    _ = try await call(Self.run, ControlMessages.Run(.flushForTesting), within: limit)
  }
}

/// Why a pipe was closed whose peer requires a later version of the interface than this side knows.
struct VersionNotKnown: Error {}

/// A control message that has been checked, and what it asks for.
enum ControlDemand: Sendable {
  case answer(ControlMessages.Question, request: UInt64)
  case meet(ControlMessages.Demand)
}

/// Answers what is not of the interface itself.
struct ControlHandler<Of: Interface>: Sendable {
  /// What a control message asks for; `nil` for a message of the interface.
  static func demand(
    of message: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) -> ControlDemand? {
    switch header.ordinal {
    case ControlMessages.run:
      let question = try message.parameters(
        ControlMessages.Run.self, header, Of.name, "Run", expectsReply: true
      ).input
      return .answer(question, request: header.requestID)
    case ControlMessages.runOrClosePipe:
      let demand = try message.parameters(
        ControlMessages.RunOrClosePipe.self, header, Of.name, "RunOrClosePipe",
        expectsReply: false
      ).input
      return .meet(demand)
    default: return nil
    }
  }

  /// - Throws: ``VersionNotKnown``, for which the pipe is closed.
  static func perform(_ demand: ControlDemand) throws -> OutgoingMessage? {
    switch demand {
    case .answer(let question, let request): return try answer(question, request)
    case .meet(let demand):
      try meet(demand)
      return nil
    }
  }

  private static func answer(
    _ question: ControlMessages.Question, _ request: UInt64
  ) throws(CallError) -> OutgoingMessage {
    let output: ControlMessages.Answer? =
      switch question {
      case .queryVersion: .version(ControlMessages.VersionResult(Of.version))
      case .flushForTesting: nil
      }
    return try OutgoingMessage(
      .reply(id: request), ordinal: ControlMessages.run, ControlMessages.RunReply(output))
  }

  private static func meet(_ demand: ControlMessages.Demand) throws(VersionNotKnown) {
    switch demand {
    case .requireVersion(let required):
      guard required.version <= Of.version else { throw VersionNotKnown() }
    }
  }
}
