internal import MageWire

/// The whole attack surface of a channel as one table: which frame may come to which side, and when.
extension FrameKind {
  func mayCome(to side: Channel.Side, in phase: Channel.Phase) -> Bool {
    switch (self, side, phase) {
    case (.hello, .host, .awaitingHello): true
    case (.sealed, .host, .awaitingSealed): true
    case (.refuse, .host, .awaitingHello), (.refuse, .host, .awaitingSealed): true
    case (.seal, .worker, .awaitingSeal): true
    case (.invite, .worker, .awaitingInvitation): true
    case (.finish, .worker, .open): true
    case (.message, _, .open), (.reply, _, .open), (.fragment, _, .open): true
    case (.moveAcknowledged, .worker, .open), (.moveFinished, .host, .open): true
    case (.close, _, .open), (.closeAcknowledged, _, .open), (.credit, _, .open): true
    case (.bufferWanted, .host, .open), (.bufferAdded, .worker, .open): true
    case (.bufferReturned, _, .open), (.bufferDropped, _, .open): true
    default: false
    }
  }

  var startsMessage: Bool { self == .message || self == .reply }

  /// The flags that may come to `side`.
  func knownFlags(to side: Channel.Side) -> UInt8 {
    switch (self, side) {
    case (.message, .host): Frame.moreFlag | Frame.returnedFlag | Frame.contextFlag
    case (.message, .worker): Frame.moreFlag | Frame.relayedFlag | Frame.contextFlag
    case (.reply, .worker): Frame.moreFlag | Frame.relayedFlag
    case (.reply, .host), (.fragment, _): Frame.moreFlag
    default: 0
    }
  }

  var carriesAttachments: Bool {
    startsMessage || self == .sealed || self == .invite || self == .bufferAdded
  }

  var namesEndpoint: Bool {
    startsMessage || self == .fragment || self == .close || self == .closeAcknowledged
      || self == .moveAcknowledged || self == .moveFinished
  }
}
