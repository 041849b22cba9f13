internal import MageWire

/// A request of this side, from being asked to being answered.
// @unchecked because what is not constant in it is guarded by `PortLock`.
final class PendingCall: @unchecked Sendable {
  enum State: Sendable {
    /// Not sent: it waits for credit or for a free slot.
    case waiting
    case sent
    /// The caller was cancelled after the request had left. The answer is still owed, and dropped when it comes.
    case abandoned
  }

  /// For the ending's text: `ImageDecoder.Decode`.
  let method: String
  let limit: Duration
  var state = State.waiting
  /// Its reply has come, and the caller may go on before the call is forgotten: it is nothing unfinished.
  var isBeingAnswered = false
  var timer: CallTimer?
  /// The connection of whose open requests this is one.
  var slot: Connection?
  /// For a request that passes through: whose open requests it was one of before, and its id there.
  var answering: ConnectionTally?
  var original: UInt64 = 0
  /// Decodes the reply and resumes the caller. Throws, without having resumed anybody, when the reply is malformed.
  let complete: @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Void
  let fail: @Sendable (CallError) -> Void

  init(
    method: String, limit: Duration,
    complete: @escaping @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Void,
    fail: @escaping @Sendable (CallError) -> Void
  ) {
    self.method = method
    self.limit = limit
    self.complete = complete
    self.fail = fail
  }
}

/// What ends the wait for a call that is not answered in time.
enum CallTimer: Sendable {
  /// The connection's watch over deadlines, by this number.
  case connection(Connection, UInt64)
  /// A task, for pipes inside a process; how to cancel it.
  case task(@Sendable () -> Void)
}

/// What is counted for a connection, its ports' doings included.
// @unchecked because its properties are guarded by `PortLock`.
final class ConnectionTally: @unchecked Sendable {
  /// Requests that were sent and not answered.
  var outstanding = 0
  /// Requests of the peer that were not answered.
  var answering = 0
  /// What streams of bytes may hold unread.
  var streamBytes = 0
  /// Worker: somebody waits on the loop, and nothing is started for what arrives.
  var isAlone = false
  /// Ports with something to take once it is over.
  var deferred: [Port] = []
  /// Those of the invitation once it has come.
  var limits: ChannelLimits

  init(_ limits: ChannelLimits) { self.limits = limits }
}
