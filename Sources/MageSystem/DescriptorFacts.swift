internal import CMageSystem

/// What the kernel says a descriptor is. A receiver asks before it trusts a descriptor that a peer sent.
public struct DescriptorFacts: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case regularFile, directory, socket, fifo, characterDevice, blockDevice, symbolicLink, anonymous
  }

  public enum Access: Equatable, Sendable { case readOnly, writeOnly, readWrite, pathOnly }

  public let kind: Kind
  /// The mode's permission bits (inode(7)).
  public let permissions: UInt32
  /// The user whose file it is.
  public let owner: UInt32
  public let access: Access
  /// `F_SEAL_*` bits of a memfd; `nil` when the descriptor is none.
  public let seals: UInt32?
  /// Bytes; meaningful for regular files and memfds.
  public let size: Int64
  public let device: UInt64
  public let inode: UInt64

  /// Asks the kernel about `descriptor` (fstat(2), fcntl(2) F_GETFL and F_GET_SEALS).
  public init(of descriptor: Int32) throws(SystemError) {
    var facts = mage_descriptor_facts()
    _ = try check("fstat", unsafe mage_describe_descriptor(descriptor, &facts))
    kind = Self.kind(ofMode: facts.mode)
    permissions = facts.mode & 0o7777
    owner = facts.owner
    access = Self.access(ofFlags: facts.status_flags)
    seals = facts.seals < 0 ? nil : UInt32(facts.seals)
    size = facts.size
    device = facts.device
    inode = facts.inode
  }

  private static func kind(ofMode mode: UInt32) -> Kind {
    switch mode & 0o170000 {  // S_IFMT, inode(7)
    case 0o100000: .regularFile
    case 0o040000: .directory
    case 0o140000: .socket
    case 0o010000: .fifo
    case 0o020000: .characterDevice
    case 0o060000: .blockDevice
    case 0o120000: .symbolicLink
    default: .anonymous  // eventfd, epoll, pidfd …: no file type
    }
  }

  private static func access(ofFlags flags: Int32) -> Access {
    if flags & 0o10000000 != 0 { return .pathOnly }  // O_PATH
    return switch flags & 3 {
    case 0: .readOnly
    case 1: .writeOnly
    default: .readWrite
    }
  }
}
