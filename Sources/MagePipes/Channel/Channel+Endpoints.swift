internal import MageWire

// Endpoints that travel in messages.

extension Channel {
  /// Whether a frame of this kind may come for `endpoint` now.
  mutating func checkStanding(
    of endpoint: EndpointID, _ frame: Frame, _ kind: FrameKind
  ) throws(Malformed) {
    let standing = try endpoints.standing(of: endpoint)
    if standing == .open { endpoints.isUsed(endpoint) }
    let isReturning = standing == .returning
    // Who has given an end up has unbound it, and owed nobody an answer.
    guard !isReturning || kind == .message else {
      throw Malformed(.channel(.endpointMoved), detail: "\(kind) for \(endpoint.rawValue)")
    }
    guard isReturning || frame.flags & Frame.returnedFlag == 0 else {
      throw Malformed(.channel(.returnUnexpected), detail: "endpoint \(endpoint.rawValue)")
    }
  }

  /// Enters the endpoints that a message brings. They exist from here on, whatever becomes of the message.
  mutating func takeEndpoints(
    _ carried: [CarriedItem], through endpoint: EndpointID
  ) throws(Malformed) {
    for case .endpoint(let id, let isMoved) in carried {
      guard isMoved else {
        guard id.isWorkers == (side == .host) else {
          throw Malformed(.channel(.endpointNotMintable), detail: "endpoint \(id.rawValue)")
        }
        try endpoints.open(id)
        continue
      }
      guard side == .host else {
        throw Malformed(.channel(.kindNotAllowed), detail: "a move by the host")
      }
      guard id != endpoint else {
        throw Malformed(.channel(.endpointMoved), detail: "endpoint \(id.rawValue) through itself")
      }
      try endpoints.peerGave(id)
      outbox.append(.moveAcknowledged, endpoint: id.rawValue)
    }
  }

  /// Worker: says that everything has gone back which was unread at an end that it gave up.
  mutating func finishGiving(_ endpoint: EndpointID) {
    guard endpoints.finishGiving(endpoint) else { return }
    outbox.append(.moveFinished, endpoint: endpoint.rawValue)
  }
}
