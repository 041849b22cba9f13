public import MagePipes
public import MageSystem
public import MageWire

extension Attachment {
  /// A file that the peer may read: a regular file, open for reading only.
  ///
  /// - Throws: `EINVAL` when the descriptor is anything else. A peer would be refused for sending it.
  public static func file(_ descriptor: consuming OwnedDescriptor) throws(SystemError) -> Attachment
  {
    try Attachment(sending: descriptor, as: .file)
  }
}

extension MessageDecoder {
  /// An attachment of one kind, in a field of that type.
  public mutating func attachment(
    _ fields: StructView, _ offset: Int, _ name: String, _ kind: AttachmentKind
  ) throws(Malformed) -> Attachment {
    try Self.checked(try handle(fields, offset, name), name, kind)
  }

  /// The same, or `nil`.
  public mutating func optionalAttachment(
    _ fields: StructView, _ offset: Int, _ name: String, _ kind: AttachmentKind
  ) throws(Malformed) -> Attachment? {
    guard let handle = try optionalHandle(fields, offset, name) else { return nil }
    return try Self.checked(handle, name, kind)
  }

  private static func checked(
    _ handle: any WireHandle, _ name: String, _ kind: AttachmentKind
  ) throws(Malformed) -> Attachment {
    guard let attachment = handle as? Attachment, attachment.kind == kind else {
      throw Malformed(.interface(.attachmentKind), field: name, detail: "wants \(kind)")
    }
    return attachment
  }
}
