package import MageWire

/// The endpoints of one connection and where each is between open and gone.
///
/// The rule that tells a lost race from a lie: after sending `close`, a side may still receive frames for that endpoint, sent
/// before the peer read the close; it drops them. Once the peer has answered (`closeAcknowledged`, or a `close` of its own
/// that crossed ours) the id is gone, the socket keeps order, and a further frame for it can only be a lie.
package struct EndpointTable: Sendable {
  private enum State {
    case open
    /// Our close is on its way; the answer is not here yet.
    case closing
  }

  /// What a frame for an endpoint means.
  package enum Standing { case open, closing }

  private var states: [EndpointID: State] = [:]
  private let limit: Int

  package init(limit: UInt32) { self.limit = Int(limit) }

  /// How many ids are in use, closing ones included.
  package var count: Int { states.count }

  /// Adds an endpoint that this side, or the invitation, made.
  package mutating func open(_ endpoint: EndpointID) throws(Malformed) {
    guard states.count < limit else {
      throw Malformed(.channel(.tooManyEndpoints), detail: "\(limit) are open")
    }
    guard states[endpoint] == nil, endpoint.rawValue != 0 else {
      throw Malformed(.channel(.endpointNotMintable), detail: "endpoint \(endpoint.rawValue)")
    }
    states[endpoint] = .open
  }

  /// Whether `endpoint` is open here; `nil` when it is not on this connection at all.
  package func isOpen(_ endpoint: EndpointID) -> Bool { states[endpoint] == .open }

  /// Looks up the endpoint that a frame names.
  package func standing(of endpoint: EndpointID) throws(Malformed) -> Standing {
    switch states[endpoint] {
    case .open: return .open
    case .closing: return .closing
    case nil:
      throw Malformed(.channel(.unknownEndpoint), detail: "endpoint \(endpoint.rawValue)")
    }
  }

  /// This side closes. Returns whether a `close` frame must be sent.
  package mutating func close(_ endpoint: EndpointID) -> Bool {
    guard states[endpoint] == .open else { return false }
    states[endpoint] = .closing
    return true
  }

  /// The peer has closed. Returns whether it must be acknowledged: crossing closes answer each other.
  package mutating func peerClosed(_ endpoint: EndpointID) throws(Malformed) -> Bool {
    let standing = try standing(of: endpoint)
    states[endpoint] = nil
    return standing == .open
  }

  /// The peer has acknowledged our close.
  package mutating func acknowledged(_ endpoint: EndpointID) throws(Malformed) {
    guard states[endpoint] == .closing else {
      throw Malformed(
        .channel(.closeAcknowledgementUnexpected), detail: "endpoint \(endpoint.rawValue)")
    }
    states[endpoint] = nil
  }
}
