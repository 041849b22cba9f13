internal import Synchronization

/// Guards the state of every port of the process.
///
/// One lock for all, because a message moves from one port to another, and a port from one connection to another, in one step; what is done under it is
/// short. Nobody is called while it is held: what has to be told is collected and told afterwards.
enum PortLock {
  private static let mutex = Mutex(())

  static func change<Value: Sendable>(_ body: (inout Effects) -> Value) -> Value {
    var effects = Effects()
    let value = mutex.withLock { _ in body(&effects) }
    effects.run()
    return value
  }
}

/// What follows from a change, and runs once the lock is free, in this order.
struct Effects {
  private enum Effect {
    case run(() -> Void)
    case errand(Connection, Errand)

    func run() {
      switch self {
      case .run(let action): action()
      case .errand(let connection, let errand): connection.run(errand)
      }
    }
  }

  // Few changes have more than two, and those are not allocated.
  private var first: Effect?
  private var second: Effect?
  private var rest: [Effect] = []

  mutating func add(_ action: @escaping () -> Void) { add(.run(action)) }

  mutating func add(_ errand: Errand, for connection: Connection) {
    add(.errand(connection, errand))
  }

  private mutating func add(_ effect: Effect) {
    if first == nil {
      first = effect
    } else if second == nil {
      second = effect
    } else {
      rest.append(effect)
    }
  }

  func run() {
    guard let first else { return }
    first.run()
    second?.run()
    for effect in rest { effect.run() }
  }
}

/// What a port has its connection do, by name and not by closure: most messages have some.
enum Errand: Sendable {
  /// The port has something to send.
  case pump(Port)
  /// The port has something for its receiver.
  case drain(Port)
  /// One of the connection's open requests was answered.
  case slotFreed
  case release(Credit)
  case watchDeadline(TimedCall)
  case forgetDeadline(UInt64)
}

extension Connection {
  /// Runs an errand at once on the loop, and else as soon as the loop comes to it.
  nonisolated func run(_ errand: Errand) {
    guard ifCurrent({ $0.perform(errand) }) == nil else { return }
    Task(executorPreference: loop) { await self.perform(errand) }
  }

  private func perform(_ errand: Errand) {
    switch errand {
    case .pump(let port): pump(port)
    case .drain(let port): drain(port)
    case .slotFreed: slotFreed()
    case .release(let cost): release(cost)
    case .watchDeadline(let call): watchDeadline(of: call)
    case .forgetDeadline(let number): isOver(number)
    }
  }
}
