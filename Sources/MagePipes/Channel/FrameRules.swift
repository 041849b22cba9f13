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
    case (.close, _, .open), (.closeAcknowledged, _, .open), (.credit, _, .open): true
    default: false
    }
  }

  var startsMessage: Bool { self == .message || self == .reply }

  var knownFlags: UInt8 { startsMessage || self == .fragment ? Frame.moreFlag : 0 }

  var carriesAttachments: Bool { startsMessage || self == .sealed }

  var namesEndpoint: Bool {
    startsMessage || self == .fragment || self == .close || self == .closeAcknowledged
  }
}
