internal import MageSystem
internal import MageWire

/// Who gets the credit back that a message uses up until it is taken.
enum CreditSource: Sendable {
  case nobody
  case connection(Connection)
  /// The receiving end of a pipe inside this process.
  case port(Port)
}

/// A message that has arrived at a port and was not read yet.
///
/// A reference, because it passes many hands and has many parts.
final class Arrival: Sendable {
  let message: IncomingMessage
  let source: CreditSource

  init(message: IncomingMessage, source: CreditSource) {
    self.message = message
    self.source = source
  }

  /// Gives the credit back.
  func release(_ effects: inout Effects) { source.restore(message.cost, &effects) }

  /// Nothing of it counts any more: its sender has broken the rules since.
  var isVoid: Bool {
    if case .connection(let connection) = source { connection.isDeaf } else { false }
  }
}

extension CreditSource {
  func restore(_ cost: Credit, _ effects: inout Effects) {
    switch self {
    case .nobody: break
    case .connection(let connection):
      effects.add(.release(cost), for: connection)
    case .port(let port):
      // Cannot fail: only what was taken is given back.
      try? port.window.restore(cost)
      if case .peer(let sender) = port.link { sender.kick(&effects) }
    }
  }
}

/// A message on its way out of a port.
struct Departure: Sendable {
  enum Kind: Equatable, Sendable {
    case oneWay
    case request(UInt64)
  }

  struct Patience: Sendable {
    let end: MonotonicTime
    let limit: Duration
  }

  let kind: Kind
  var message: OutgoingMessage
  /// Whose call or message it is, if not the port's that sends it.
  var owner: Port?
  /// Tells a sender that waits that the message has left, or why it did not.
  var finish: (@Sendable (CallError?) -> Void)?
  /// Until when a sender waits, and how long that is; `nil` when nobody waits, or by a clock of its own.
  var patience: Patience?
  /// Goes in front of the message.
  var context: TraceContext?
  /// Who wrote it, if it only passes through this process.
  var writer: Channel.Side?
  /// It was unread at an end that this worker has given up.
  var isReturned = false
  /// Who gets this much credit back when the message has left.
  var source = CreditSource.nobody
  var sourceCost = Credit.zero

  init(
    _ kind: Kind, _ message: OutgoingMessage, finish: (@Sendable (CallError?) -> Void)? = nil
  ) {
    self.kind = kind
    self.message = message
    self.finish = finish
  }

  /// Passes on what has arrived.
  init(_ arrival: Arrival) {
    self.init(
      arrival.message.requestID.map { .request($0) } ?? .oneWay,
      OutgoingMessage(bytes: arrival.message.bytes, handles: arrival.message.handles))
    writer = arrival.message.writer
    source = arrival.source
    sourceCost = arrival.message.cost
  }

  /// Bytes of what leaves, arrays beside the message left out.
  var count: Int { message.bytes.count + (context == nil ? 0 : TraceContext.size) }

  /// What leaves.
  var bytes: [UInt8] { context.map { $0.encoded + message.bytes } ?? message.bytes }

  /// Arrays beside the message cost buffers, and nothing inside this process, where they are not copied.
  var cost: Credit { .message(bytes: count, attachments: message.attachmentCount) }

  /// The same message at the other end, inside this process.
  func arrival(_ source: CreditSource) -> Arrival {
    var incoming = IncomingMessage(endpoint: .none, bytes: message.bytes, cost: cost)
    incoming.handles = message.handles
    incoming.writer = writer
    incoming.context = context
    return Arrival(message: incoming, source: source)
  }

  /// The same message at the other end, with its credit where it was.
  var unmoved: Arrival {
    var incoming = IncomingMessage(endpoint: .none, bytes: message.bytes, cost: sourceCost)
    incoming.handles = message.handles
    incoming.writer = writer
    return Arrival(message: incoming, source: source)
  }
}

extension IncomingMessage {
  /// The id of a request; `nil` for what expects no reply. Nothing is checked.
  var requestID: UInt64? {
    guard let header = try? MessageHeader(decoding: bytes), header.expectsReply else { return nil }
    return header.requestID
  }

  /// The same message under another request id.
  func renumbered(_ request: UInt64) -> IncomingMessage {
    var message = self
    message.bytes = Self.renumbered(bytes, request)
    return message
  }

  static func renumbered(_ bytes: [UInt8], _ request: UInt64) -> [UInt8] {
    guard bytes.count >= 32 else { return bytes }  // a header without a request id
    var bytes = bytes
    for index in 0..<8 {
      bytes[24 + index] = UInt8(truncatingIfNeeded: request >> UInt64(index * 8))
    }
    return bytes
  }
}
