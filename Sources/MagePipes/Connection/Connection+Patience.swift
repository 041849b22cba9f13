internal import DequeModule
internal import MageSystem

// Senders of messages without a reply wait for credit, and not for ever. Requests have deadlines of their own.

extension Connection {
  /// Sees to it that the senders at a port that waits are looked at in time. Lock held.
  func watchPatience(of port: Port) {
    guard let end = port.patienceEnd else { return }
    if let patienceTimer {
      guard end < patienceTimer.end else { return }
      loop.cancel(patienceTimer.token)
    }
    let token = loop.schedule(at: end) { [weak self] in
      self?.assumeIsolated { $0.patienceEnded() }
    }
    patienceTimer = (token, end)
  }

  private func patienceEnded() {
    patienceTimer = nil
    // Once nothing is read any more, `end` says what became of the messages.
    guard isReading else { return }
    let now = loop.now
    let passed = PortLock.change { effects -> Departure.Patience? in
      var passed: Departure.Patience?
      for port in waitingForCredit + waitingForSlot + buffers.waiting where port.isLinked(to: self)
      {
        passed = port.passedPatience(now) ?? passed
        if !options.missedDeadlineEndsPeer { port.giveUpWaiting(at: now, &effects) }
        watchPatience(of: port)
      }
      return passed
    }
    guard let passed, options.missedDeadlineEndsPeer else { return }
    stopReading()
    news(.exceeded(.creditDeadline(passed.limit)))
  }
}

extension Port {
  /// The moment, as whoever ends the waits at this port sees it. Lock held.
  var now: MonotonicTime {
    if case .connection(let connection, _) = carrier.link { connection.loop.now } else { .now }
  }

  /// Notes a sender that begins to wait. Lock held.
  func expect(_ patience: Departure.Patience, _ effects: inout Effects) {
    // One that is over by then costs a look, and the look corrects it.
    if let patienceEnd, patienceEnd <= patience.end { return }
    patienceEnd = patience.end
    guard isWaiting, case .connection(let connection, _) = link else { return }
    effects.add { [self] in
      connection.onLoop { connection in
        PortLock.change { _ in
          if self.isWaiting, self.isLinked(to: connection) { connection.watchPatience(of: self) }
        }
      }
    }
  }

  /// The first sender whose time is up; looks again when the others' is. Lock held.
  func passedPatience(_ now: MonotonicTime) -> Departure.Patience? {
    let all = (lead + outgoing).compactMap { $0.patience }
    patienceEnd = all.lazy.map(\.end).filter { $0 > now }.min()
    return all.first { $0.end <= now }
  }

  /// Worker: its host is slow. Senders whose time is up hear of it, and the rest goes on waiting. Lock held.
  func giveUpWaiting(at now: MonotonicTime, _ effects: inout Effects) {
    outgoing.removeAll { departure in
      guard let patience = departure.patience, patience.end <= now,
        let finish = departure.finish
      else { return false }
      effects.add { finish(.deadlineMissed(patience.limit)) }
      return true
    }
  }
}
