public import MagePipes
public import MageSystem
public import MageWire

/// Memory that can be handed to a peer as an `Attachment`, for data that is too large to copy through a pipe.
///
/// The peer that still has a region mapped writable may change it at any moment; a *frozen* region nobody can change, this side
/// included (memfd_create(2), F_SEAL_WRITE).
public struct SharedRegion: ~Copyable, Sendable {
  private let descriptor: SharedDescriptor
  /// Bytes.
  public let count: Int
  public let isFrozen: Bool

  /// Makes a frozen region that holds `bytes`.
  ///
  /// - Throws: `EINVAL` for no bytes; what memfd_create(2), ftruncate(2), mmap(2) and fcntl(2) say.
  public static func frozen(_ bytes: [UInt8]) throws(SystemError) -> SharedRegion {
    let memory = try SharedMemory.create(name: "mage-region", size: bytes.count)
    try fill(memory.number, with: bytes)
    // Only now: a writable mapping would be in the way of the seal.
    try SharedMemory.add([.write, .seal], to: memory.number)
    return SharedRegion(SharedDescriptor(memory), count: bytes.count, isFrozen: true)
  }

  private static func fill(_ descriptor: Int32, with bytes: [UInt8]) throws(SystemError) {
    let mapping = try Mapping(descriptor, count: bytes.count, writable: true)
    mapping.bytes.copyBytes(from: bytes)
  }

  /// Opens a region that came in a message; its seals were verified when it came.
  ///
  /// - Throws: `EINVAL` when the attachment is no region, or has no size.
  public init(_ attachment: Attachment) throws(SystemError) {
    guard attachment.kind == .region || attachment.kind == .frozenRegion else {
      throw SystemError("region of a \(attachment.kind)", errno: 22)
    }
    let facts = try DescriptorFacts(of: attachment.descriptor.number)
    guard let count = Int(exactly: facts.size), count > 0 else {
      throw SystemError("region of \(facts.size) bytes", errno: 22)
    }
    self.init(
      attachment.descriptor, count: count, isFrozen: attachment.kind == .frozenRegion)
  }

  /// Memory of `count` bytes that this side has made, and sealed against shrinking.
  package init(_ descriptor: SharedDescriptor, count: Int, isFrozen: Bool = false) {
    self.descriptor = descriptor
    self.count = count
    self.isFrozen = isFrozen
  }

  /// What goes into a message. The region lives as long as one side holds it.
  public var attachment: Attachment {
    Attachment(kind: isFrozen ? .frozenRegion : .region, descriptor: descriptor)
  }

  /// A private copy, taken once: what is looked at afterwards cannot change.
  ///
  /// - Parameter limit: the most bytes that may be copied; a larger region is an error (`EFBIG`), however much a peer has made it.
  public func copy(limit: Int) throws(SystemError) -> [UInt8] {
    guard count <= limit else { throw SystemError("region of \(count) bytes", errno: 27) }
    let mapping = try Mapping(descriptor.number, count: count, writable: false)
    return Array(UnsafeRawBufferPointer(mapping.bytes))
  }

  /// The bytes where they are, mapped until the last copy of the result goes. Those of a frozen region do not change; those of others may
  /// at any moment.
  ///
  /// - Parameter limit: the most bytes that may be mapped; a larger region is an error (`EFBIG`).
  public func bytesInPlace(limit: Int) throws(SystemError) -> UntrustedBytes {
    guard count <= limit else { throw SystemError("region of \(count) bytes", errno: 27) }
    let mapping = try Mapping(descriptor.number, count: count, writable: false)
    return UntrustedBytes(MappedRegion(mapping), count: count)
  }
}

/// A region's mapping behind a reference.
// @unchecked because of the mapping's raw pointer, which lives as long as this does and is only read.
private final class MappedRegion: SharedBytes, @unchecked Sendable {
  private let mapping: Mapping

  var memory: UnsafeRawBufferPointer { UnsafeRawBufferPointer(mapping.bytes) }

  init(_ mapping: consuming Mapping) { self.mapping = mapping }
}
