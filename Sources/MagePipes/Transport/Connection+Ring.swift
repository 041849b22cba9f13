package import MageSystem
internal import MageWire

extension Connection {
  /// From here on packets without descriptors pass through the ring. Both sides must have said and heard the invitation.
  package func use(_ port: RingPort) throws(SystemError) {
    ring = port
    port.deliver = { [weak self] in self?.assumeIsolated { $0.ringReady() } }
    ringWatch = try loop.watch(port.doorbell, [.read, .edge]) { [weak self] _ in
      self?.assumeIsolated { $0.doorbellRang() }
    }
    loop.awaken(port)
  }

  /// Worker: makes its end of what came with the invitation.
  func accept(_ handover: [Attachment]) -> Bool {
    do throws(SystemError) {
      try use(try RingPort.accept(handover))
      return true
    } catch {
      stopReading()
      news(.failed(error))
      return false
    }
  }

  func doorbellRang() {
    guard let ring, isReading else { return }
    guard ring.rang() else {
      return refuse(
        Malformed(
          .transport(.doorbellWithoutNews), detail: "\(RingPort.mostEmptyRings) times in a row"))
    }
    loop.awaken(ring)
  }

  func ringReady() {
    guard let ring else { return }
    if ring.isBlocked {
      ring.isBlocked = false
      flush()
    }
    _ = readRing(ring)
    watchPartialMessage()
    scheduleFlush()
  }

  /// Takes packets up to a turn's share. False when there are more, or the reading has ended.
  func readRing(_ ring: RingPort) -> Bool {
    buffers.takenInTurn = 0
    do throws(Malformed) {
      for _ in 0..<Self.packetsPerTurn where mayTakeMore {
        guard let (bytes, record) = try loop.receiveRecord(from: ring) else {
          ring.publishTaken()
          return isReading
        }
        switch record {
        case .packet: try take(IncomingPacket(bytes, descriptors: []))
        case .onSocket: try takeAnnounced()
        }
      }
    } catch {
      refuse(error)
    }
    ring.publishTaken()
    return false
  }

  /// The place of a packet that came by the socket, which may have been taken already: the socket was readable, and the ring
  /// empty up to here.
  private func takeAnnounced() throws(Malformed) {
    socketPackets.announced += 1
    guard socketPackets.taken < socketPackets.announced else { return }
    guard let (bytes, received) = try? nextPacket(), received.count > 0 else {
      throw Malformed(.transport(.packetMissing))
    }
    socketPackets.taken += 1
    try check(received)
    try take(IncomingPacket(bytes, descriptors: received.descriptors))
  }

  /// Whether a packet, or the mark of one that travels by the socket, fits into the ring. When it does not, the peer is asked to ring.
  func hasRoom(for packet: Outbox.Packet, in ring: RingPort) throws(SystemError) -> Bool {
    let count = packet.descriptors.isEmpty ? packet.bytes.count : 0
    do throws(Malformed) {
      if try ring.writer.hasRoom(for: count) { return true }
      return try ring.waitForRoom(for: count)
    } catch {
      refuse(error)
      return false
    }
  }
}
