internal import MageWire

/// The interfaces that share one pipe with the one that it is bound to, as one end of the pipe knows them.
///
/// Everything that is said about one of them (it is announced in a message, used, closed) travels in the pipe's one order, so a lost race can always be told
/// from a lie: what comes for an end that is closed here, and whose peer has not answered the close yet, was sent before the peer could know; what
/// comes for an end that was never announced, or whose close is answered, has no excuse. An id may be used again once its close is answered.
///
/// Guarded by `PortLock`, like the port that it belongs to.
struct Associates {
  enum Standing {
    case open(Port)
    /// Closed here; the peer has not answered.
    case closing
  }

  /// Set in the ids that the calling side of the pipe's first interface makes.
  static let callersBit: UInt32 = 1 << 31
  /// Whatever the policy allows on a connection, one pipe has no more of each side.
  private static let most = 64

  private var entries: [UInt32: Standing] = [:]
  /// How many ids of each half are in use. Each side counts its own and the other's.
  private var counts = (low: 0, high: 0)
  private var last: UInt32 = 0
  private let limit: Int
  /// Whether this side calls the pipe's first interface.
  private let isCaller: Bool

  init(isCaller: Bool, limit: UInt32) {
    self.isCaller = isCaller
    self.limit = min(Int(limit), Self.most)
  }

  var isEmpty: Bool { entries.isEmpty }

  var ports: [Port] {
    entries.values.compactMap { if case .open(let port) = $0 { port } else { nil } }
  }

  subscript(id: UInt32) -> Standing? { entries[id] }

  func port(_ id: UInt32) -> Port? {
    if case .open(let port) = entries[id] { port } else { nil }
  }

  private static func isCallers(_ id: UInt32) -> Bool { id & callersBit != 0 }

  private func count(ofCallers: Bool) -> Int { ofCallers ? counts.high : counts.low }

  /// Whether this side may make so many ids more.
  func hasRoom(for number: Int) -> Bool { number <= limit - count(ofCallers: isCaller) }

  /// Makes an id for an end of this side's. Ask ``hasRoom(for:)`` before.
  mutating func mint() -> UInt32 {
    let half: UInt32 = isCaller ? Self.callersBit : 0
    repeat {
      last = (last &+ 1) & ~Self.callersBit
    } while last == 0 || last | half == PipeControl.interfaceID || entries[last | half] != nil
    return last | half
  }

  mutating func add(_ id: UInt32, _ port: Port) {
    entries[id] = .open(port)
    if Self.isCallers(id) { counts.high += 1 } else { counts.low += 1 }
  }

  /// Whether the peer may announce an end by this id.
  func checkAnnouncement(of id: UInt32) throws(Malformed) {
    guard Self.isCallers(id) != isCaller, entries[id] == nil else {
      throw Malformed(
        .message(.illegalInterfaceID), field: "payload_interface_ids",
        detail: "id \(id) is not the sender's to give")
    }
    guard count(ofCallers: !isCaller) < limit else {
      throw Malformed(
        .channel(.tooManyEndpoints), field: "payload_interface_ids",
        detail: "\(limit) interfaces share the pipe")
    }
  }

  /// This side closes an end. False when the peer need not be told.
  mutating func close(_ id: UInt32) -> Bool {
    guard case .open = entries[id] else { return false }
    entries[id] = .closing
    return true
  }

  /// The peer has closed its end, or has answered a close.
  ///
  /// - Returns: the end here, if it was open: the peer awaits an answer then.
  mutating func peerClosed(_ id: UInt32) throws(Malformed) -> Port? {
    let before = entries[id]
    forget(id)
    switch before {
    case .open(let port): return port
    case .closing: return nil
    case nil: throw Self.unknown(id)
    }
  }

  mutating func forget(_ id: UInt32) {
    guard entries.removeValue(forKey: id) != nil else { return }
    if Self.isCallers(id) { counts.high -= 1 } else { counts.low -= 1 }
  }

  static func unknown(_ id: UInt32) -> Malformed {
    Malformed(.message(.unknownInterfaceID), detail: "id \(id)")
  }
}
