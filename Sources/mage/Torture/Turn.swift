internal import Mage
internal import MageDrill
internal import Synchronization

/// What friendly workers are asked to do.
enum Turn: String, CaseIterable, Sendable {
  /// A call.
  case echo
  /// A call with an array that goes in a shared buffer.
  case buffer
  /// A stream there and back.
  case stream
  /// An interface that shares the pipe.
  case beside
  /// A pipe that is made while everything runs.
  case meet
  /// A stream through both workers, and the host between them.
  case streamThrough
  /// An end that goes to the one, comes back unread, and is answered by the other.
  case move
  /// One worker calls the other.
  case visit

  /// Those that need no second worker.
  static let ofOne: [Turn] = [.echo, .buffer, .stream, .beside, .meet]

  /// Half of all are calls: how long those take is looked at.
  static func random(_ random: inout SplitMix) -> Turn {
    Bool.random(using: &random) ? .echo : allCases.randomElement(using: &random) ?? .echo
  }
}

/// Two workers that do as they are told, or one.
final class FriendlyPair: Sendable {
  private let first: Drill.Proxy
  private let second: Drill.Proxy
  /// The echoes of the first that were asked for.
  private let echoes = Mutex<UInt64>(0)

  init(_ first: Drill.Proxy, _ second: Drill.Proxy? = nil) {
    self.first = first
    self.second = second ?? first
  }

  /// Takes turns until one fails.
  func turnToTheEnd(_ turn: Turn) async -> any Error {
    while true {
      do {
        _ = try await take(turn, 1_000)
      } catch {
        return error
      }
    }
  }

  /// Whether everything came back that had to.
  func take(_ turn: Turn, _ size: Int) async throws -> Bool {
    switch turn {
    case .echo: try await echo(size)
    case .buffer: try await echo(Self.buffered + size)
    case .stream: try await stream(size * 50, through: [first])
    case .beside: try await beside()
    case .meet: try await meet()
    case .streamThrough: try await stream(size * 50, through: [first, second])
    case .move: try await move()
    case .visit: try await visit()
    }
  }

  /// From here on arrays go in shared buffers.
  private static let buffered = 64 << 10

  /// The worker counts too: a call that was lost or made twice leaves the two apart.
  private func echo(_ size: Int) async throws -> Bool {
    let number = echoes.withLock { number in
      number &+= 1
      return number
    }
    let bytes = Self.pattern(size)
    return try await first.echo(number: number, bytes: bytes) == (number, bytes)
  }

  private func stream(_ size: Int, through workers: [Drill.Proxy]) async throws -> Bool {
    let bytes = Self.pattern(size)
    let pipes = (0...workers.count).map { _ in makeDataPipe() }
    return try await withThrowingTaskGroup(of: Bool.self) { group in
      for (index, worker) in workers.enumerated() {
        group.addTask {
          try await worker.copy(from: pipes[index].consumer, to: pipes[index + 1].producer)
            == UInt64(size)
        }
      }
      group.addTask {
        let writer = try pipes[0].producer.bind()
        try await writer.write(bytes)
        try writer.finish()
        return try await pipes[workers.count].consumer.bind().collect(atMost: size) == bytes
      }
      return try await group.allSatisfy { $0 }
    }
  }

  private func beside() async throws -> Bool {
    let (pending, receiver) = makeAssociated(of: Beside.self)
    try await first.join(receiver: receiver)
    let proxy = Beside.Proxy(try pending.bind())
    for number in 0..<UInt32(10) { try await proxy.note(number: number) }
    return try await proxy.notes() == Array(0..<10)
  }

  private func meet() async throws -> Bool {
    let (pending, receiver) = makePipe(of: Drill.self)
    try await first.meet(receiver: receiver)
    let proxy = Drill.Proxy(try pending.bind())
    // A pipe has a count of its own.
    return try await proxy.echo(number: 1, bytes: [7]) == (1, [7])
  }

  private func move() async throws -> Bool {
    let (pending, receiver) = makePipe(of: Drill.self)
    let proxy = Drill.Proxy(try pending.bind())
    try await first.keep(number: 1, receiver: receiver)
    // Sent to where nobody reads, and answered where somebody does.
    async let early = proxy.echo(number: 1, bytes: [7])
    try await second.meet(receiver: try await first.giveBack(number: 1))
    let last = try await proxy.echo(number: 2, bytes: [8])
    let answers = [try await early.number, last.number]
    return answers.sorted() == [1, 2]
  }

  private func visit() async throws -> Bool {
    let (remote, receiver) = makePipe(of: Drill.self)
    try await first.meet(receiver: receiver)
    return try await second.visit(remote: remote, count: 5) == 5
  }

  private static func pattern(_ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
  }
}
