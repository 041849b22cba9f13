internal import DequeModule
internal import MageSystem
internal import MageWire

extension Connection {
  /// One flush per turn of the loop: frames of many calls leave in one packet.
  func scheduleFlush() {
    guard !isFlushScheduled, failure == nil, !channel.outbox.isEmpty else { return }
    isFlushScheduled = true
    loop.atEndOfTurn(flushAtEndOfTurn)
  }

  func flush() {
    guard failure == nil, let socket else { return }
    takeReturnedBuffers()
    do throws(SystemError) {
      while let packet = channel.outbox.next() {
        if let ring {
          guard try hasRoom(for: packet, in: ring) else {
            channel.outbox.keep(packet)
            checkQueue()
            return
          }
          guard !packet.descriptors.isEmpty else {
            ring.writer.write(packet.bytes)
            channel.outbox.sent(packet)
            continue
          }
        }
        do throws(SystemError) {
          ring?.publish()
          try socket.packets.send(packet.bytes, descriptors: packet.descriptors.map(\.number))
          ring?.writer.writeOnSocket()
          channel.outbox.sent(packet)
        } catch  where error.isWouldBlock {
          channel.outbox.keep(packet)
          try wantWrite(true)
          checkQueue()
          return
        } catch  where error.errno == Errno.tooManyReferences {
          // This user has too many descriptors on their way (unix(7)): some will have arrived in a moment.
          channel.outbox.keep(packet)
          pauseForDescriptors()
          checkQueue()
          return
        }
      }
      ring?.publish()
      try wantWrite(false)
    } catch  where error.isPeerGone {
      // Reading will find the end; until then there may be a last message to take.
      channel.outbox.removeAll()
    } catch {
      stopReading()
      news(.failed(error))
    }
  }

  /// What is queued waits until the peer has taken something.
  var isBlocked: Bool { interest.contains(.write) || ring?.isBlocked == true }

  /// Tries again soon. One timer at a time, however often a flush comes here meanwhile.
  private func pauseForDescriptors() {
    guard !isPausedForDescriptors else { return }
    isPausedForDescriptors = true
    loop.schedule(at: loop.now.advanced(by: Self.pauseForDescriptors)) { [weak self] in
      self?.assumeIsolated {
        $0.isPausedForDescriptors = false
        $0.flush()
      }
    }
  }

  private static let pauseForDescriptors = Duration.milliseconds(1)

  func wantWrite(_ wanted: Bool) throws(SystemError) {
    let interest: Epoll.Interest = wanted ? [.read, .write] : .read
    guard let watch, interest != self.interest else { return }
    self.interest = interest
    try loop.modify(watch, interest)
  }

  func checkQueue() {
    guard channel.outbox.queuedBytes > options.maxQueuedBytes, isReading else { return }
    stopReading()
    news(.exceeded(.queuedBytes(UInt64(options.maxQueuedBytes))))
  }
}
