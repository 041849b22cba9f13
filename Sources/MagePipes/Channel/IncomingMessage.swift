package import MageSystem
package import MageWire

/// What a message carries beside its bytes, as a channel sees it.
package enum CarriedItem: Sendable {
  case descriptor(Attachment)
  /// An end of a pipe by its id on this connection: a new one, or one that the sender gives up.
  case endpoint(EndpointID, isMoved: Bool)
  /// An array in a shared buffer, and its bytes.
  case pooled(UInt16, Int)
  /// An array that follows its message: its bytes, and what they are once all of them are here.
  case streamed(Int, [UInt8])

  /// Whether it is for messages: what belongs to the handshake would be a door where nobody looks for one.
  var mayTravelInMessages: Bool {
    guard case .descriptor(let attachment) = self else { return true }
    return attachment.kind != .listener && attachment.kind != .doorbell
  }

  var descriptor: SharedDescriptor? {
    if case .descriptor(let attachment) = self { attachment.descriptor } else { nil }
  }

  var entry: AttachmentEntry {
    switch self {
    case .descriptor(let attachment): AttachmentEntry(attachment.kind)
    case .endpoint(let id, let isMoved): AttachmentEntry(endpoint: id.rawValue, isMoved: isMoved)
    case .pooled(let buffer, let count):
      AttachmentEntry(payload: UInt32(clamping: count), buffer: buffer)
    case .streamed(let count, _):
      AttachmentEntry(payload: UInt32(clamping: count), buffer: 0)
    }
  }

  var isPayload: Bool {
    switch self {
    case .pooled, .streamed: true
    case .descriptor, .endpoint: false
    }
  }

  /// What of it counts as bytes of the message.
  var streamedBytes: Int {
    if case .streamed(let count, _) = self { count } else { 0 }
  }
}

/// A whole message that has passed the transport's and the channel's checks, and none of the later ones.
package struct IncomingMessage: Sendable {
  package let endpoint: EndpointID
  /// The message in the Mojo bindings format.
  package var bytes: [UInt8]
  package let carried: [CarriedItem]
  /// What it took from the window; give it back when a handler has taken the message.
  package let cost: Credit
  /// Another worker wrote it, and the host passed it on.
  package var isRelayed: Bool
  /// The worker gives it back unread.
  package let isReturned: Bool
  /// What ``carried`` stands for, once the ends of pipes in it exist in this process.
  package var handles: [any WireHandle]
  /// What stands for the interface ids in its header, once those ends exist in this process.
  package var ends: [PipeEnd] = []
  /// Which trace it belongs to, as its sender says.
  package var context: TraceContext?
  /// The side that wrote it; `nil` when it was written in this process.
  package var writer: Channel.Side?

  package init(
    endpoint: EndpointID, bytes: [UInt8], carried: [CarriedItem] = [], cost: Credit = .zero,
    isRelayed: Bool = false, isReturned: Bool = false
  ) {
    self.endpoint = endpoint
    self.bytes = bytes
    self.carried = carried
    self.cost = cost
    self.isRelayed = isRelayed
    self.isReturned = isReturned
    handles = carried.compactMap {
      if case .descriptor(let attachment) = $0 { attachment } else { nil }
    }
  }

  package init(
    endpoint: EndpointID, bytes: [UInt8], attachments: [Attachment], cost: Credit = .zero
  ) {
    self.init(
      endpoint: endpoint, bytes: bytes, carried: attachments.map { .descriptor($0) }, cost: cost)
  }

  /// The descriptors among what it carries.
  package var attachments: [Attachment] { handles.compactMap { $0 as? Attachment } }
}

/// A message of which not every fragment has come. There is at most one on a connection, charged in full at its first fragment.
struct PartialMessage: Sendable {
  let kind: FrameKind
  let endpoint: EndpointID
  let total: Int
  let flags: UInt8
  var bytes: [UInt8]
  var carried: [CarriedItem]
  let cost: Credit
}

/// A packet on its way through ``Channel/next(in:)``.
package struct IncomingPacket: Sendable {
  let bytes: ArraySlice<UInt8>
  var reader: FrameReader
  /// Descriptors that no frame has declared yet.
  var unclaimed: ArraySlice<SharedDescriptor>

  /// - Parameters:
  ///   - bytes: what one receive call brought.
  ///   - descriptors: those that came with it, claimed by the frames in order.
  package init(_ bytes: ArraySlice<UInt8>, descriptors: [SharedDescriptor]) {
    self.bytes = bytes
    reader = FrameReader(bytes)
    unclaimed = descriptors[...]
  }
}
