/// Chooses the pipe for each call of a remote that stands for several workers.
package protocol CallRouter<Of>: Sendable {
  associatedtype Of: Interface

  /// Runs `call` with the remote of one worker, and again with another's when the first worker ended over it and that does no harm.
  ///
  /// - Parameters:
  ///   - isIdempotent: whether a second call does no harm.
  ///   - limit: from now to the reply, waiting for a worker included; `call` gets what is left of it.
  func route<Reply: Sendable>(
    isIdempotent: Bool, within limit: Duration,
    _ call: @Sendable (Remote<Of>, Duration) async throws(CallError) -> Reply
  ) async throws(CallError) -> Reply
}
