internal import MageSystem
package import MageWire

// Shared buffers: which there are, who has them, and the arrays that are in them.

/// The buffers of both directions, and what was asked of the host.
struct ChannelBuffers: Sendable {
  var outgoing: BufferTable
  var incoming: BufferTable
  /// Worker: a buffer is on its way. Host: one was asked for.
  var isWanted = false

  init(_ limits: ChannelLimits) {
    outgoing = BufferTable(limits)
    incoming = BufferTable(limits)
  }
}

/// A buffer that the host has made.
package struct AddedBuffer: Sendable {
  let number: UInt16
  /// Bytes.
  let size: Int
  /// The side that fills it.
  let writer: Channel.Side
  let memory: Attachment

  package init(number: UInt16, size: Int, writer: Channel.Side, memory: Attachment) {
    self.number = number
    self.size = size
    self.writer = writer
    self.memory = memory
  }
}

/// How the arrays beside a message travel.
enum PayloadWay: Equatable, Sendable {
  /// In shared buffers.
  case pooled
  /// Behind the message, in fragments.
  case streamed
}

extension ChannelLimits {
  /// Whether arrays of these sizes can be sent beside a message of `size` bytes.
  func admits(_ counts: [Int], with size: Int) -> Bool {
    BufferTable(self).canHold(counts) || counts.reduce(size, +) <= Int(maxMessageBytes)
  }
}

// MARK: - Sending

extension Channel {
  /// How arrays of these sizes can go to the peer beside a message of `size` bytes; `nil` when they cannot.
  func way(of counts: [Int], with size: Int) -> PayloadWay? {
    if buffers.outgoing.canHold(counts) { return .pooled }
    return counts.reduce(size, +) <= Int(limits.maxMessageBytes) ? .streamed : nil
  }

  /// A buffer for each array; `nil` when something must happen before, which is the shortage.
  package mutating func reserveBuffers(_ counts: [Int]) -> [UInt16]? {
    buffers.outgoing.reserve(counts)
  }

  func bufferShortage(_ counts: [Int]) -> BufferTable.Shortage {
    buffers.outgoing.shortage(for: counts)
  }

  /// What was reserved is not used.
  mutating func unreserveBuffers(_ numbers: [UInt16]) {
    for number in numbers { _ = buffers.outgoing.empty(number) }
  }

  /// Worker: asks for a buffer of `size` bytes, once.
  mutating func wantBuffer(_ size: Int) {
    guard !buffers.isWanted else { return }
    buffers.isWanted = true
    outbox.append(.bufferWanted, payload: PayloadInts.encode([UInt32(clamping: size), 0])[...])
  }

  /// Host: hands a new buffer to the worker.
  package mutating func addBuffer(_ buffer: AddedBuffer) throws(Malformed) {
    if buffer.writer == side {
      try buffers.outgoing.add(buffer.number, buffer.size)
    } else {
      try buffers.incoming.add(buffer.number, buffer.size)
      buffers.isWanted = false
    }
    let fields: [UInt32] = [
      UInt32(buffer.number), UInt32(clamping: buffer.size), buffer.writer == .host ? 0 : 1, 0,
    ]
    outbox.append(
      .bufferAdded, carried: [.descriptor(buffer.memory)],
      payload: PayloadInts.encode(fields)[...])
  }

  /// Host: the number for a new buffer that `writer` fills.
  package func freeBufferNumber(_ writer: Side) -> UInt16? {
    (writer == side ? buffers.outgoing : buffers.incoming).freeNumber
  }

  /// Host: there is no memory for the buffer that the worker wants, nor for any later one.
  mutating func refuseBuffer() {
    buffers.isWanted = false
    outbox.append(.bufferAdded, payload: PayloadInts.encode([0, 0, 0, 0])[...])
  }

  /// Nothing is made in this direction any more.
  mutating func freezeOutgoingBuffers() { buffers.outgoing.freeze() }

  /// Gives up a buffer that this side fills. False when it is not empty.
  mutating func dropBuffer(_ number: UInt16) -> Bool {
    guard buffers.outgoing.discard(number) else { return false }
    outbox.append(.bufferDropped, payload: PayloadInts.encode([UInt32(number), 0])[...])
    return true
  }

  /// What was in a buffer that the peer fills has been taken.
  package mutating func returnBuffer(_ number: UInt16) {
    guard buffers.incoming.empty(number) else { return }
    outbox.append(.bufferReturned, payload: PayloadInts.encode([UInt32(number), 0])[...])
  }

  /// Buffers that this side fills and has not needed since this was called last.
  mutating func takeIdleBuffers() -> [UInt16] { buffers.outgoing.takeIdle() }

  /// What the buffers hold together that `writer` fills.
  package func bufferBytes(_ writer: Side) -> Int {
    writer == side ? buffers.outgoing.total : buffers.incoming.total
  }

  var hasOutgoingBuffers: Bool { !buffers.outgoing.buffers.isEmpty }
}

// MARK: - Receiving

extension Channel {
  mutating func receiveBuffer(
    _ kind: FrameKind, _ payload: ArraySlice<UInt8>, _ carried: [CarriedItem]
  ) throws(Malformed) -> Event? {
    if kind == .bufferAdded { return try receiveAdded(payload, carried) }
    let fields = try PayloadInts.decode(payload, count: 2)
    guard fields[1] == 0 else { throw Malformed(.transport(.paddingNotZero), detail: "\(kind)") }
    if kind == .bufferWanted { return try receiveWanted(Int(fields[0])) }
    guard let number = UInt16(exactly: fields[0]) else {
      throw Malformed(.channel(.bufferUnknown), detail: "buffer \(fields[0])")
    }
    if kind == .bufferReturned {
      try buffers.outgoing.returned(number)
      return .bufferReturned
    }
    try buffers.incoming.drop(number)
    return .bufferDropped(number)
  }

  /// Host: the worker needs a buffer.
  private mutating func receiveWanted(_ size: Int) throws(Malformed) -> Event? {
    guard !buffers.isWanted, buffers.incoming.allows(size) else {
      throw Malformed(
        .channel(.bufferLimit),
        detail: "wants \(size) bytes beside \(buffers.incoming.total), limit \(limits.poolBytes)")
    }
    buffers.isWanted = true
    return .bufferWanted(size)
  }

  /// Worker: the host has made a buffer, or says that there will be none.
  private mutating func receiveAdded(
    _ payload: ArraySlice<UInt8>, _ carried: [CarriedItem]
  ) throws(Malformed) -> Event? {
    let fields = try PayloadInts.decode(payload, count: 4)
    let isForWorker = fields[2] == 1
    guard fields[2] <= 1, fields[3] == 0 else {
      throw Malformed(.transport(.paddingNotZero), detail: "bufferAdded")
    }
    if carried.isEmpty, fields == [0, 0, 0, 0] {
      buffers.isWanted = false
      buffers.outgoing.freeze()
      return .bufferRefused
    }
    guard carried.count == 1, case .descriptor(let memory) = carried.first, memory.kind == .region
    else { throw Malformed(.channel(.attachmentMismatch), detail: "a buffer without memory") }
    guard let number = UInt16(exactly: fields[0]) else {
      throw Malformed(.channel(.bufferUnknown), detail: "buffer \(fields[0])")
    }
    let size = Int(fields[1])
    if isForWorker {
      guard buffers.isWanted else {
        throw Malformed(.channel(.bufferLimit), detail: "a buffer that nobody wants")
      }
      try buffers.outgoing.add(number, size)
      buffers.isWanted = false
    } else {
      try buffers.incoming.add(number, size)
    }
    return .bufferAdded(
      AddedBuffer(
        number: number, size: size, writer: isForWorker ? .worker : .host, memory: memory))
  }

  /// An array beside a message, by its entry.
  mutating func claimPayload(_ entry: AttachmentEntry) throws(Malformed) -> CarriedItem {
    let count = Int(entry.count)
    guard entry.buffer != 0 else {
      guard count >= Payload.threshold else {
        throw Malformed(.channel(.bufferSize), detail: "\(count) bytes behind a message")
      }
      return .streamed(count, [])
    }
    try buffers.incoming.fill(entry.buffer, count)
    return .pooled(entry.buffer, count)
  }
}

extension PartialMessage {
  /// Takes what follows the message off its end.
  mutating func splitPayloads() {
    let behind = carried.reduce(0) { $0 + $1.streamedBytes }
    guard behind > 0 else { return }
    // `receiveMessage` has compared the sum with the size.
    var rest = bytes[(bytes.count - behind)...]
    carried = carried.map { item in
      guard case .streamed(let count, _) = item else { return item }
      defer { rest = rest.dropFirst(count) }
      return .streamed(count, Array(rest.prefix(count)))
    }
    bytes.removeLast(behind)
  }
}
