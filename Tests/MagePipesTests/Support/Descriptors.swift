import CMageSystem
import Glibc
import MageSystem
import Testing

extension SharedDescriptor {
  /// A regular file, open for reading only.
  static func file() throws -> SharedDescriptor {
    SharedDescriptor(try OwnedDescriptor.open("/proc/self/exe", flags: O_RDONLY))
  }

  static func directory() throws -> SharedDescriptor {
    SharedDescriptor(try OwnedDescriptor.open("/", flags: O_RDONLY | O_DIRECTORY))
  }

  static func memory(sealedWith seals: Seals) throws -> SharedDescriptor {
    let memory = OwnedDescriptor(owning: try check("memfd_create", mage_memfd_create("test")))
    try #require(ftruncate(memory.number, 4096) == 0)
    try SharedMemory.add(seals, to: memory.number)
    return SharedDescriptor(memory)
  }

  /// Sealed as a region must be, of huge pages: there may be none left when its reader comes to one (SIGBUS). `nil` where the kernel has none at all.
  static func hugeMemory() throws -> SharedDescriptor? {
    // Not in the libc's module: MFD_CLOEXEC, MFD_ALLOW_SEALING, MFD_HUGETLB.
    typealias Create = @convention(c) (UnsafePointer<CChar>, CUnsignedInt) -> CInt
    guard let symbol = dlsym(nil, "memfd_create") else { return nil }
    let number = unsafeBitCast(symbol, to: Create.self)("test", 1 | 2 | 4)
    guard number >= 0 else { return nil }
    let memory = SharedDescriptor(OwnedDescriptor(owning: number))
    try #require(ftruncate(number, 2 << 20) == 0)
    try SharedMemory.add([.shrink, .grow], to: number)
    return memory
  }

  /// Like a file in every way, and its sender can still make it shorter under a reader's mapping.
  private static func readOnlyMemory() throws -> SharedDescriptor {
    let memory = try memory(sealedWith: [])
    return SharedDescriptor(
      try OwnedDescriptor.open("/proc/self/fd/\(memory.number)", flags: O_RDONLY))
  }

  /// A file that could be written through the descriptor; it has no name any more.
  private static func writableFile() throws -> SharedDescriptor {
    let path = "/tmp/mage-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    let file = try OwnedDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
    try #require(unlink(path) == 0)
    return SharedDescriptor(file)
  }

  private static func socket() throws -> SharedDescriptor {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
    mage_close(ends[1])
    return SharedDescriptor(OwnedDescriptor(owning: ends[0]))
  }

  private static func pipeEnd() throws -> SharedDescriptor {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    mage_close(ends[1])
    return SharedDescriptor(OwnedDescriptor(owning: ends[0]))
  }

  /// Everything that a worker might pass off as a file.
  static func notFiles() throws -> [(String, SharedDescriptor)] {
    [
      ("directory", try directory()),
      ("device", SharedDescriptor(try OwnedDescriptor.open("/dev/null", flags: O_RDONLY))),
      ("path only", SharedDescriptor(try OwnedDescriptor.open("/proc/self/exe", flags: pathOnly))),
      ("writable", try writableFile()),
      ("memfd", try memory(sealedWith: [.shrink])),
      ("read-only memfd", try readOnlyMemory()),
      ("unsealed memfd", try memory(sealedWith: [])),
      ("socket", try socket()),
      ("pipe", try pipeEnd()),
      ("epoll", SharedDescriptor(OwnedDescriptor(owning: epoll_create1(0)))),
      ("eventfd", SharedDescriptor(OwnedDescriptor(owning: eventfd(0, 0)))),
      ("listener", try listener()),
      ("procfs", SharedDescriptor(try OwnedDescriptor.open("/proc/self/maps", flags: O_RDONLY))),
      (
        "namespace",
        SharedDescriptor(try OwnedDescriptor.open("/proc/self/ns/net", flags: O_RDONLY))
      ),
      (
        "sysfs",
        SharedDescriptor(
          try OwnedDescriptor.open("/sys/kernel/mm/transparent_hugepage/enabled", flags: O_RDONLY))
      ),
    ]
  }

  /// O_PATH, which the libc hides behind a feature macro.
  private static let pathOnly: Int32 = 0o10000000
}
