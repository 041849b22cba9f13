internal import CAttempts
internal import CrimeSimulation
internal import Glibc
internal import MageDrill
internal import MageWire
internal import MageWorker
internal import Synchronization

/// What `mage attack` and `mage torture` start under policies for workers.
@main
struct AttackWorker {
  static func main() {
    let words = Worker.arguments
    HostileWorker.commitEarly(words)
    Worker.run { pipe in
      switch words.first {
      case "drill": Receiver(pipe, handlers())
      case "hostile": askForOrders(Remote<Drill>(pipe))
      default:
        HostileWorker.commitInvited(words)
        if words.first == "crime", let crime = words.last.flatMap(Crime.init(rawValue:)) {
          crime.commit()
        }
        exit(attempt(words))
      }
    }
  }

  private static func askForOrders(_ host: Remote<Drill>) {
    Task {
      let orders = try await host.call(Drill.orders, Empty())
      HostileWorker.commit(seed: orders.number)
    }
  }

  private static func attempt(_ words: [String]) -> Int32 {
    var arguments = words.map { strdup($0) }
    return attempt_run(Int32(clamping: arguments.count), &arguments)
  }

  private static func handlers() -> Handlers<Drill> {
    let counter = Counter()
    var handlers = Handlers<Drill>()
    handlers.on(Drill.echo) { lesson in
      Lesson(counter.next(), lesson.bytes)
    }
    return handlers
  }

  private final class Counter: Sendable {
    private let count = Mutex<UInt64>(0)
    func next() -> UInt64 {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }
}
