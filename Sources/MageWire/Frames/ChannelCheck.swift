/// Defects of a frame in the state in which its channel is: who may say what, when, about which endpoint.
public enum ChannelCheck: String, CaseIterable, Sendable {
  /// The kind number is not one of `FrameKind`.
  case unknownKind
  /// The kind exists, but not from this side or not in this phase of the connection.
  case kindNotAllowed
  /// The payload's size does not fit the kind.
  case payloadSize
  /// Flag bits that this kind does not have.
  case unknownFlags
  /// The endpoint never existed on this connection, or its close was acknowledged: no lost race explains it.
  case unknownEndpoint
  /// A new endpoint's id is in the receiver's half of the id space, or is taken.
  case endpointNotMintable
  /// More endpoints are open than the policy allows.
  case tooManyEndpoints
  /// An endpoint was given up that its sender had given up before, or through itself.
  case endpointMoved
  /// A move was acknowledged or finished that nobody made.
  case moveUnexpected
  /// A message came back that was never sent to the endpoint, or came back twice.
  case returnUnexpected
  /// More message bytes were sent than there was credit for.
  case creditBytesExceeded
  /// More messages were sent than there was credit for.
  case creditMessagesExceeded
  /// More attachments were sent than there was credit for.
  case creditAttachmentsExceeded
  /// Credit was returned that had not been used.
  case creditOverflow
  /// Nothing was returned as credit: a frame that costs its sender nothing and means nothing could be sent without end.
  case creditEmpty
  /// The message is larger than the policy allows.
  case messageTooLarge
  /// A fragment came without a message that it continues, or has the wrong length.
  case fragmentUnexpected
  /// Another frame came while a message was incomplete.
  case fragmentMissing
  /// More attachments in one message than the policy allows.
  case tooManyAttachments
  /// The attachment's kind number is unknown or not accepted on this connection.
  case attachmentKindUnknown
  /// The descriptor is not what its declared kind says: a directory, a socket, the wrong access mode, missing seals.
  case attachmentMismatch
  /// A close carries a reason that is too long or is not UTF-8.
  case closeReason
  /// An acknowledgement of a close that nobody sent.
  case closeAcknowledgementUnexpected
  /// A reply to a request that was never made, or was answered already.
  case replyUnexpected
  /// More requests await a reply than the policy allows.
  case tooManyOutstanding
  /// A shared buffer is named that is not there, or that the sender does not write.
  case bufferUnknown
  /// A shared buffer is used or dropped whose contents were not returned.
  case bufferInUse
  /// An array beside a message is larger than its buffer, or too small to be beside it, or longer than what came.
  case bufferSize
  /// A shared buffer is returned that holds nothing.
  case bufferReturnUnexpected
  /// More shared buffers are asked for than the policy allows, or again before the answer.
  case bufferLimit
  /// The handshake's content is not what this version writes.
  case handshake
}
