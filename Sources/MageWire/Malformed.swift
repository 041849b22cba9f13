/// Why bytes from a peer were refused: the check that failed and the place it failed at.
///
/// A peer that causes one is killed (``Check`` says which promise it broke). Nothing in here is text that the peer
/// chose: names come from the receiver's own tables, `detail` holds numbers the receiver formatted.
public struct Malformed: Error, Equatable, Hashable, Sendable {
  /// The layer of the receiver that refused. A value that reaches a handler has passed all five.
  public enum Layer: String, CaseIterable, Sendable {
    case transport, channel, message, interface, application
  }

  /// The one check that failed first.
  public enum Check: Equatable, Hashable, Sendable {
    case transport(TransportCheck)
    case channel(ChannelCheck)
    case message(MessageCheck)
    case interface(InterfaceCheck)
    /// A handler refused a value that is well formed: `throw BadMessage("…")`.
    case application
  }

  public let check: Check
  /// The interface, method and field as the receiver knows them; `nil` when the bytes were refused before that.
  public var interface: String?
  public var method: String?
  public var field: String?
  /// What was found and what was wanted, at most a line.
  public var detail: String

  public init(
    _ check: Check, interface: String? = nil, method: String? = nil, field: String? = nil,
    detail: String = ""
  ) {
    self.check = check
    self.interface = interface
    self.method = method
    self.field = field
    self.detail = detail
  }

  public var layer: Layer {
    switch check {
    case .transport: .transport
    case .channel: .channel
    case .message: .message
    case .interface: .interface
    case .application: .application
    }
  }

  /// The check's name as logs, tests and `--json` give it, for example `channel.unknownEndpoint`.
  public var name: String {
    switch check {
    case .transport(let check): "transport.\(check.rawValue)"
    case .channel(let check): "channel.\(check.rawValue)"
    case .message(let check): "message.\(check.rawValue)"
    case .interface(let check): "interface.\(check.rawValue)"
    case .application: "application.badMessage"
    }
  }
}

extension Malformed: CustomStringConvertible {
  public var description: String {
    let place = [interface, method, field].compactMap { $0 }.joined(separator: ".")
    var text = name
    if !place.isEmpty { text += " at \(place)" }
    if !detail.isEmpty { text += ": \(detail)" }
    return text
  }
}
