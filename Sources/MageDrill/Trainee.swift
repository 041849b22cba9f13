package import Mage
internal import Synchronization

/// Answers ``Drill``: a friendly worker, and the host that a hostile one sees, which suspects nothing.
package final class Trainee: Drill.Service {
  struct NotHere: Error {}

  private struct State {
    var echoes: UInt64 = 0
    var kept: [UInt64: PendingReceiver<Drill>] = [:]
  }

  private let state = Mutex(State())
  private let given: Drill.OrdersReply?

  /// - Parameter orders: what a hostile worker is told.
  package init(orders: Drill.OrdersReply? = nil) { given = orders }

  package func echo(
    number: UInt64, bytes: [UInt8]
  ) async throws -> (number: UInt64, bytes: [UInt8]) {
    let count = state.withLock { state in
      state.echoes &+= 1
      return state.echoes
    }
    return (count, bytes)
  }

  package func orders() async throws -> (
    seed: UInt64, neighbour: PendingRemote<Drill>?, from: DataPipeConsumer?, to: DataPipeProducer?
  ) {
    guard let given else { throw NotHere() }
    return (given.seed, given.neighbour, given.from, given.to)
  }

  package func copy(from: DataPipeConsumer, to: DataPipeProducer) async throws -> UInt64 {
    let (reader, writer) = (try from.bind(), try to.bind())
    var count: UInt64 = 0
    for try await bytes in reader {
      try await writer.write(bytes)
      count &+= UInt64(bytes.count)
    }
    try writer.finish()
    return count
  }

  package func join(receiver: PendingAssociatedReceiver<Beside>) async throws {
    try receiver.bind(Beside.handlers(Notebook()))
  }

  package func meet(receiver: PendingReceiver<Drill>) async throws {
    try receiver.bind(Drill.handlers(Trainee()))
  }

  package func keep(number: UInt64, receiver: PendingReceiver<Drill>) async throws {
    try state.withLock { state in
      guard state.kept.count < Self.mostKept else { throw NotHere() }
      state.kept[number] = receiver
    }
  }

  /// A hostile worker may ask its host to keep ends too.
  private static let mostKept = 64

  package func giveBack(number: UInt64) async throws -> PendingReceiver<Drill> {
    guard let kept = state.withLock({ $0.kept.removeValue(forKey: number) }) else {
      throw NotHere()
    }
    return kept
  }

  package func visit(remote: PendingRemote<Drill>, count: UInt32) async throws -> UInt32 {
    let proxy = Drill.Proxy(try remote.bind())
    var right: UInt32 = 0
    for number in 0..<count {
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 8)
      let answer = try await proxy.echo(number: UInt64(number), bytes: bytes)
      if answer == (UInt64(number) &+ 1, bytes) { right &+= 1 }
    }
    return right
  }
}

/// Answers ``Beside``.
private final class Notebook: Beside.Service {
  private let numbers = Mutex<[UInt32]>([])
  /// As many as fit into an answer; a hostile worker may send more.
  private static let most = 1_000

  func note(number: UInt32) async throws {
    numbers.withLock { if $0.count < Self.most { $0.append(number) } }
  }

  func notes() async throws -> [UInt32] { numbers.withLock { $0 } }
}
