internal import MageSystem
internal import MageWire

/// A request of this side, from being asked to being answered.
struct PendingCall {
  enum State {
    /// Not sent: it waits for credit or for a free slot.
    case waiting(OutgoingMessage)
    case sent
    /// The caller was cancelled after the request had left. The answer is still owed, and dropped when it comes.
    case abandoned
  }

  let endpoint: EndpointID
  /// For the ending's text: `ImageDecoder.Decode`.
  let method: String
  let limit: Duration
  var state: State
  var timer: TimerToken?
  /// Decodes the reply and resumes the caller. Throws, without having resumed anybody, when the reply is malformed.
  let complete: (IncomingMessage, MessageHeader) throws(Malformed) -> Void
  let fail: (CallError) -> Void
}

/// A one-way message that waits for credit.
struct PendingSend {
  let endpoint: EndpointID
  let message: OutgoingMessage
  let finish: (CallError?) -> Void
}
