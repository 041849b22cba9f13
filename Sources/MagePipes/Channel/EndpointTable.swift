package import MageWire

/// The endpoints of one connection and where each is between open and gone.
///
/// The rule that tells a lost race from a lie: after sending `close`, a side may still receive frames for that endpoint, sent
/// before the peer read the close; it drops them. Once the peer has answered (`closeAcknowledged`, or a `close` of its own
/// that crossed ours) the id is gone, the socket keeps order, and a further frame for it can only be a lie.
///
/// Only a worker moves an endpoint: it gives up an end that the host has the other half of, and the host has both from then on. What
/// was on its way to the worker comes back until the worker has seen the acknowledgement and says that it has finished.
package struct EndpointTable: Sendable {
  private enum State {
    case open
    /// Our close is on its way; the answer is not here yet.
    case closing
    /// Worker: given up; the host does not know yet, or waits for what was unread.
    case given
    /// Host: the worker has given it up, and returns what was unread.
    case returning
  }

  /// What a frame for an endpoint means.
  package enum Standing { case open, closing, given, returning }

  private var states: [EndpointID: State] = [:] { didSet { recent = .none } }
  /// One that is open: the next frame is as a rule for the endpoint of the last.
  private var recent = EndpointID.none
  private let limit: Int
  /// How many ids of each half are in use. Each side counts its own and the other's, so that two that mint at once do not
  /// take each other for liars.
  private var counts = (low: 0, high: 0)
  /// The last ids of each half: numbers go up, and none is used again.
  private var last = (low: UInt32(0), high: EndpointID.workerBit)

  package init(limit: UInt32) { self.limit = Int(limit) }

  /// How many ids are in use, closing ones included.
  package var count: Int { states.count }

  /// Adds an endpoint that this side, the peer or the invitation made.
  package mutating func open(_ endpoint: EndpointID) throws(Malformed) {
    let isHigh = endpoint.isWorkers
    guard isHigh ? counts.high < limit : counts.low < limit else {
      throw Malformed(.channel(.tooManyEndpoints), detail: "\(limit) are open")
    }
    guard endpoint.rawValue > (isHigh ? last.high : last.low) else {
      throw Malformed(.channel(.endpointNotMintable), detail: "endpoint \(endpoint.rawValue)")
    }
    states[endpoint] = .open
    if isHigh {
      last.high = endpoint.rawValue
      counts.high += 1
    } else {
      last.low = endpoint.rawValue
      counts.low += 1
    }
  }

  /// Whether `number` more ids of `side`'s half may be made.
  package func hasRoom(for number: Int, of side: Channel.Side) -> Bool {
    let free = limit - (side == .worker ? counts.high : counts.low)
    let used = side == .worker ? last.high : last.low | EndpointID.workerBit
    return number <= free && number < Int(UInt32.max - used)
  }

  /// Makes an id in `side`'s half. Ask ``hasRoom(for:of:)`` before.
  package mutating func mint(_ side: Channel.Side) throws(Malformed) -> EndpointID {
    let before = side == .worker ? last.high : last.low
    let endpoint = EndpointID(rawValue: before &+ 1)
    try open(endpoint)
    return endpoint
  }

  /// Whether `endpoint` is open here; false when it is not on this connection at all.
  package func isOpen(_ endpoint: EndpointID) -> Bool {
    (endpoint == recent && endpoint != .none) || states[endpoint] == .open
  }

  /// Looks up the endpoint that a frame names.
  package func standing(of endpoint: EndpointID) throws(Malformed) -> Standing {
    if endpoint == recent, endpoint != .none { return .open }
    switch states[endpoint] {
    case .open: return .open
    case .closing: return .closing
    case .given: return .given
    case .returning: return .returning
    case nil:
      throw Malformed(.channel(.unknownEndpoint), detail: "endpoint \(endpoint.rawValue)")
    }
  }

  /// A frame has come for an endpoint that is open.
  mutating func isUsed(_ endpoint: EndpointID) { recent = endpoint }

  private mutating func remove(_ endpoint: EndpointID) {
    guard states.removeValue(forKey: endpoint) != nil else { return }
    if endpoint.isWorkers { counts.high -= 1 } else { counts.low -= 1 }
  }

  /// This side closes. Returns whether a `close` frame must be sent.
  package mutating func close(_ endpoint: EndpointID) -> Bool {
    guard states[endpoint] == .open else { return false }
    states[endpoint] = .closing
    return true
  }

  /// The peer has closed. Returns whether it must be acknowledged: crossing closes answer each other.
  package mutating func peerClosed(_ endpoint: EndpointID) throws(Malformed) -> Bool {
    switch try standing(of: endpoint) {
    case .open:
      remove(endpoint)
      return true
    case .closing:
      remove(endpoint)
      return false
    case .given:
      // Sent before the move was seen; whoever takes the end over hears of it from the host.
      return false
    case .returning:
      throw Malformed(.channel(.endpointMoved), detail: "endpoint \(endpoint.rawValue)")
    }
  }

  /// The peer has acknowledged our close.
  package mutating func acknowledged(_ endpoint: EndpointID) throws(Malformed) {
    guard states[endpoint] == .closing else {
      throw Malformed(
        .channel(.closeAcknowledgementUnexpected), detail: "endpoint \(endpoint.rawValue)")
    }
    remove(endpoint)
  }
}

// MARK: - Moves

extension EndpointTable {
  /// Worker: gives an end up.
  package mutating func give(_ endpoint: EndpointID) throws(Malformed) {
    guard states[endpoint] == .open else {
      throw Malformed(.channel(.endpointMoved), detail: "endpoint \(endpoint.rawValue)")
    }
    states[endpoint] = .given
  }

  /// Host: the worker has given an end up. A close of ours may have crossed it.
  package mutating func peerGave(_ endpoint: EndpointID) throws(Malformed) {
    switch try standing(of: endpoint) {
    case .open, .closing: states[endpoint] = .returning
    case .given, .returning:
      throw Malformed(.channel(.endpointMoved), detail: "endpoint \(endpoint.rawValue)")
    }
  }

  /// Worker: the host knows that `endpoint` was given up.
  package func giveAcknowledged(_ endpoint: EndpointID) throws(Malformed) {
    guard states[endpoint] == .given else {
      throw Malformed(.channel(.moveUnexpected), detail: "endpoint \(endpoint.rawValue)")
    }
  }

  /// Worker: everything has gone back. Returns whether that has to be said.
  package mutating func finishGiving(_ endpoint: EndpointID) -> Bool {
    guard states[endpoint] == .given else { return false }
    remove(endpoint)
    return true
  }

  /// Host: everything has come back.
  package mutating func peerFinishedGiving(_ endpoint: EndpointID) throws(Malformed) {
    guard states[endpoint] == .returning else {
      throw Malformed(.channel(.moveUnexpected), detail: "endpoint \(endpoint.rawValue)")
    }
    remove(endpoint)
  }
}
