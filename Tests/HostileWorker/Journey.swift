internal import MageWorker
internal import ProbeInterface
internal import Synchronization

/// Does with ends of pipes what it is asked.
final class Journey: Traveller.Service {
  private struct State {
    var notes: [UInt32] = []
    var kept: PendingReceiver<Traveller>?
    var dawdling: [any Sendable] = []
  }

  private let state = Mutex(State())

  func echo(text: String) async throws -> String { text }

  func note(number: UInt32) async throws { state.withLock { $0.notes.append(number) } }

  func notes() async throws -> [UInt32] { state.withLock { $0.notes } }

  func meet(receivers: [PendingReceiver<Traveller>]) async throws {
    for receiver in receivers { try receiver.bind(Traveller.handlers(Journey())) }
  }

  func keep(receiver: PendingReceiver<Traveller>) async throws {
    state.withLock { $0.kept = receiver }
  }

  func `return`() async throws -> PendingReceiver<Traveller> {
    guard let kept = state.withLock({ $0.kept.take() }) else { throw HostileWorker.Failure() }
    return kept
  }

  func visit(remote: PendingRemote<Traveller>, count: UInt32) async throws -> String {
    let proxy = Traveller.Proxy(try remote.bind())
    for number in 0..<count { try await proxy.note(number: number) }
    return try await proxy.echo(text: "visited")
  }

  func join(receiver: PendingAssociatedReceiver<Companion>) async throws {
    try receiver.bind(Companion.handlers(Fellow(self)))
  }

  func follow(remote: PendingAssociatedRemote<Companion>, count: UInt32) async throws {
    let proxy = Companion.Proxy(try remote.bind())
    for number in 0..<count { try await proxy.note(number: number) }
    _ = try await proxy.echo(text: "followed")
  }

  func copy(from: DataPipeConsumer, to: DataPipeProducer) async throws -> UInt64 {
    let (reader, writer) = (try from.bind(), try to.bind())
    var count: UInt64 = 0
    for try await bytes in reader {
      try await writer.write(bytes)
      count += UInt64(bytes.count)
    }
    try writer.finish()
    return count
  }

  func dawdle(from: DataPipeConsumer, to: DataPipeProducer) async throws {
    let (reader, writer) = (try from.bind(), try to.bind())
    state.withLock { $0.dawdling += [reader, writer] as [any Sendable] }
    Task { for byte in UInt8(0)..<100 { try await writer.write([byte]) } }
  }

  func consult(
    oracle: PendingRemote<Oracle>, count: UInt32
  ) async throws -> (answers: [UInt32], notes: UInt32) {
    let before = state.withLock { $0.notes.count }
    let answers = try wait(Oracle.Proxy(try oracle.bind()), count)
    return (answers, UInt32(clamping: state.withLock { $0.notes.count } - before))
  }

  /// As a callback of a C library would.
  private func wait(_ oracle: Oracle.Proxy, _ count: UInt32) throws -> [UInt32] {
    try (0..<count).map { try oracle.ask(number: $0) }
  }

  private final class Fellow: Companion.Service {
    private let journey: Journey

    init(_ journey: Journey) { self.journey = journey }

    func note(number: UInt32) async throws { try await journey.note(number: number) }

    func echo(text: String) async throws -> String { text }
  }
}
