internal import MageSystem
package import MageWire
internal import Synchronization

extension Port {
  /// Sends a request and waits for its reply on the calling thread, which must be a worker's loop. Nothing else of the worker runs meanwhile: what
  /// arrives is kept for later.
  ///
  /// - Parameters: as of ``call(method:request:_:within:decode:)``.
  package func callAndWait<Reply: Sendable>(
    method: String, request: UInt64, _ message: OutgoingMessage, within limit: Duration,
    decode: @escaping @Sendable (IncomingMessage, MessageHeader) throws(Malformed) -> Reply
  ) -> Result<Reply, CallError> {
    guard let connection = waitingConnection else {
      return .failure(
        .refused("only a worker waits for its host, on its loop; elsewhere write 'await'"))
    }
    let answer = Answer<Reply>()
    let call = PendingCall(
      method: method, limit: limit,
      complete: { (reply, header) throws(Malformed) in
        answer.put(.success(try decode(reply, header)))
      },
      fail: { answer.put(.failure($0)) })
    begin(call, request, message)
    connection.assumeIsolated { $0.waitAlone { answer.value != nil } }
    // The loop was told to stop.
    return answer.value ?? .failure(.hostGone("the worker was asked to finish"))
  }

  /// Where waiting stops nobody but this worker.
  private var waitingConnection: Connection? {
    let link = PortLock.change { _ in carrier.link }
    guard case .connection(let connection, _) = link, connection.side == .worker,
      connection.loop.isCurrent
    else { return nil }
    return connection
  }
}

/// What a call that is waited for has come to.
private final class Answer<Reply: Sendable>: Sendable {
  private let state = Mutex<Result<Reply, CallError>?>(nil)

  var value: Result<Reply, CallError>? { state.withLock { $0 } }

  func put(_ value: Result<Reply, CallError>) { state.withLock { $0 = $0 ?? value } }
}

extension Connection {
  /// Worker: takes what the host sends and starts nothing for it, until `isOver`.
  func waitAlone(until isOver: () -> Bool) {
    PortLock.change { _ in tally.isAlone = true }
    // A flush for the end of this turn may come behind the very action that waits here, and then would never come.
    isFlushScheduled = false
    scheduleFlush()
    defer {
      PortLock.change { _ in tally.isAlone = false }
      // Not here: a handler would start before the call that was waited for has returned.
      loop.atEndOfTurn { [tally] in tally.goOn() }
    }
    // A handler may wait while the packet that started it is not read to its end.
    do throws(Malformed) { try takeRest() } catch { refuse(error) }
    while !isOver(), failure == nil, isReading {
      do throws(SystemError) {
        guard try loop.turnAlone() else { return }
      } catch {
        stopReading()
        news(.failed(error))
      }
    }
  }
}

extension ConnectionTally {
  /// Messages that came while nothing was started for them are taken now, or later if somebody waits again.
  fileprivate func goOn() {
    PortLock.change { effects in
      guard !isAlone else { return }
      let ports = deferred
      deferred = []
      for port in ports { port.wantDrain(&effects) }
    }
  }
}
