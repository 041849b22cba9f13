internal import MageWire

/// Host: the interfaces that share a pipe between two workers, and what their messages must be.
///
/// Where the host has seen the pipe's own end in a typed field, it has seen those that were announced on it too. A worker that says what it may not say on one of
/// them is ended here; what only the ends can know, such as whether a close has been answered, they find out themselves, and close the pipe.
// @unchecked because it is guarded by `PortLock`, like the two ports that share it. They outlive it, so they are named by their addresses.
final class RelayedInterfaces: @unchecked Sendable {
  private struct Entry {
    /// Who may send requests; `nil` where nobody has said it.
    let caller: ObjectIdentifier?
    let rules: (any InterfaceRules)?
    /// Who has closed its end.
    var closed: Set<ObjectIdentifier> = []
  }

  /// More than both ends of a pipe may have, closing ones included.
  private static let most = 256

  private var entries: [UInt32: Entry] = [:]

  /// The rules for a request that came to `port`; `nil` where nobody has said them.
  func rules(of id: UInt32, for port: Port) throws(Malformed) -> (any InterfaceRules)? {
    guard let entry = entries[id], !entry.closed.contains(ObjectIdentifier(port)) else {
      throw Associates.unknown(id)
    }
    guard entry.caller == nil || entry.caller == ObjectIdentifier(port) else {
      throw Malformed(.interface(.wrongCaller), detail: "a request to the calling end")
    }
    return entry.rules
  }

  /// - Parameters:
  ///   - sender: where the message came from.
  ///   - other: where it goes.
  func announce(
    _ id: UInt32, _ role: RelayRule.Role?, by sender: Port, to other: Port
  ) throws(Malformed) {
    guard entries[id] == nil else {
      throw Malformed(.message(.illegalInterfaceID), detail: "id \(id) is in use")
    }
    guard entries.count < Self.most else {
      throw Malformed(.channel(.tooManyEndpoints), detail: "\(Self.most) interfaces share the pipe")
    }
    switch role {
    case .remote(let rules): entries[id] = Entry(caller: ObjectIdentifier(other), rules: rules)
    case .receiver(let rules): entries[id] = Entry(caller: ObjectIdentifier(sender), rules: rules)
    case .stream, nil: entries[id] = Entry(caller: nil, rules: nil)
    }
  }

  func close(_ id: UInt32, by port: Port) throws(Malformed) {
    guard var entry = entries[id], !entry.closed.contains(ObjectIdentifier(port)) else {
      throw Associates.unknown(id)
    }
    entry.closed.insert(ObjectIdentifier(port))
    entries[id] = entry.closed.count < 2 ? entry : nil
  }
}

/// For an interface that has no table of its messages: whoever gets them is the first to check.
struct UncheckedRules: InterfaceRules {
  func checkRequest(
    _ message: IncomingMessage, _ header: MessageHeader
  ) throws(Malformed) -> [RelayRule.Role?] {
    header.interfaceIDs.map { _ in nil }
  }

  func checkReply(
    _ message: IncomingMessage, _ header: MessageHeader, to ordinal: UInt32
  ) throws(Malformed) {}
}
