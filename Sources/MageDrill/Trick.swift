internal import Mage
package import MageWire

/// What breaks a rule of ends of pipes, of interfaces that share one, of streams or of shared buffers: packets that no worker sends
/// which works. Each alone is enough for its sender's end.
package enum Trick: String, CaseIterable, Sendable {
  // Ends of pipes.
  case hostsEnd, endTwice, movedTwice, movedAfterClose, movedAndClosed, movedThroughItself
  case moveThatWasNone, closeOfNothing, closeTakenOfNothing, tooManyEnds, lieToOwnEnd
  // Interfaces that share a pipe.
  case unknownInterface, interfaceTwice, hostsInterface, interfaceUsedAfterClose
  case closeOfNoInterface, replyToNobody, tooManyInterfaces
  // Streams.
  case nothingWritten, moreThanRoom, noMethodOfStreams, questionToStream, tooLittleRoom
  case endlessRoom, bytesToTheWriter
  // Shared buffers.
  case forgedBuffer, bufferReturnedTwice, greedyForBuffers, bufferDroppedTwice, smallPayload

  package static let ofEnds: [Trick] = [
    .hostsEnd, .endTwice, .movedTwice, .movedAfterClose, .movedAndClosed, .movedThroughItself,
    .moveThatWasNone, .closeOfNothing, .closeTakenOfNothing, .tooManyEnds, .lieToOwnEnd,
  ]
  package static let ofInterfaces: [Trick] = [
    .unknownInterface, .interfaceTwice, .hostsInterface, .interfaceUsedAfterClose,
    .closeOfNoInterface, .replyToNobody, .tooManyInterfaces,
  ]
  package static let ofStreams: [Trick] = [
    .nothingWritten, .moreThanRoom, .noMethodOfStreams, .questionToStream, .tooLittleRoom,
    .endlessRoom, .bytesToTheWriter,
  ]
  package static let ofBuffers: [Trick] = [
    .forgedBuffer, .bufferReturnedTwice, .greedyForBuffers, .bufferDroppedTwice, .smallPayload,
  ]

  /// The one of these that a worker of that seed plays.
  package init?(_ behaviour: Behaviour, seed: UInt64) {
    var random = SplitMix(seed: seed &+ 2)
    guard let choice = behaviour.tricks.randomElement(using: &random) else { return nil }
    self = choice
  }

  /// The check that has to notice.
  package var check: Malformed.Check {
    switch self {
    case .hostsEnd, .endTwice: .channel(.endpointNotMintable)

    case .movedTwice, .movedAndClosed, .movedThroughItself: .channel(.endpointMoved)
    case .movedAfterClose, .closeOfNothing: .channel(.unknownEndpoint)
    case .moveThatWasNone: .channel(.moveUnexpected)
    case .closeTakenOfNothing: .channel(.closeAcknowledgementUnexpected)
    case .tooManyEnds, .tooManyInterfaces: .channel(.tooManyEndpoints)
    case .lieToOwnEnd, .noMethodOfStreams: .message(.headerUnknownMethod)
    case .unknownInterface, .interfaceUsedAfterClose, .closeOfNoInterface:
      .message(.unknownInterfaceID)
    case .interfaceTwice, .hostsInterface: .message(.illegalInterfaceID)
    case .replyToNobody: .channel(.replyUnexpected)
    case .nothingWritten, .tooLittleRoom, .bytesToTheWriter: .interface(.outOfRange)
    case .moreThanRoom: .channel(.creditBytesExceeded)
    case .questionToStream: .message(.headerInvalidFlags)
    case .endlessRoom: .channel(.creditOverflow)
    case .forgedBuffer, .bufferDroppedTwice: .channel(.bufferUnknown)
    case .bufferReturnedTwice: .channel(.bufferReturnUnexpected)
    case .greedyForBuffers: .channel(.bufferLimit)
    case .smallPayload: .channel(.bufferSize)
    }
  }

  package var packets: [[UInt8]] {
    if Self.ofEnds.contains(self) { return endPackets }
    if Self.ofInterfaces.contains(self) { return interfacePackets }
    return Self.ofStreams.contains(self) ? streamPackets : bufferPackets
  }

  // MARK: Ends

  private var endPackets: [[UInt8]] {
    let own = Packets.own(1)
    let announced = Packets.meet(own)
    return switch self {
    case .hostsEnd: [Packets.meet(2)]
    case .endTwice: [announced, announced]
    case .movedTwice:
      [announced, Packets.meet(own, isMoved: true), Packets.meet(own, isMoved: true)]
    case .movedAfterClose: [announced, Packets.close(own), Packets.meet(own, isMoved: true)]
    case .movedAndClosed: [announced, Packets.meet(own, isMoved: true) + Packets.close(own)]
    case .movedThroughItself: [announced, Packets.meet(own, isMoved: true, through: own)]
    case .moveThatWasNone: [announced, Packets.frame(.moveFinished, own)]
    case .closeOfNothing: [Packets.close(Packets.own(77))]
    case .closeTakenOfNothing: [announced, Packets.frame(.closeAcknowledged, own)]
    case .tooManyEnds: (1...UInt32(200)).map { Packets.meet(Packets.own($0)) }
    default: [announced, Packets.say(own, ordinal: 77)]
    }
  }

  // MARK: Interfaces

  private var interfacePackets: [[UInt8]] {
    let own = Packets.own(1)
    let joined = Packets.join(own)
    return switch self {
    case .unknownInterface: [Packets.say(1, ordinal: 0, interface: own)]
    case .interfaceTwice: [joined, joined]
    case .hostsInterface: [Packets.join(1)]
    case .interfaceUsedAfterClose:
      [joined, Packets.left(own), Packets.say(1, ordinal: 0, interface: own)]
    case .closeOfNoInterface: [Packets.left(own)]
    case .replyToNobody: [joined, Packets.say(1, ordinal: 0, interface: own, isReply: true)]
    default: (1...UInt32(65)).map { Packets.join(Packets.own($0)) }
    }
  }

  // MARK: Streams

  /// The host reads what the worker's first end sends, and writes to its second.
  private var streamPackets: [[UInt8]] {
    let (reading, writing) = (Packets.own(1), Packets.own(2))
    let copy = Packets.copy(from: reading, to: writing)
    return switch self {
    case .nothingWritten: [copy, Packets.write(reading, 0)]
    // The host has room for less, and its own writer, whose reader makes none, takes one of them.
    case .moreThanRoom: [copy] + Array(repeating: Packets.write(reading, 48 << 10), count: 30)
    case .noMethodOfStreams: [copy, Packets.say(reading, ordinal: 7)]
    case .questionToStream: [copy, Packets.write(reading, 8, asking: true)]
    case .tooLittleRoom: [copy, Packets.grant(writing, 1)]
    case .endlessRoom: [copy, Packets.grant(writing, 1 << 20), Packets.grant(writing, 1 << 20)]
    default: [copy, Packets.write(writing, 8)]
    }
  }

  // MARK: Buffers

  private var bufferPackets: [[UInt8]] {
    return switch self {
    case .forgedBuffer: [Packets.payload(AttachmentEntry(payload: 65_536, buffer: 5))]
    case .bufferReturnedTwice: [Packets.buffer(.bufferReturned, 1)]
    case .greedyForBuffers: [Packets.buffer(.bufferWanted, .max)]
    case .bufferDroppedTwice: [Packets.buffer(.bufferDropped, 1)]
    default: [Packets.payload(AttachmentEntry(payload: 8, buffer: 0))]
    }
  }
}
