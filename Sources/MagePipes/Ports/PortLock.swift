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
  private var actions: [() -> Void] = []

  mutating func add(_ action: @escaping () -> Void) { actions.append(action) }

  func run() {
    for action in actions { action() }
  }
}
