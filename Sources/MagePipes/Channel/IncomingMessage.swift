package import MageSystem
internal import MageWire

/// A whole message that has passed the transport's and the channel's checks, and none of the later ones.
package struct IncomingMessage: Sendable {
  package let endpoint: EndpointID
  /// The message in the Mojo bindings format.
  package let bytes: [UInt8]
  package let attachments: [Attachment]
  /// What it took from the window; give it back when a handler has taken the message.
  package let cost: Credit

  package init(
    endpoint: EndpointID, bytes: [UInt8], attachments: [Attachment], cost: Credit = .zero
  ) {
    self.endpoint = endpoint
    self.bytes = bytes
    self.attachments = attachments
    self.cost = cost
  }
}

/// A message of which not every fragment has come. There is at most one on a connection, charged in full at its first fragment.
struct PartialMessage: Sendable {
  let kind: FrameKind
  let endpoint: EndpointID
  let total: Int
  var bytes: [UInt8]
  let attachments: [Attachment]
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
