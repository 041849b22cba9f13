internal import DequeModule
internal import MagePipes
internal import MageWire
internal import Synchronization

/// What has arrived at the reading end of a stream and was not read.
///
/// The bytes in it and those that may still come are never more than the capacity. Small pieces are put together, so that what they take up in
/// memory is about what they are.
final class DataPipeBuffer: MessageReceiver, WaitingPlace {
  fileprivate struct State {
    var pieces = Deque<[UInt8]>()
    /// Bytes that the writer may still send.
    var room: Int
    /// Bytes that were read and not granted again.
    var consumed = 0
    var isFinished = false
    /// Why nothing more comes.
    var error: CallError?
    var waiter: StreamWaiter?
  }

  private let port: Port
  private let reserved: StreamReservation
  private let state: Mutex<State>
  private var capacity: Int { reserved.bytes }

  init(_ port: Port, _ reserved: StreamReservation) {
    self.port = port
    self.reserved = reserved
    state = Mutex(State(room: reserved.bytes))
  }

  /// From here the writer may write.
  func start() {
    port.bind(self)
    grant(capacity)
  }

  private func grant(_ bytes: Int) {
    let value = DataPipeRoom.Grant(UInt32(clamping: bytes))
    let message = MessageEncoder.encode(.oneWay, ordinal: DataPipeRoom.grant.ordinal, value)
    // Of a pipe that is gone the receiver is told.
    _ = port.post(OutgoingMessage(bytes: message.bytes))
  }

  // MARK: Arriving

  func receive(_ message: IncomingMessage, header: MessageHeader) throws(Malformed) -> Dispatch {
    switch header.ordinal {
    case DataPipeBytes.write.ordinal:
      let chunk = try message.parameters(
        DataPipeBytes.Chunk.self, header, DataPipeBytes.name, "Write", expectsReply: false)
      try add(chunk.bytes)
    case DataPipeBytes.finish.ordinal:
      _ = try message.parameters(
        Empty.self, header, DataPipeBytes.name, "Finish", expectsReply: false)
      try finish()
    default:
      throw Malformed(
        .message(.headerUnknownMethod), interface: DataPipeBytes.name,
        detail: "ordinal \(header.ordinal)")
    }
    return .oneWay {}
  }

  private static let smallPiece = 8 << 10

  private func add(_ bytes: [UInt8]) throws(Malformed) {
    let (waiter, excess) = state.withLock { state -> (StreamWaiter?, Int?) in
      guard bytes.count <= state.room, !state.isFinished else { return (nil, state.room) }
      state.room -= bytes.count
      // Read by nobody any more.
      guard state.error == nil else { return (nil, nil) }
      if let last = state.pieces.last, last.count + bytes.count <= Self.smallPiece {
        state.pieces[state.pieces.count - 1] += bytes
      } else {
        state.pieces.append(bytes)
      }
      return (state.waiter.take(), nil)
    }
    waiter?.resume()
    guard let excess else { return }
    throw Malformed(
      .channel(.creditBytesExceeded), interface: DataPipeBytes.name, method: "Write",
      detail: "\(bytes.count) bytes, room for \(excess)")
  }

  private func finish() throws(Malformed) {
    let (isFirst, waiter) = state.withLock { state -> (Bool, StreamWaiter?) in
      guard !state.isFinished else { return (false, nil) }
      state.isFinished = true
      state.room = 0
      return (true, state.waiter.take())
    }
    waiter?.resume()
    guard !isFirst else { return }
    throw Malformed(
      .channel(.creditMessagesExceeded), interface: DataPipeBytes.name, method: "Finish",
      detail: "the stream was finished before")
  }

  func disconnected(_ reason: CloseReason?) {
    reserved.release()
    let error = reason.map { CallError.pipeClosed($0) } ?? port.whyGone
    let waiter = state.withLock { state -> StreamWaiter? in
      state.error = state.error ?? error
      return state.waiter.take()
    }
    waiter?.resume()
  }

  // MARK: Reading

  enum Found {
    case bytes([UInt8])
    case theEnd
    /// Not here yet.
    case nothing
  }

  func take(upTo count: Int) throws(CallError) -> Found {
    let (result, consumed) = state.withLock { state in
      let result = Result { () throws(CallError) in try state.take(upTo: count) }
      return (result, state.worthGranting(capacity))
    }
    if consumed > 0 { grant(consumed) }
    return try result.get()
  }

  /// Notes who waits; false when there is something to read.
  func park(_ waiter: StreamWaiter) -> Bool {
    state.withLock { state in
      guard state.pieces.isEmpty, !state.isFinished, state.error == nil else { return false }
      if state.waiter == nil { state.waiter = waiter } else { waiter.resume(.endpoint(.busy)) }
      return true
    }
  }

  func unpark(_ waiter: StreamWaiter) {
    state.withLock { state in if state.waiter === waiter { state.waiter = nil } }
  }

  /// Nobody reads any more.
  func forget(_ error: CallError) {
    let waiter = state.withLock { state -> StreamWaiter? in
      state.pieces.removeAll()
      state.error = state.error ?? error
      return state.waiter.take()
    }
    waiter?.resume()
  }
}

extension DataPipeBuffer.State {
  /// What had arrived before the stream went is read first.
  fileprivate mutating func take(upTo count: Int) throws(CallError) -> DataPipeBuffer.Found {
    guard let first = pieces.popFirst() else {
      if isFinished { return .theEnd }
      if let error { throw error }
      return .nothing
    }
    guard first.count > count else {
      consumed += first.count
      return .bytes(first)
    }
    pieces.prepend(Array(first[count...]))
    consumed += count
    return .bytes(Array(first[..<count]))
  }

  /// Grants are worth a message when they are half of all: not for every piece that is read.
  fileprivate mutating func worthGranting(_ capacity: Int) -> Int {
    guard consumed >= capacity / 2, !isFinished, error == nil else { return 0 }
    defer { consumed = 0 }
    room += consumed
    return consumed
  }
}
