internal import MagePipes
internal import MageWire
internal import Synchronization

/// What the writing end of a stream knows of its reader.
///
/// One piece at a time waits to leave this process, so that a reader whose process takes nothing costs no more than that.
final class DataPipeOutlet: MessageReceiver, WaitingPlace {
  private struct State {
    /// Bytes that the reader has room for.
    var room = 0
    /// A piece has not left yet.
    var isLeaving = false
    var isWriting = false
    var isFinished = false
    /// Why nothing more can be written.
    var error: CallError?
    var waiter: StreamWaiter?
  }

  private let port: Port
  private let state = Mutex(State())

  init(_ port: Port) { self.port = port }

  /// From here the reader can make room.
  func start() { port.bind(self) }

  // MARK: What the reader says

  func receive(_ message: IncomingMessage, header: MessageHeader) throws(Malformed) -> Dispatch {
    guard header.ordinal == DataPipeRoom.grant.ordinal else {
      throw Malformed(
        .message(.headerUnknownMethod), interface: DataPipeRoom.name,
        detail: "ordinal \(header.ordinal)")
    }
    let grant = try message.parameters(
      DataPipeRoom.Grant.self, header, DataPipeRoom.name, "Grant", expectsReply: false)
    let (waiter, isExcess) = state.withLock { state -> (StreamWaiter?, Bool) in
      let room = state.room + Int(grant.bytes)  // each below 2^21
      guard room <= DataPipeRoom.capacities.upperBound else { return (nil, true) }
      state.room = room
      return (state.waiter.take(), false)
    }
    waiter?.resume()
    guard isExcess else { return .oneWay {} }
    throw Malformed(
      .channel(.creditOverflow), interface: DataPipeRoom.name, method: "Grant",
      detail: "\(grant.bytes) bytes")
  }

  func disconnected(_ reason: CloseReason?) {
    fail(reason.map { .pipeClosed($0) } ?? port.whyGone)
  }

  private func fail(_ error: CallError) {
    let waiter = state.withLock { state -> StreamWaiter? in
      state.error = state.error ?? error
      return state.waiter.take()
    }
    waiter?.resume()
  }

  // MARK: Writing

  /// From here to ``isOver()`` nobody else may write.
  func begin() throws(CallError) {
    let error = state.withLock { state -> CallError? in
      if state.isFinished { return .endpoint(.unbound) }
      if state.isWriting { return .endpoint(.busy) }
      if let error = state.error { return error }
      state.isWriting = true
      return nil
    }
    if let error { throw error }
  }

  func isOver() { state.withLock { $0.isWriting = false } }

  func write(_ bytes: [UInt8], _ limit: Duration) async throws(CallError) {
    let end = ContinuousClock.now.advanced(by: limit)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try reserve(rest.count)
      guard count > 0 else {
        try await StreamWaiter.wait(limit, until: end, in: self)
        continue
      }
      try send(DataPipeBytes.Chunk(Array(rest.prefix(count))))
      rest = rest.dropFirst(count)
    }
  }

  /// How many of `count` bytes may leave now, in one message.
  private func reserve(_ count: Int) throws(CallError) -> Int {
    let largest = min(DataPipeBytes.maxChunk, port.largestMessage - Self.overhead)
    guard largest > 0 else { throw .refused("the policy allows no message of a stream's size") }
    let (error, taken) = state.withLock { state -> (CallError?, Int) in
      if let error = state.error { return (error, 0) }
      guard !state.isLeaving else { return (nil, 0) }
      let taken = min(count, state.room, largest)
      state.room -= taken
      state.isLeaving = taken > 0
      return (nil, taken)
    }
    if let error { throw error }
    return taken
  }

  /// Header, parameters and the array's own.
  private static let overhead = 24 + DataPipeBytes.Chunk.wireSize + 16

  private func send(_ chunk: DataPipeBytes.Chunk) throws(CallError) {
    let message = MessageEncoder.encode(.oneWay, ordinal: DataPipeBytes.write.ordinal, chunk)
    let refusal = port.post(OutgoingMessage(bytes: message.bytes)) { [weak self] error in
      self?.hasLeft(error)
    }
    if let refusal { throw refusal }
  }

  private func hasLeft(_ error: CallError?) {
    let waiter = state.withLock { state -> StreamWaiter? in
      state.isLeaving = false
      state.error = state.error ?? error
      return state.waiter.take()
    }
    waiter?.resume()
  }

  func finish() throws(CallError) {
    state.withLock { $0.isFinished = true }
    let message = MessageEncoder.encode(
      .oneWay, ordinal: DataPipeBytes.finish.ordinal, Empty())
    if let refusal = port.post(OutgoingMessage(bytes: message.bytes)) { throw refusal }
    port.closeBehindAll()
  }

  // MARK: Waiting

  func park(_ waiter: StreamWaiter) -> Bool {
    state.withLock { state in
      guard state.error == nil, state.isLeaving || state.room == 0 else { return false }
      state.waiter = waiter  // no other's: one writes at a time
      return true
    }
  }

  func unpark(_ waiter: StreamWaiter) {
    state.withLock { state in if state.waiter === waiter { state.waiter = nil } }
  }
}
