internal import DequeModule
internal import MageSystem
internal import MageWire

/// The memory behind a channel's buffers, and who waits for one.
struct ConnectionBuffers {
  var outgoing: [UInt16: SharedBuffer] = [:]
  var incoming: [UInt16: SharedBuffer] = [:]
  /// Made with the first buffer that the peer fills.
  var returns: BufferReturns?
  /// Ports whose next message waits for buffers, and replies that do.
  var waiting = Deque<Port>()
  var replies = Deque<WaitingReply>()
  /// Looks for buffers that nobody needs any more; there is one while there are buffers.
  var idleTimer: TimerToken?
  /// Host: how often buffers are made for the worker.
  var growth = RateMeter(
    perSecond: Self.growthPerSecond, burst: Self.growthBurst, now: MonotonicTime(nanoseconds: 0))
  var growthTimer: TimerToken?
  /// Bytes of arrays that were taken in this turn of the loop.
  var takenInTurn = 0

  /// Making a buffer and freeing its pages is the host's work, so a worker that drops what it has just asked for is answered late. Buffers
  /// that are used come back and are not made anew.
  static let growthPerSecond: UInt32 = 16
  static let growthBurst = UInt32(2 * BufferTable.maxBuffers)
  static let growthPause = Duration.milliseconds(70)
  /// Arrays that one peer may hand over in a turn before others are heard.
  static let bytesPerTurn = 1 << 20
}

/// A reply whose arrays wait for buffers.
struct WaitingReply {
  let message: OutgoingMessage
  let endpoint: EndpointID
  let port: Port
  let isRelayed: Bool
}

// MARK: - Growing and shrinking

extension Connection {
  /// Has a buffer made that is missing to whoever waits first, if one may be; else buffers must come back.
  func obtainBuffers() {
    guard failure == nil, let counts = firstWaiting,
      case .buffer(let size, let dropping) = channel.bufferShortage(counts)
    else { return }
    for number in dropping { dropBuffer(number) }
    if side == .worker {
      channel.wantBuffer(size)
    } else if makeBuffer(size, writer: .host) {
      pumpBuffers()
    } else {
      channel.freezeOutgoingBuffers()
      pumpBuffers()
    }
    scheduleFlush()
  }

  /// The arrays that wait at the front.
  private var firstWaiting: [Int]? {
    if let reply = buffers.replies.first { return reply.message.payloads.map(\.count) }
    guard let port = buffers.waiting.first else { return nil }
    return PortLock.change { _ in port.next?.message.payloads.map(\.count) }
  }

  private func dropBuffer(_ number: UInt16) {
    guard channel.dropBuffer(number) else { return }
    buffers.outgoing[number] = nil
  }

  /// Host: makes a buffer. False when the system has no memory for it.
  private func makeBuffer(_ size: Int, writer: Channel.Side) -> Bool {
    guard let number = channel.freeBufferNumber(writer),
      let made = try? SharedBuffer.make(size, writer: writer)
    else { return false }
    let added = AddedBuffer(number: number, size: size, writer: writer, memory: made.memory)
    guard (try? channel.addBuffer(added)) != nil else { return false }
    keep(made.buffer, added)
    return true
  }

  private func keep(_ buffer: SharedBuffer, _ added: AddedBuffer) {
    if added.writer == side {
      buffers.outgoing[added.number] = buffer
      startIdleTimer()
    } else {
      buffers.incoming[added.number] = buffer
    }
  }

  /// Host: the worker wants a buffer; one that asks again and again waits.
  func bufferWanted(_ size: Int) {
    guard buffers.growth.admits(at: .now) else {
      let moment = MonotonicTime.now.advanced(by: ConnectionBuffers.growthPause)
      buffers.growthTimer = loop.schedule(at: moment) { [weak self] in
        self?.assumeIsolated { if $0.isReading { $0.bufferWanted(size) } }
      }
      return
    }
    if !makeBuffer(size, writer: .worker) { channel.refuseBuffer() }
    scheduleFlush()
  }

  /// Worker: maps a buffer that the host has made.
  func bufferAdded(_ added: AddedBuffer) {
    do throws(SystemError) {
      guard let buffer = try SharedBuffer.map(added) else {
        return refuse(
          Malformed(.channel(.attachmentMismatch), detail: "a buffer of another size"))
      }
      keep(buffer, added)
      pumpBuffers()
    } catch {
      stopReading()
      news(.failed(error))
    }
  }

  func bufferDropped(_ number: UInt16) { buffers.incoming[number] = nil }

  private func startIdleTimer() {
    guard buffers.idleTimer == nil else { return }
    let moment = MonotonicTime.now.advanced(by: options.bufferIdleTime)
    buffers.idleTimer = loop.schedule(at: moment) { [weak self] in
      self?.assumeIsolated { $0.dropIdleBuffers() }
    }
  }

  private func dropIdleBuffers() {
    buffers.idleTimer = nil
    guard failure == nil else { return }
    for number in channel.takeIdleBuffers() { dropBuffer(number) }
    if channel.hasOutgoingBuffers { startIdleTimer() }
    scheduleFlush()
  }

  /// Lets go of everything; what is still read stays mapped until it was.
  func endBuffers() {
    if let timer = buffers.idleTimer { loop.cancel(timer) }
    if let timer = buffers.growthTimer { loop.cancel(timer) }
    buffers = ConnectionBuffers()
  }
}

// MARK: - Taking

extension Connection {
  /// An array that the peer has put into a buffer, for whoever reads the message.
  func lease(_ number: UInt16, _ count: Int) -> UntrustedBytes {
    buffers.takenInTurn += count
    // The channel knows only buffers that are here; a decoder refuses an array that is none.
    guard let buffer = buffers.incoming[number] else { return UntrustedBytes([]) }
    return UntrustedBytes(BufferLease(buffer, number, bufferReturns()), count: count)
  }

  private func bufferReturns() -> BufferReturns {
    if let returns = buffers.returns { return returns }
    let made = BufferReturns { [weak self] in
      guard let self else { return }
      guard self.loop.isCurrent else {
        // By way of a thread without locks: when the loop has ended, whoever submits a job runs it.
        Task { [weak self] in await self?.returnBuffers() }
        return
      }
      self.loop.atEndOfTurn { [weak self] in self?.assumeIsolated { $0.returnBuffers() } }
    }
    buffers.returns = made
    return made
  }

  private func returnBuffers() {
    takeReturnedBuffers()
    scheduleFlush()
  }

  /// Queues what is to be said of buffers that nobody reads any more.
  func takeReturnedBuffers() {
    guard let returns = buffers.returns, failure == nil else { return }
    for number in returns.take() { channel.returnBuffer(number) }
  }
}

// MARK: - Waiting

extension Connection {
  /// Buffers have come: the replies and ports that wait for some go on, in their order.
  func pumpBuffers() {
    while let reply = buffers.replies.popFirst() {
      guard trySendReply(reply) else {
        buffers.replies.prepend(reply)
        break
      }
    }
    while buffers.replies.isEmpty, let port = buffers.waiting.popFirst() {
      guard pumpWithBuffers(port) else { break }
    }
    obtainBuffers()
    scheduleFlush()
  }
}
