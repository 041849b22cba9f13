/// Defects of a packet as a container, before any frame in it means something.
public enum TransportCheck: String, CaseIterable, Sendable {
  /// The packet is longer than any packet that the agreed limits allow.
  case packetTooLong
  /// The packet holds no frame.
  case packetEmpty
  /// Descriptors were lost on the way: more were sent than one packet may carry.
  case descriptorsTruncated
  /// A control message other than descriptors came along.
  case unexpectedControlMessage
  /// Fewer bytes are left than a frame header needs.
  case frameHeaderTruncated
  /// The frame claims a length below its own header and tables.
  case frameTooShort
  /// The frame claims more bytes than the packet has.
  case frameOverrunsPacket
  /// Bytes between two frames, or reserved fields, are not zero: they could carry what nobody checks.
  case paddingNotZero
  /// The packet carries descriptors that no frame in it declares.
  case descriptorsUndeclared
  /// A frame declares descriptors that the packet does not carry.
  case descriptorsMissing
  /// A ring's index went back: what was written or taken cannot be undone.
  case ringIndexBackwards
  /// A ring's index says more than the ring holds, or that more was taken than there was.
  case ringIndexTooFar
  /// A ring's index is not at the start of a record.
  case ringIndexMisaligned
  /// A record in a ring is longer than what was written.
  case ringRecordOverrun
  /// A record in a ring is of no known kind.
  case ringRecordUnknown
  /// A ring says that a packet comes by the socket, and none is there.
  case packetMissing
  /// The peer rings its doorbell again and again and has nothing to say.
  case doorbellWithoutNews
}
