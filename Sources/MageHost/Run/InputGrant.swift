internal import Glibc
internal import MageSystem

/// What a program gets as its input: bytes to read, and nothing that can be done more with.
enum InputGrant {
  /// - Parameters:
  ///   - number: this process's descriptor. A closed one is an empty input.
  ///   - null: the empty input.
  static func make(
    _ number: Int32, null: SharedDescriptor
  ) throws(SpawnError) -> SharedDescriptor {
    guard let facts = try? DescriptorFacts(of: number) else { return null }
    do throws(SystemError) {
      switch (facts.kind, facts.access) {
      case (.directory, _):
        // A directory in the program's hands is a way out of its view.
        throw SystemError("the input is a directory", errno: EISDIR)
      case (.regularFile, _): return try ownFile(number)
      case (.fifo, .readOnly):
        return SharedDescriptor(OwnedDescriptor(owning: try OutputRelay.duplicate(number)))
      case (.characterDevice, _) where isatty(number) == 0:
        return SharedDescriptor(OwnedDescriptor(owning: try OutputRelay.duplicate(number)))
      default:
        // A terminal or a socket could be written to, or asked for more than bytes.
        return try relay(number)
      }
    } catch {
      throw .notPossible("\(error)")
    }
  }

  /// The same file as an open file of the program's own, at the same position: whoever else reads from the host's (a shell reads its script so)
  /// is not moved by what the program does.
  private static func ownFile(_ number: Int32) throws(SystemError) -> SharedDescriptor {
    let position = lseek(number, 0, SEEK_CUR)
    let file = try OwnedDescriptor.open("/proc/self/fd/\(number)", flags: O_RDONLY)
    if position > 0, lseek(file.number, position, SEEK_SET) < 0 {
      throw SystemError("lseek", errno: errno)
    }
    return SharedDescriptor(file)
  }

  private static func relay(_ number: Int32) throws(SystemError) -> SharedDescriptor {
    let pipe = try Pipe.make()
    let end = pipe.writeEnd
    let source = SharedDescriptor(OwnedDescriptor(owning: try OutputRelay.duplicate(number)))
    // The thread waits in read(2) for as long as the source has nothing, and ends with it or with the process.
    try Thread.start(name: "mage-input") {
      Pipe.blockBrokenPipeSignal()
      pass(from: source.number, to: end.number)
    }
    return SharedDescriptor(pipe.takeReadEnd())
  }

  private static func pass(from source: Int32, to target: Int32) {
    var buffer = [UInt8](repeating: 0, count: 4 << 10)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(source, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      var left = buffer[..<count]
      while !left.isEmpty {
        let written = left.withUnsafeBytes { Glibc.write(target, $0.baseAddress, $0.count) }
        guard written > 0 else { return }
        left = left.dropFirst(written)
      }
    }
  }
}
