internal import MageSystem

/// Rings beside descriptors: a ring whose peer is awake is looked at in each turn, one that sleeps by its doorbell.
extension Loop {
  /// Turns that rings alone may fill before the descriptors are looked at again.
  static let turnsWithoutDescriptors = 32

  /// Takes the connection behind `port` into the turns, until there is nothing to do for it. Loop only.
  func awaken(_ port: RingPort) {
    guard !port.isAwake else { return }
    port.isAwake = true
    port.revokeSleep()
    awake.append(port)
  }

  /// Forgets a port whose connection has ended. Loop only.
  func forget(_ port: RingPort) {
    port.isAwake = false
    port.deliver = {}
    awake.removeAll { $0 === port }
  }

  /// Delivers what has come in rings. True when something had.
  func pollRings() -> Bool {
    var found = false
    // Whatever is delivered may end a connection or wake another.
    var index = 0
    while index < awake.count {
      let port = awake[index]
      if port.hasNews {
        found = true
        port.deliver()
      }
      index += 1
    }
    return found
  }

  /// Looks at the rings again and again for a short time. True when there is something to do.
  func spin() -> Bool {
    let start = MonotonicTime.now
    guard processors > 1, spinning.mayStart(at: start), peersAreElsewhere else { return false }
    var last = start
    while true {
      for _ in 0..<16 {
        if awakeHasNews {
          spinning.ended(.found, at: last)
          return true
        }
        if hasSubmitted { return true }
        Processor.pause()
      }
      let now = MonotonicTime.now
      if now.nanoseconds &- last.nanoseconds > Spinning.gap {
        spinning.ended(.interrupted, at: now)
        return false
      }
      if now.nanoseconds &- start.nanoseconds > Spinning.limit {
        spinning.ended(.nothing, at: now)
        return false
      }
      last = now
    }
  }

  private var awakeHasNews: Bool {
    for port in awake where port.hasNews { return true }
    return false
  }

  /// A peer that was last on this processor cannot answer while this thread has it.
  private var peersAreElsewhere: Bool {
    let own = Processor.current
    return awake.contains { $0.peerProcessor != own }
  }

  /// Says to every peer that its doorbell is listened for. False when one has said something meanwhile.
  func sleepRings() -> Bool {
    guard !awake.isEmpty else { return true }
    for port in awake { port.announceSleep() }
    guard !awakeHasNews else {
      for port in awake { port.revokeSleep() }
      return false
    }
    for port in awake { port.slept() }
    awake.removeAll(keepingCapacity: true)
    return true
  }
}
