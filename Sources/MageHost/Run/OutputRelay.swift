internal import Glibc
internal import MageSystem
internal import Synchronization

/// Passes what a program writes to where it belongs, and counts it.
///
/// The program gets a pipe and never the host's own descriptor: behind that may be a terminal, or a file that can be read and
/// seeked as well. Each relay has a thread, because whoever reads at the other end may be slow without holding up anything else.
final class OutputRelay: Sendable {
  private let source: OwnedDescriptor
  private let target: OwnedDescriptor
  private let meter: OutputMeter

  /// - Parameter number: this process's descriptor; it is duplicated.
  /// - Returns: the relay, and the end that the program writes to.
  static func make(
    to number: Int32, _ meter: OutputMeter
  ) throws(SystemError) -> (relay: OutputRelay, end: SharedDescriptor) {
    let pipe = try Pipe.make()
    let target = OwnedDescriptor(owning: try duplicate(number))
    let end = pipe.writeEnd
    return (OutputRelay(pipe.takeReadEnd(), target, meter), end)
  }

  private init(
    _ source: consuming OwnedDescriptor, _ target: consuming OwnedDescriptor, _ meter: OutputMeter
  ) {
    self.source = source
    self.target = target
    self.meter = meter
  }

  static func duplicate(_ number: Int32) throws(SystemError) -> Int32 {
    // Above the numbers of the standard streams, should one of those be closed.
    let copy = Glibc.dup(number)
    guard copy >= 0 else { throw SystemError("dup(\(number))", errno: errno) }
    return copy
  }

  /// Starts; `ended` is called on the relay's thread when the program can write no more and all is passed on.
  func start(_ ended: @escaping @Sendable () -> Void) throws(SystemError) {
    try Thread.start(name: "mage-output") { [self] in
      Pipe.blockBrokenPipeSignal()
      pass()
      ended()
    }
  }

  private func pass() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = buffer.withUnsafeMutableBytes {
        Glibc.read(source.number, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      let granted = meter.take(count)
      guard write(buffer[..<granted]) else { return }
    }
  }

  /// Whether there is still somebody to write for.
  private func write(_ bytes: ArraySlice<UInt8>) -> Bool {
    var left = bytes
    while !left.isEmpty {
      let count = left.withUnsafeBytes { Glibc.write(target.number, $0.baseAddress, $0.count) }
      if count < 0, errno == EAGAIN {
        // Somebody else made the descriptor non-blocking: wait for room all the same.
        var room = pollfd(fd: target.number, events: Int16(POLLOUT), revents: 0)
        _ = poll(&room, 1, -1)
        continue
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      left = left.dropFirst(count)
    }
    return true
  }
}

/// What all outputs of a program may carry together.
final class OutputMeter: Sendable {
  let limit: UInt64
  private let written = Atomic<UInt64>(0)
  private let passed: @Sendable () -> Void

  /// - Parameter passed: called, possibly more than once and on any thread, when more was written than the limit.
  init(limit: UInt64, passed: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.passed = passed
  }

  var total: UInt64 { written.load(ordering: .relaxed) }

  /// How many of `count` bytes are within the limit.
  func take(_ count: Int) -> Int {
    let size = UInt64(clamping: count)
    let before = written.add(size, ordering: .relaxed).oldValue
    guard before &+ size > limit else { return count }
    passed()
    return Int(clamping: limit > before ? limit - before : 0)
  }
}

extension Pipe {
  /// On the calling thread: writing to a pipe that nobody reads then fails instead of ending the host.
  static func blockBrokenPipeSignal() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }
}
