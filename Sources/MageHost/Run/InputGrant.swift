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
      case (.regularFile, .readOnly), (.fifo, .readOnly):
        return SharedDescriptor(OwnedDescriptor(owning: try OutputRelay.duplicate(number)))
      case (.regularFile, _):
        return SharedDescriptor(
          try OwnedDescriptor.open("/proc/self/fd/\(number)", flags: O_RDONLY))
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
