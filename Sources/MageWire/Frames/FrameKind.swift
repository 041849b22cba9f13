/// What a frame is about. The numbers are the wire's; they never change and are never used again.
package enum FrameKind: UInt8, CaseIterable, Sendable {
  /// A request or a one-way message for an endpoint. Uses credit.
  case message = 1
  /// A reply to a request. Needs no credit: asking for it was the consent.
  case reply = 2
  /// The next part of the message begun by the frame before.
  case fragment = 3
  /// The sender has closed its end of a pipe; payload: code (u32), then at most 256 bytes of UTF-8.
  case close = 4
  /// The answer to `close`: nothing more will come for that endpoint.
  case closeAcknowledged = 5
  /// Returns credit; payload: bytes, messages, attachments (u32 each), zero (u32).
  case credit = 6
  /// Host: the worker's move of an endpoint was seen, and nothing more is sent to it there.
  case moveAcknowledged = 7
  /// Worker: everything that was unread at a moved endpoint has come back.
  case moveFinished = 8

  /// Worker: the runtime has started; payload: version (u32), zero (u32).
  case hello = 16
  /// Host: install this filter; payload: `struct sock_filter` instructions.
  case seal = 17
  /// Worker: the filter is in force; attachment: its listener.
  case sealed = 18
  /// Host: you are connected; payload: `ChannelLimits`, ten u32; attachments: none, or a ring's
  /// memory and the worker's ends of its two doorbells.
  case invite = 19
  /// Host: finish what you do and exit.
  case finish = 20
  /// Worker: it cannot start, for a reason of its own; payload as of `close`.
  case refuse = 21

  /// Worker: it has something to send for which it has no buffer; payload: bytes (u32), zero (u32).
  case bufferWanted = 24
  /// Host: a new shared buffer; payload: its number (u32), bytes (u32), which side writes it (u32; 0 is the host), zero (u32); attachment:
  /// its memory. All zero and without an attachment: there will be no more.
  case bufferAdded = 25
  /// What was in a buffer has been taken: its writer may use it again; payload: its number (u32), zero (u32).
  case bufferReturned = 26
  /// The sender has unmapped a buffer that it writes; payload: its number (u32), zero (u32).
  case bufferDropped = 27
}

/// What a descriptor in a packet is said to be. The receiver asks the kernel whether it is true.
public enum AttachmentKind: UInt8, CaseIterable, Sendable {
  /// A regular file, open for reading only.
  case file = 1
  /// A memfd that can neither shrink nor grow.
  case region = 2
  /// A memfd that nobody can write any more either.
  case frozenRegion = 3
  /// A filter's listener; only with `sealed`.
  case listener = 4
  /// One end of a pipe that only wakes; only with `invite`.
  case doorbell = 5
  /// One end of a pipe, by its id on the connection; no descriptor belongs to it.
  case endpoint = 6
  /// An array of bytes that is in a shared buffer, or follows its message; no descriptor belongs to it.
  case payload = 8
}
