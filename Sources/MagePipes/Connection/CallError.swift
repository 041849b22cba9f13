/// Why a call on a pipe brought no reply.
public enum CallError: Error, Equatable, Sendable {
  /// The worker at the other end has ended; it is reaped and everything that it held is released.
  case workerEnded(Ending)
  /// This process is a worker and its host has gone or broke the protocol.
  case hostGone(String)
  /// The peer has closed its end of the pipe, or this side has.
  case pipeClosed(CloseReason)
  /// A worker's call to its host took too long. (A worker that does not answer its host in time is ended instead.)
  case deadlineMissed(Duration)
  /// The calling task was cancelled. The peer may have acted on the request.
  case cancelled
  /// The message would break a limit of the connection, or the binding a rule of its interface: nothing was sent.
  case refused(String)
  /// An end in the message, or the one that was called on, is not there any more.
  case endpoint(EndpointError)
  /// The pool that the remote stands for had no worker for the call.
  case noWorker(NoWorker)
}

/// Why a pool had no worker for a call.
public enum NoWorker: Equatable, Sendable {
  /// Every worker was in use for as long as the caller may wait.
  case allBusy(waited: Duration)
  /// Workers cannot be started; the text says why.
  case cannotStart(String)
  /// Too many workers ended over the same input: it is refused for a while.
  case inputRefused(deaths: Int, for: Duration)
  case closed
}

extension NoWorker: CustomStringConvertible {
  public var description: String {
    switch self {
    case .allBusy(let waited):
      "no worker came free within \(waited): raise the pool's maximum or its waitDeadline"
    case .cannotStart(let reason): reason
    case .inputRefused(let deaths, let time):
      "\(deaths) workers ended over this input: it is refused for another \(time)"
    case .closed: "the pool is closed"
    }
  }
}

extension CallError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .workerEnded(let ending): "the worker has ended: \(ending)"
    case .hostGone(let reason): "the host has gone: \(reason)"
    case .pipeClosed(let reason):
      reason.text.isEmpty
        ? "the pipe is closed (code \(reason.code))"
        : "the pipe is closed: \(reason.text) (code \(reason.code))"
    case .deadlineMissed(let limit): "no reply within \(limit)"
    case .cancelled: "cancelled"
    case .refused(let reason): "refused: \(reason)"
    case .endpoint(let error): "not possible: \(error)"
    case .noWorker(let reason): "no worker for the call: \(reason)"
    }
  }
}
