internal import MageWire
internal import Synchronization

// What streams of bytes need of their ends, beside messages.

extension Port {
  /// Queues a one-way message and does not wait.
  ///
  /// - Parameter finish: called when it has left, or will not.
  /// - Returns: why it is not queued; `finish` is not called then.
  package func post(
    _ message: OutgoingMessage, finish: (@Sendable (CallError?) -> Void)? = nil
  ) -> CallError? {
    PortLock.change { effects in
      enqueue(Departure(.oneWay, message, finish: finish), &effects)
    }
  }

  /// The largest message that can leave at all, in bytes.
  package var largestMessage: Int {
    PortLock.change { _ in Int(min(limits.maxMessageBytes, limits.windowBytes)) }
  }

  /// Why nothing can be sent any more.
  package var whyGone: CallError {
    PortLock.change { _ in
      if case .gone(let error) = link { error } else { .pipeClosed(CloseReason()) }
    }
  }

  /// Closes the end once everything has left.
  package func closeBehindAll() {
    PortLock.change { effects in closeSoon(CloseReason(), &effects) }
  }

  /// Takes up room for what a stream may hold unread.
  package func reserveStream(_ bytes: Int) -> StreamReservation {
    PortLock.change { _ in
      guard case .connection(let connection, _) = link else {
        return StreamReservation(bytes, of: nil)
      }
      let tally = connection.tally
      let left = max(0, Int(tally.limits.windowBytes) - tally.streamBytes)
      let taken = min(bytes, left)
      tally.streamBytes += taken
      return StreamReservation(taken, of: tally)
    }
  }
}

/// Room for a stream's bytes, taken out of what its connection's policy allows to all of its streams together.
package final class StreamReservation: Sendable {
  package let bytes: Int
  private let tally: Mutex<ConnectionTally?>

  init(_ bytes: Int, of tally: ConnectionTally?) {
    self.bytes = bytes
    self.tally = Mutex(tally)
  }

  /// Gives it back, once.
  package func release() {
    guard let tally = tally.withLock({ $0.take() }) else { return }
    PortLock.change { _ in tally.streamBytes -= bytes }
  }
}
