public import MagePipes
internal import MageSystem
internal import MageWire

/// The methods that one implementation answers, by ordinal.
///
/// A message whose ordinal is not here is malformed: both ends are built from one interface.
public struct Handlers<Of: Interface>: Sendable {
  fileprivate var entries: [UInt32: any HandlerEntry] = [:]

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
}

/// Checks a message for one method and says what to run for it.
private protocol HandlerEntry: Sendable {
  var name: String { get }
  /// The only side that may call.
  var from: CallingSide? { get }
  /// Messages a second.
  var rate: Int? { get }
  func dispatch(_ message: IncomingMessage, _ header: MessageHeader) throws(Malformed) -> Dispatch
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
      throw Malformed(
        .application, interface: Of.name, method: method.name, detail: bad.reason)
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
      throw Malformed(
        .application, interface: Of.name, method: method.name, detail: bad.reason)
    }
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

/// The answering end of a pipe.
///
/// The connection keeps it alive until the peer goes or ``close(_:)`` is called; the value returned by the initializer
/// need not be kept.
public final class Receiver<Of: Interface>: Sendable {
  private let end: PipeEnd

  /// Binds an end: from here `handlers` get its messages, those first that came already.
  ///
  /// - Parameters:
  ///   - endpoint: the end; the receiver closes it.
  ///   - handlers: what answers.
  ///   - disconnected: called once on the loop when the peer has closed its end (with its reason) or the connection
  ///     has ended (`nil`).
  @discardableResult
  public init(
    _ endpoint: consuming Endpoint, _ handlers: Handlers<Of>,
    disconnected: @escaping @Sendable (CloseReason?) -> Void = { _ in }
  ) {
    end = endpoint.end
    let table = HandlerTable(handlers, end, disconnected)
    // An endpoint's end is there: it has one owner, who has just given it to us.
    if let port = try? end.port() { port.bind(table) }
  }

  /// Takes the end back, to bind it anew or to send it. Messages that were not read stay with it.
  ///
  /// - Throws: `EndpointError.busy` while a request is not answered.
  public func unbind() throws(EndpointError) -> Endpoint { Endpoint(try end.unbind()) }

  /// Closes the pipe and tells the peer why. Does not wait.
  public func close(_ reason: CloseReason = CloseReason()) { end.close(reason) }
}

/// What a connection sees of a receiver.
private struct HandlerTable<Of: Interface>: MessageReceiver {
  private let methods: MethodTable<Of>
  /// Keeps the pipe open for as long as the connection has this table.
  private let end: PipeEnd
  private let whenDisconnected: @Sendable (CloseReason?) -> Void

  init(
    _ handlers: Handlers<Of>, _ end: PipeEnd,
    _ whenDisconnected: @escaping @Sendable (CloseReason?) -> Void
  ) {
    methods = MethodTable(handlers)
    self.end = end
    self.whenDisconnected = whenDisconnected
  }

  func receive(_ message: IncomingMessage, header: MessageHeader) throws(Malformed) -> Dispatch {
    try methods.dispatch(message, header)
  }

  func disconnected(_ reason: CloseReason?) { whenDisconnected(reason) }
}

/// Leads a message to its method's handler, if its sender may send it.
struct MethodTable<Of: Interface>: Sendable {
  private let handlers: Handlers<Of>
  /// The side that the messages come from; `nil` where it is of no matter.
  private let caller: CallingSide?
  /// For the methods that have a rate.
  private let rates = MethodRates()

  init(_ handlers: Handlers<Of>, caller: CallingSide? = nil) {
    self.handlers = handlers
    self.caller = caller
  }

  func dispatch(
    _ message: IncomingMessage, _ header: MessageHeader, at now: MonotonicTime = .now
  ) throws(Malformed) -> Dispatch {
    if let control = try ControlHandler<Of>.dispatch(message, header) { return control }
    guard !header.isReply, let entry = handlers.entries[header.ordinal] else {
      throw Malformed(
        .message(.headerUnknownMethod), interface: Of.name, detail: "ordinal \(header.ordinal)")
    }
    let caller = message.writer.map { $0 == .host ? .host : .worker } ?? caller
    if let from = entry.from, let caller, from != caller {
      throw Malformed(
        .interface(.wrongCaller), interface: Of.name, method: entry.name,
        detail: "from the \(caller)")
    }
    if let rate = entry.rate, !rates.admit(header.ordinal, rate, at: now) {
      throw Malformed(
        .interface(.tooOften), interface: Of.name, method: entry.name,
        detail: "more than \(rate) a second")
    }
    return try entry.dispatch(message, header)
  }
}
