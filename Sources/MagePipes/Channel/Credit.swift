package import MageWire

/// An amount of what a window counts.
package struct Credit: Equatable, Sendable {
  package var bytes: UInt32
  package var messages: UInt32
  package var attachments: UInt32

  package static let zero = Credit(bytes: 0, messages: 0, attachments: 0)

  /// What one message costs its sender.
  package static func message(bytes: Int, attachments: Int) -> Credit {
    Credit(
      bytes: UInt32(clamping: bytes), messages: 1, attachments: UInt32(clamping: attachments))
  }

  package var isZero: Bool { self == .zero }

  package mutating func add(_ other: Credit) {
    bytes &+= other.bytes
    messages &+= other.messages
    attachments &+= other.attachments
  }

  package var encoded: [UInt8] { PayloadInts.encode([bytes, messages, attachments, 0]) }

  package init(bytes: UInt32, messages: UInt32, attachments: UInt32) {
    self.bytes = bytes
    self.messages = messages
    self.attachments = attachments
  }

  package init(decoding payload: ArraySlice<UInt8>) throws(Malformed) {
    let values = try PayloadInts.decode(payload, count: 4)
    guard values[3] == 0 else { throw Malformed(.transport(.paddingNotZero), detail: "credit") }
    self.init(bytes: values[0], messages: values[1], attachments: values[2])
  }
}

/// How much one direction of a connection may still carry.
///
/// The receiver counts too, so that a peer that pretends to have more is caught at the first byte beyond it, and the memory
/// a peer can make the receiver hold is the window and not a byte more.
package struct CreditWindow: Sendable {
  private let size: Credit
  /// What the largest message costs, as far as the window could ever admit it.
  private let largest: Credit
  package private(set) var left: Credit

  package init(_ limits: ChannelLimits) {
    size = Credit(
      bytes: limits.windowBytes, messages: limits.windowMessages,
      attachments: limits.windowAttachments)
    largest = Credit(
      bytes: min(limits.maxMessageBytes, limits.windowBytes),
      messages: min(1, limits.windowMessages),
      attachments: min(limits.maxAttachments, limits.windowAttachments))
    left = size
  }

  /// Whether `cost` fits what is left.
  package func admits(_ cost: Credit) -> Bool { exceeded(by: cost) == nil }

  /// Takes `cost`, or says which part of it was not there.
  package mutating func take(_ cost: Credit) throws(Malformed) {
    if let check = exceeded(by: cost) {
      throw Malformed(.channel(check), detail: "wants \(cost), \(left) left")
    }
    left.bytes -= cost.bytes  // cannot underflow: `exceeded` compared each part
    left.messages -= cost.messages
    left.attachments -= cost.attachments
  }

  /// Gives `credit` back. More than was taken is a lie.
  package mutating func restore(_ credit: Credit) throws(Malformed) {
    guard credit.bytes <= size.bytes - left.bytes,
      credit.messages <= size.messages - left.messages,
      credit.attachments <= size.attachments - left.attachments
    else {
      throw Malformed(.channel(.creditOverflow), detail: "returns \(credit), \(left) of \(size)")
    }
    left.add(credit)
  }

  private func exceeded(by cost: Credit) -> ChannelCheck? {
    if cost.messages > left.messages { return .creditMessagesExceeded }
    if cost.bytes > left.bytes { return .creditBytesExceeded }
    if cost.attachments > left.attachments { return .creditAttachmentsExceeded }
    return nil
  }

  /// Whether so much has been used that it is worth a frame to give it back, or the peer may be waiting for it: a message
  /// of more than half a window would wait for ever if what the others used stayed here.
  package func isWorthReturning(_ credit: Credit) -> Bool {
    credit.bytes >= size.bytes / 2 || credit.messages >= size.messages / 2
      || credit.attachments >= max(size.attachments / 2, 1) || !admits(largest)
  }
}

extension Credit: CustomStringConvertible {
  package var description: String {
    "\(bytes) bytes/\(messages) messages/\(attachments) attachments"
  }
}
