/// Is told of each call that a host makes to its workers.
///
/// Called on the caller's task, twice for each call: keep it short, and never wait.
public protocol CallObserver: Sendable {
  /// A call is about to be made.
  ///
  /// - Parameter method: `demo.Thumbnailer.Decode`.
  /// - Returns: the trace that the worker is told, if any.
  func willCall(_ method: String) -> TraceContext?

  /// The call is over.
  ///
  /// - Parameters:
  ///   - method: as of ``willCall(_:)``.
  ///   - time: waiting for credit and for the reply.
  ///   - failure: `nil` when it was answered.
  func didCall(_ method: String, took time: Duration, failure: CallError?)
}
