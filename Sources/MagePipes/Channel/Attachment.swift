public import MageSystem
public import MageWire

/// A descriptor in a message, of a kind that was checked against what the kernel says it is.
public struct Attachment: Sendable {
  public let kind: AttachmentKind
  public let descriptor: SharedDescriptor

  package init(kind: AttachmentKind, descriptor: SharedDescriptor) {
    self.kind = kind
    self.descriptor = descriptor
  }
}

extension Attachment {
  /// Takes a descriptor that a peer sent, if it is what the peer's frame says.
  ///
  /// A directory would be a door into the file system, a file of procfs one into other processes, a socket a channel that nobody checks,
  /// and a region that can shrink or whose huge pages can run out a way to kill its reader with SIGBUS: none of them passes here under any kind.
  ///
  /// - Parameter side: who receives. A worker trusts its host with where a file lies: its policy need not let it ask.
  init(
    received descriptor: SharedDescriptor, declared raw: UInt8, by side: Channel.Side
  ) throws(Malformed) {
    guard let kind = AttachmentKind(rawValue: raw) else {
      throw Malformed(.channel(.attachmentKindUnknown), detail: "kind \(raw)")
    }
    let facts: DescriptorFacts
    do throws(SystemError) {
      facts = try DescriptorFacts(of: descriptor.number)
    } catch {
      throw Malformed(.channel(.attachmentMismatch), detail: "\(error)")
    }
    guard kind.isSatisfied(by: facts, number: descriptor.number) else {
      throw Malformed(
        .channel(.attachmentMismatch), detail: "declared \(kind), is \(facts.kind) \(facts.access)")
    }
    guard side == .worker || kind.mayLie(where: descriptor.number) else {
      throw Malformed(
        .channel(.attachmentMismatch), detail: "declared \(kind), lies on another file system")
    }
    self.init(kind: kind, descriptor: descriptor)
  }
}

extension AttachmentKind {
  /// Whether a file of this kind may lie on the file system where the descriptor's does.
  fileprivate func mayLie(where number: Int32) -> Bool {
    switch self {
    case .file: (try? FileSystemKind(of: number))?.isKernels == false
    case .region, .frozenRegion: (try? FileSystemKind(of: number)) == .memory
    case .doorbell, .listener, .endpoint, .payload: true
    }
  }

  func isSatisfied(by facts: DescriptorFacts, number: Int32) -> Bool {
    let seals = Seals(rawValue: facts.seals ?? 0)
    switch self {
    case .file:
      // A memfd is a regular file to fstat, and a region must not pass as a file. Files of a tmpfs answer as memfds do, with the one seal
      // that says that they take no others.
      return facts.kind == .regularFile && facts.access == .readOnly
        && (facts.seals == nil || seals == .seal)
    case .region:
      return facts.kind == .regularFile && seals.isSuperset(of: [.shrink, .grow])
    case .frozenRegion:
      return facts.kind == .regularFile && seals.isSuperset(of: [.shrink, .grow, .write])
    case .doorbell:
      return facts.kind == .fifo && facts.access != .readWrite
    case .listener:
      return facts.kind == .anonymous && AnonymousKind.name(of: number) == "seccomp notify"
    case .endpoint, .payload:
      return false  // no descriptor is one
    }
  }
}

/// Attachments are what the handles of our messages are.
extension Attachment: WireHandle {}

extension Attachment {
  /// Takes a descriptor to be sent, by the rules by which the peer will judge it: a mistake is found here, and not by
  /// the end of the connection.
  ///
  /// - Throws: `EINVAL` when the descriptor is not of that kind.
  package init(
    sending descriptor: consuming OwnedDescriptor, as kind: AttachmentKind
  ) throws(SystemError) {
    let facts = try DescriptorFacts(of: descriptor.number)
    guard kind.isSatisfied(by: facts, number: descriptor.number) else {
      throw SystemError("attach as \(kind)", errno: Errno.invalid)
    }
    self.init(kind: kind, descriptor: SharedDescriptor(descriptor))
  }
}
