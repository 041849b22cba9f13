import MageHost
import ProbeInterface
import Synchronization

/// The host's own implementation of what the tests' worker does with ends of pipes, as far as a worker asks for it.
final class HostTraveller: Traveller.Service {
  struct NotHere: Error {}

  private let state = Mutex<[UInt32]>([])
  private let visitor = Mutex<Traveller.Proxy?>(nil)

  func echo(text: String) async throws -> String { text }
  func note(number: UInt32) async throws { state.withLock { $0.append(number) } }
  func notes() async throws -> [UInt32] { state.withLock { $0 } }

  func visit(remote: PendingRemote<Traveller>, count: UInt32) async throws -> String {
    let proxy = Traveller.Proxy(try remote.bind())
    visitor.withLock { $0 = proxy }
    try await note(number: count)
    return "from the host"
  }

  func meet(receivers: [PendingReceiver<Traveller>]) async throws { throw NotHere() }
  func keep(receiver: PendingReceiver<Traveller>) async throws { throw NotHere() }
  func `return`() async throws -> PendingReceiver<Traveller> { throw NotHere() }
  func join(receiver: PendingAssociatedReceiver<Companion>) async throws { throw NotHere() }
  func follow(remote: PendingAssociatedRemote<Companion>, count: UInt32) async throws {
    throw NotHere()
  }
  func copy(from: DataPipeConsumer, to: DataPipeProducer) async throws -> UInt64 {
    throw NotHere()
  }
  func dawdle(from: DataPipeConsumer, to: DataPipeProducer) async throws { throw NotHere() }

  func consult(
    oracle: PendingRemote<Oracle>, count: UInt32
  ) async throws -> (answers: [UInt32], notes: UInt32) { throw NotHere() }

  /// Waits for that many notes.
  func numbers(_ count: Int) async throws -> [UInt32] {
    for _ in 0..<5000 where state.withLock({ $0.count }) < count {
      try await Task.sleep(for: .milliseconds(1))
    }
    return state.withLock { $0 }
  }

  /// Calls whoever came.
  func called() async throws -> String? {
    try await visitor.withLock { $0 }?.echo(text: "called by the host")
  }
}

/// Shares a pipe with the worker's interface.
final class HostCompanion: Companion.Service {
  private let state = Mutex<(numbers: [UInt32], isFollowed: Bool)>(([], false))

  func note(number: UInt32) async throws { state.withLock { $0.numbers.append(number) } }

  func echo(text: String) async throws -> String {
    state.withLock { $0.isFollowed = true }
    return text
  }

  /// The numbers that had come when the worker asked for its echo.
  func untilFollowed() async -> [UInt32] {
    for _ in 0..<5000 where !state.withLock({ $0.isFollowed }) {
      try? await Task.sleep(for: .milliseconds(1))
    }
    return state.withLock { $0.numbers }
  }
}

/// Answers each question with the number after it, and has something to say to the asker before.
final class HostOracle: Oracle.Service {
  private let asker: Traveller.Proxy

  init(_ asker: Traveller.Proxy) { self.asker = asker }

  func ask(number: UInt32) async throws -> UInt32 {
    try await asker.note(number: number)
    return number + 1
  }
}

/// Says that it was asked, and has no answer before the asker is gone for long.
final class SilentOracle: Oracle.Service {
  private let asked: AsyncStream<UInt32>.Continuation

  init(_ asked: AsyncStream<UInt32>.Continuation) { self.asked = asked }

  func ask(number: UInt32) async throws -> UInt32 {
    asked.yield(number)
    try await Task.sleep(for: .seconds(60))
    return number
  }
}
