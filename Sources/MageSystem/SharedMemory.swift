internal import CMageSystem
internal import Glibc

/// F_SEAL_* bits (fcntl(2)).
public struct Seals: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// No more seals may be added.
  public static let seal = Seals(rawValue: 1)
  /// The file cannot become shorter: a reader of a mapping cannot be hit by SIGBUS.
  public static let shrink = Seals(rawValue: 2)
  /// The file cannot become longer.
  public static let grow = Seals(rawValue: 4)
  /// Nobody can write, by any descriptor or mapping.
  public static let write = Seals(rawValue: 8)
  /// Nobody can write but by the mappings that there are.
  public static let futureWrite = Seals(rawValue: 16)
}

/// Anonymous memory behind a descriptor (memfd_create(2)).
package enum SharedMemory {
  /// A zeroed region of `size` bytes under `seals`; shrink and grow are always sealed.
  package static func create(
    name: String, size: Int, seals: Seals = []
  ) throws(SystemError) -> OwnedDescriptor {
    let memory = OwnedDescriptor(
      owning: try check("memfd_create", unsafe mage_memfd_create(name)))
    guard ftruncate(memory.number, size) == 0 else { throw SystemError("ftruncate", errno: errno) }
    try add(seals.union([.shrink, .grow]), to: memory.number)
    return memory
  }

  package static func add(_ seals: Seals, to descriptor: Int32) throws(SystemError) {
    _ = try check("fcntl(F_ADD_SEALS)", mage_add_seals(descriptor, seals.rawValue))
  }
}

/// A mapping of a region, unmapped when the owner goes.
///
/// The bytes may be changed by whoever else maps the region while they are read, unless the region is sealed against
/// writing. Copy out before looking twice at anything.
// @unchecked because of the raw pointer: the mapping is owned by this move-only value alone.
@safe package struct Mapping: ~Copyable, @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer

  /// Maps the first `count` bytes of `descriptor` shared (mmap(2)). `count` must be positive.
  package init(_ descriptor: Int32, count: Int, writable: Bool) throws(SystemError) {
    let protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
    let address = unsafe mmap(nil, count, protection, MAP_SHARED, descriptor, 0)
    guard unsafe address != MAP_FAILED, let address = unsafe address else {
      throw SystemError("mmap", errno: errno)
    }
    unsafe bytes = UnsafeMutableRawBufferPointer(start: address, count: count)
  }

  deinit { _ = unsafe munmap(bytes.baseAddress, bytes.count) }
}
