internal import MagePipes
internal import MageWire

/// The methods that one implementation answers, by ordinal.
///
/// A message whose ordinal is not here is malformed: both ends are built from one interface.
public struct Handlers<Of: Interface>: Sendable {
  var entries: [UInt32: any HandlerEntry] = [:]

  public init() {}

  /// Answers `method`. `handler` runs on the connection's loop up to its first suspension, in the order of the messages.
  ///
  /// Throw ``BadMessage`` to have the peer killed; any other error closes the pipe, with the error's type as reason.
  public mutating func on<Parameters, Reply>(
    _ method: Method<Of, Parameters, Reply>,
    _ handler: @escaping @Sendable (Parameters) async throws -> Reply
  ) {
    entries[method.ordinal] = RequestHandler(method: method, run: handler)
  }

  /// Takes the messages of `method`, which have no reply.
  public mutating func on<Parameters>(
    _ method: OneWay<Of, Parameters>,
    _ handler: @escaping @Sendable (Parameters) async throws -> Void
  ) {
    entries[method.ordinal] = OneWayHandler(method: method, run: handler)
  }

  /// Takes the messages of `method`, which have no reply, as many at once as have come together: at least one and at most 1,024, in their order, and
  /// none of another method's between them. For methods that are called so often that a call of a handler for each is too much:
  ///
  /// ```swift
  /// var handlers = Journal.handlers(service)
  /// handlers.onBatch(Journal.append) { lines in await writer.write(lines) }
  /// ```
  ///
  /// Every message of a batch has been checked before `handler` runs; with one that is malformed none of its batch arrives. Messages that belong to a
  /// trace or bring ends of associated interfaces come alone. The next batch may come while `handler` is suspended.
  public mutating func onBatch<Parameters>(
    _ method: OneWay<Of, Parameters>,
    _ handler: @escaping @Sendable ([Parameters]) async throws -> Void
  ) {
    entries[method.ordinal] = BatchHandler(method: method, run: handler)
  }
}

/// Checks a message for one method and says what to run for it.
protocol HandlerEntry: Sendable {
  var name: String { get }
  /// The only side that may call.
  var from: CallingSide? { get }
  /// Messages a second.
  var rate: Int? { get }
  var takesBatches: Bool { get }
  func dispatch(_ message: IncomingMessage, _ header: MessageHeader) throws(Malformed) -> Dispatch
  func dispatch(
    _ batch: [(IncomingMessage, MessageHeader)]
  ) throws(Malformed) -> @Sendable () async throws -> Void
}

extension HandlerEntry {
  var takesBatches: Bool { false }
  func dispatch(
    _ batch: [(IncomingMessage, MessageHeader)]
  ) throws(Malformed) -> @Sendable () async throws -> Void {
    {}
  }
}

private struct RequestHandler<Of: Interface, Parameters: WireStruct, Reply: WireStruct>:
  HandlerEntry
{
  let method: Method<Of, Parameters, Reply>
  var name: String { method.name }
  var from: CallingSide? { method.from }
  var rate: Int? { method.rate }
  let run: @Sendable (Parameters) async throws -> Reply

  func dispatch(_ message: IncomingMessage, _ header: MessageHeader) throws(Malformed) -> Dispatch {
    let parameters = try message.parameters(
      Parameters.self, header, Of.name, method.name, expectsReply: true)
    return .request { try await answer(parameters, header.requestID) }
  }

  private func answer(_ parameters: Parameters, _ request: UInt64) async throws -> OutgoingMessage {
    do {
      let reply = try await run(parameters)
      return try OutgoingMessage(.reply(id: request), ordinal: method.ordinal, reply)
    } catch let bad as BadMessage {
      throw bad.malformed(in: Of.name, method.name)
    }
  }
}

private struct OneWayHandler<Of: Interface, Parameters: WireStruct>: HandlerEntry {
  let method: OneWay<Of, Parameters>
  var name: String { method.name }
  var from: CallingSide? { method.from }
  var rate: Int? { method.rate }
  let run: @Sendable (Parameters) async throws -> Void

  func dispatch(_ message: IncomingMessage, _ header: MessageHeader) throws(Malformed) -> Dispatch {
    let parameters = try message.parameters(
      Parameters.self, header, Of.name, method.name, expectsReply: false)
    return .oneWay { try await take(parameters) }
  }

  private func take(_ parameters: Parameters) async throws {
    do {
      try await run(parameters)
    } catch let bad as BadMessage {
      throw bad.malformed(in: Of.name, method.name)
    }
  }
}

private struct BatchHandler<Of: Interface, Parameters: WireStruct>: HandlerEntry {
  let method: OneWay<Of, Parameters>
  var name: String { method.name }
  var from: CallingSide? { method.from }
  var rate: Int? { method.rate }
  var takesBatches: Bool { true }
  let run: @Sendable ([Parameters]) async throws -> Void

  func dispatch(_ message: IncomingMessage, _ header: MessageHeader) throws(Malformed) -> Dispatch {
    .oneWay(try dispatch([(message, header)]))
  }

  func dispatch(
    _ batch: [(IncomingMessage, MessageHeader)]
  ) throws(Malformed) -> @Sendable () async throws -> Void {
    var values: [Parameters] = []
    values.reserveCapacity(batch.count)
    for (message, header) in batch {
      values.append(
        try message.parameters(
          Parameters.self, header, Of.name, method.name, expectsReply: false))
    }
    return { [values] in try await take(values) }
  }

  private func take(_ values: [Parameters]) async throws {
    do {
      try await run(values)
    } catch let bad as BadMessage {
      throw bad.malformed(in: Of.name, method.name)
    }
  }
}

extension BadMessage {
  /// What its sender is ended for.
  fileprivate func malformed(in interface: String, _ method: String) -> Malformed {
    Malformed(.application, interface: interface, method: method, detail: reason)
  }
}

extension IncomingMessage {
  /// The message's parameters, checked in full.
  func parameters<Parameters: WireStruct>(
    _ type: Parameters.Type, _ header: MessageHeader, _ interface: String, _ method: String,
    expectsReply: Bool
  ) throws(Malformed) -> Parameters {
    do throws(Malformed) {
      try header.checkIsForBoundInterface()
      guard header.expectsReply == expectsReply else {
        throw Malformed(.message(.headerInvalidFlags), detail: "flags \(header.flags)")
      }
      return try MessageDecoder.decode(
        type, from: bytes, header: header, handles: handles, ends: ends)
    } catch {
      throw error.placed(in: interface, method)
    }
  }
}
