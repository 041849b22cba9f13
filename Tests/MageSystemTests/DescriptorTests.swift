import CMageSystem
import Glibc
import MageSystem
import Testing

/// Descriptors have one owner, and are what the kernel says they are.
@Suite struct DescriptorTests {
  /// A pipe: whether its writing end is closed shows at its reading end.
  private func makePipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  /// Whether nobody has the writing end any more.
  private func isClosed(_ reading: Int32) -> Bool {
    var wanted = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, 0) == 1 && wanted.revents & Int16(POLLHUP) != 0
  }

  @Test func aDescriptorIsClosedWithItsOwner() throws {
    let ends = try makePipe()
    defer { mage_close(ends.read) }
    do {
      let owner = OwnedDescriptor(owning: ends.write)
      #expect(owner.number == ends.write)
      #expect(!isClosed(ends.read))
    }
    #expect(isClosed(ends.read))
  }

  @Test func aReleasedDescriptorStaysOpen() throws {
    let ends = try makePipe()
    defer { mage_close(ends.read) }
    let number = OwnedDescriptor(owning: ends.write).release()
    #expect(number == ends.write)
    #expect(!isClosed(ends.read))
    mage_close(number)
  }

  @Test func aSharedDescriptorIsClosedWithItsLastReference() throws {
    let ends = try makePipe()
    defer { mage_close(ends.read) }
    var first: SharedDescriptor? = SharedDescriptor(OwnedDescriptor(owning: ends.write))
    var second = first
    first = nil
    #expect(!isClosed(ends.read))
    #expect(second?.number == ends.write)
    second = nil
    #expect(isClosed(ends.read))
  }

  @Test func aDuplicateLivesByItself() throws {
    let ends = try makePipe()
    defer { mage_close(ends.read) }
    do {
      let duplicate = try OwnedDescriptor(owning: ends.write).duplicate()
      #expect(!isClosed(ends.read))
      #expect(duplicate.number != ends.write)
    }
    #expect(isClosed(ends.read))
  }

  @Test func openingSaysWhichFileAndWhy() {
    #expect(throws: SystemError("open(/no/such)", errno: ENOENT)) {
      _ = try OwnedDescriptor.open("/no/such", flags: O_RDONLY)
    }
  }

  @Test func theKernelSaysWhatADescriptorIs() throws {
    let cases: [(String, Int32, DescriptorFacts.Kind, DescriptorFacts.Access)] = [
      ("/proc/self/exe", O_RDONLY, .regularFile, .readOnly),
      ("/proc/self/exe", 0o10000000, .regularFile, .pathOnly),
      ("/", O_RDONLY | O_DIRECTORY, .directory, .readOnly),
      ("/dev/null", O_WRONLY, .characterDevice, .writeOnly),
      ("/dev/null", O_RDWR, .characterDevice, .readWrite),
    ]
    for (path, flags, kind, access) in cases {
      let file = try OwnedDescriptor.open(path, flags: flags)
      let facts = try DescriptorFacts(of: file.number)
      #expect(facts.kind == kind, "\(path)")
      #expect(facts.access == access, "\(path)")
      #expect(facts.seals == nil, "\(path)")
    }
    #expect(throws: SystemError("fstat", errno: EBADF)) { try DescriptorFacts(of: -1) }
  }

  @Test func descriptorsWithoutAFileAreAnonymous() throws {
    let event = OwnedDescriptor(owning: eventfd(0, 0))
    #expect(try DescriptorFacts(of: event.number).kind == .anonymous)
    #expect(AnonymousKind.name(of: event.number) == "[eventfd]")
    let file = try OwnedDescriptor.open("/proc/self/exe", flags: O_RDONLY)
    #expect(AnonymousKind.name(of: file.number) == nil)
    #expect(AnonymousKind.name(of: -1) == nil)
  }

  @Test func memoryIsSealedAgainstAnotherSize() throws {
    let memory = try SharedMemory.create(name: "test", size: 8192)
    let facts = try DescriptorFacts(of: memory.number)
    #expect(facts.kind == .regularFile && facts.size == 8192)
    #expect(Seals(rawValue: facts.seals ?? 0).isSuperset(of: [.shrink, .grow]))
    #expect(ftruncate(memory.number, 4096) == -1)
    #expect(ftruncate(memory.number, 16384) == -1)
  }

  @Test func bothMappingsOfARegionSeeTheSameBytes() throws {
    let memory = try SharedMemory.create(name: "test", size: 4096)
    let writing = try Mapping(memory.number, count: 4096, writable: true)
    let reading = try Mapping(memory.number, count: 4096, writable: false)
    writing.bytes[4095] = 7
    let seen = reading.bytes[4095]
    #expect(seen == 7)
  }

  @Test func frozenMemoryCannotBeWritten() throws {
    let memory = try SharedMemory.create(name: "test", size: 4096, seals: .write)
    #expect(write(memory.number, "x", 1) == -1)
    #expect(throws: SystemError("mmap", errno: EPERM)) {
      _ = try Mapping(memory.number, count: 4096, writable: true)
    }
  }
}
