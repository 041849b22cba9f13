internal import CAttempts
internal import CrimeSimulation
internal import Glibc
internal import MageDrill
internal import MageWire
internal import MageWorker

/// What `mage attack` and `mage torture` start under policies for workers.
@main
struct AttackWorker {
  static func main() {
    let words = Worker.arguments
    HostileWorker.commitEarly(words)
    Worker.run { pipe in
      switch words.first {
      case "drill": Receiver(pipe, Drill.handlers(Trainee()))
      case "hostile": askForOrders(Remote(pipe))
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
    Task { try await HostileWorker.commit(try await host.call(Drill.orders, Empty())) }
  }

  private static func attempt(_ words: [String]) -> Int32 {
    var arguments = words.map { strdup($0) }
    return attempt_run(Int32(clamping: arguments.count), &arguments)
  }
}
