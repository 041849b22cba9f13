internal import BenchPipes
internal import CFloor
internal import CrimeSimulation
internal import MageWorker

/// The benchmarks' worker, a static executable: takes pipes, counts what comes through them, and breaks off when it is told.
@main
struct BenchWorker {
  static func main() {
    Worker.run { pipe in Receiver(pipe, Pipes.handlers(Taker())) }
  }
}

private final class Taker: Pipes.Service {
  private let sum = Sum()

  func echo(text: String) async throws -> String { text }

  func take(counter: PendingReceiver<Counter>) async throws {
    try counter.bind(Counter.handlers(sum))
  }

  func count() async throws -> UInt64 { sum.total }

  func `break`(moment: UInt64) async throws {
    while floor_now() < moment {}
    Crime.malformedTransport.commit()
  }
}
