internal import MagePipes
internal import MageSystem
internal import MageWire

/// Leads a message to its method's handler, if its sender may send it.
struct MethodTable<Of: Interface>: Sendable {
  /// By ordinal, as far as that is as short as a table should be; the others are in `rest`.
  private let first: [(any HandlerEntry)?]
  private let rest: [UInt32: any HandlerEntry]
  private static var tableSize: UInt32 { 256 }
  /// The side that the messages come from; `nil` where it is of no matter.
  private let caller: CallingSide?
  /// For the methods that have a rate.
  private let rates = MethodRates()

  init(_ handlers: Handlers<Of>, caller: CallingSide? = nil) {
    self.caller = caller
    let near = handlers.entries.keys.filter { $0 < Self.tableSize }.max()
    first = near.map { last in (0...last).map { handlers.entries[$0] } } ?? []
    rest = handlers.entries.filter { $0.key >= Self.tableSize }
  }

  private func entry(_ ordinal: UInt32) -> (any HandlerEntry)? {
    let index = Int(ordinal)
    return index < first.count ? first[index] : rest.isEmpty ? nil : rest[ordinal]
  }

  func takesBatches(of ordinal: UInt32) -> Bool { entry(ordinal)?.takesBatches ?? false }

  func dispatch(
    _ message: IncomingMessage, _ header: MessageHeader,
    at now: @autoclosure () -> MonotonicTime = .now
  ) throws(Malformed) -> Dispatch {
    if let control = try ControlHandler<Of>.dispatch(message, header) { return control }
    return try admitted(message, header, at: now()).dispatch(message, header)
  }

  /// Messages of one method that takes them so.
  func dispatch(
    _ batch: [IncomingMessage]
  ) throws(Malformed) -> @Sendable () async throws -> Void {
    var messages: [(IncomingMessage, MessageHeader)] = []
    messages.reserveCapacity(batch.count)
    var entry: (any HandlerEntry)?
    for message in batch {
      let header = try MessageHeader(decoding: message.bytes)
      entry = try admitted(message, header, at: .now)
      messages.append((message, header))
    }
    guard let entry else { return {} }
    return try entry.dispatch(messages)
  }

  /// The handler of a message whose sender may send it, and may send it now.
  private func admitted(
    _ message: IncomingMessage, _ header: MessageHeader, at now: @autoclosure () -> MonotonicTime
  ) throws(Malformed) -> any HandlerEntry {
    guard !header.isReply, let entry = entry(header.ordinal) else {
      throw Malformed(
        .message(.headerUnknownMethod), interface: Of.name, detail: "ordinal \(header.ordinal)")
    }
    let caller = message.writer.map { $0 == .host ? .host : .worker } ?? caller
    if let from = entry.from, let caller, from != caller {
      throw Malformed(
        .interface(.wrongCaller), interface: Of.name, method: entry.name,
        detail: "from the \(caller)")
    }
    if let rate = entry.rate, !rates.admit(header.ordinal, rate, at: now()) {
      throw Malformed(
        .interface(.tooOften), interface: Of.name, method: entry.name,
        detail: "more than \(rate) a second")
    }
    return entry
  }
}
