internal import DequeModule
internal import MageSystem
internal import MageWire

extension Connection {
  func socketReady(_ ready: Epoll.Interest) {
    if ready.contains(.write) { flush() }
    // What was said before the packet that is there now, or before the peer went.
    if let ring {
      let isEmpty = readRing(ring)
      scheduleFlush()
      guard isEmpty else { return }
    }
    if !ready.isDisjoint(with: [.read, .hangup, .error]) { readPackets() }
  }

  func readPackets() {
    buffers.takenInTurn = 0
    for _ in 0..<Self.packetsPerTurn where mayTakeMore {
      do throws(SystemError) {
        // A small packet is the whole of what a peer had to say, as it gathers its frames; that there is no other need not be
        // asked. If there is one, epoll says so again.
        guard let count = try readPacket(), count >= Self.largePacketBytes else { break }
      } catch  where error.isWouldBlock {
        break
      } catch {
        stopReading()
        news(error.isPeerGone ? .peerClosed : .failed(error))
      }
    }
    watchPartialMessage()
    scheduleFlush()
  }

  /// Takes what the peer had sent before it died, so that it is judged by that too.
  package func readWhatIsLeft() {
    if let ring { for _ in 0..<Self.turnsToTheEnd where !readRing(ring) {} }
    var left = 4096  // the socket's buffer holds fewer packets; a bound all the same
    while isReading, left > 0 {
      left -= 1
      guard let count = try? readPacket(), isReading, count > 0 else { return }
    }
  }

  /// Whether another packet may be taken in this turn of the loop.
  var mayTakeMore: Bool { isReading && buffers.takenInTurn < ConnectionBuffers.bytesPerTurn }

  private static let largePacketBytes = 16 << 10

  /// Takes a packet; returns its size, or `nil` when the peer has closed.
  func readPacket() throws(SystemError) -> Int? {
    let (bytes, received) = try nextPacket()
    // An empty packet reads like the end of the socket, and is none: the peer is still there.
    guard received.count > 0 || socket?.packets.hasPeer == true else {
      peerGone()
      return nil
    }
    do throws(Malformed) {
      try check(received)
      if ring != nil { socketPackets.taken += 1 }
      try take(IncomingPacket(bytes, descriptors: received.descriptors))
    } catch {
      refuse(error)
    }
    return received.count
  }

  private func peerGone() {
    // It may have said a last word between the look at its ring and its end.
    if let ring { for _ in 0..<Self.turnsToTheEnd where !readRing(ring) {} }
    guard isReading else { return }
    stopReading()
    news(.peerClosed)
  }

  /// More than a ring of the smallest packets fills.
  static let turnsToTheEnd = RingLayout.capacity / RingLayout.recordHeaderSize / packetsPerTurn + 1

  func take(_ packet: consuming IncomingPacket) throws(Malformed) {
    self.packet = packet
    try takeRest()
  }

  /// A handler that an event starts may end the reading, and then the rest of the packet means nothing.
  func takeRest() throws(Malformed) {
    // A handler may wait for its own call on the loop, which takes packets meanwhile.
    let isInner = isTakingPacket
    isTakingPacket = true
    defer { isTakingPacket = isInner }
    do throws(Malformed) {
      while isReading, var current = packet.take() {
        guard let event = try channel.next(in: &current) else { break }
        packet = current
        handle(event)
      }
    } catch {
      // What came before the defect counts, and its own defects come first.
      drainWaiting()
      throw error
    }
    drainWaiting()
  }

  /// Has the port's receiver take what came for it, after the packet: a handler that takes batches gets all of it at once.
  func drain(_ port: Port) {
    if isTakingPacket { waitingForReceivers.append(port) } else { port.drain() }
  }

  /// Nothing while somebody waits on the loop: it goes on where the packet of his was taken.
  func drainWaiting() {
    while !waitingForReceivers.isEmpty, !PortLock.change({ _ in tally.isAlone }) {
      waitingForReceivers.popFirst()?.drain()
    }
  }

  func nextPacket() throws(SystemError) -> (
    bytes: ArraySlice<UInt8>, received: PacketSocket.Received
  ) {
    guard let socket else { throw SystemError("recvmsg", errno: Errno.notConnected) }
    do throws(SystemError) {
      return try loop.receivePacket(from: socket.packets)
    } catch  where error.errno == Errno.connectionReset {
      // Said once, of a peer that went without reading all that was sent to it. What it had sent itself is still there.
      return try loop.receivePacket(from: socket.packets)
    }
  }

  func check(_ received: PacketSocket.Received) throws(Malformed) {
    if received.bytesTruncated {
      throw Malformed(
        .transport(.packetTooLong), detail: "more than \(Outbox.maxPacketBytes) bytes")
    }
    if received.descriptorsTruncated { throw Malformed(.transport(.descriptorsTruncated)) }
    if received.unexpectedControl { throw Malformed(.transport(.unexpectedControlMessage)) }
  }

  func refuse(_ malformed: Malformed) {
    guard isReading else { return }
    stopReading()
    news(.malformed(malformed))
  }

  func handle(_ event: Channel.Event) {
    if case .message(let message) = event { return receive(message) }
    // Messages wait for the end of the packet, and whatever else came after them waits for their handlers.
    drainWaiting()
    guard isReading else { return }
    switch event {
    case .hello: news(.hello)
    case .seal(let program): news(.seal(program: program))
    case .sealed(let listener): news(.sealed(listener: listener.descriptor))
    case .invited(let limits, let ring):
      PortLock.change { _ in tally.limits = limits }
      guard ring.isEmpty || accept(ring) else { return }
      news(.invited)
    case .finish: news(.finish)
    case .refused(let reason): news(.refused(reason.text))
    case .message: break  // above
    case .reply(let message): receiveReply(message)
    case .closed(let endpoint, let reason): peerClosed(endpoint, reason)
    case .dropped(let items):
      // It counts like any other: a peer that never acknowledges a close could go on without end.
      guard isWithinRate() else { return }
      _ = handles(items)  // closed as nobody takes them
    case .moveAcknowledged(let endpoint): giveAcknowledged(endpoint)
    case .moveFinished(let endpoint): moveFinished(endpoint)
    case .credit: pumpWaiting()
    case .bufferWanted(let size): bufferWanted(size)
    case .bufferAdded(let buffer): bufferAdded(buffer)
    case .bufferRefused, .bufferReturned: pumpBuffers()
    case .bufferDropped(let number): bufferDropped(number)
    }
  }

  func watchPartialMessage() {
    let message = channel.partialMessage
    // A peer that sends without pause always has some message on the way: each has its own time.
    guard message != partialTimer?.message else { return }
    forgetPartialTimer()
    guard let message, isReading else { return }
    let limit = options.partialMessageDeadline
    let timer = loop.schedule(at: loop.now.advanced(by: limit)) { [weak self] in
      self?.assumeIsolated {
        guard $0.isReading else { return }
        $0.stopReading()
        $0.news(.exceeded(.partialMessage(limit)))
      }
    }
    partialTimer = (message, timer)
  }

  func forgetPartialTimer() {
    if let partialTimer { loop.cancel(partialTimer.timer) }
    partialTimer = nil
  }
}
