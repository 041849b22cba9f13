internal import CRawCalls
internal import CrimeSimulation
internal import MageSystem
internal import MageWorker
internal import ProbeInterface

/// The tests' worker as a static executable: no dynamic linker, no shared object, nothing in its view but its own name.
///
/// Its argument says what goes wrong in its prepare step.
@main
struct StaticWorker {
  static func main() {
    Worker.run(prepare: prepare) { pipe in Receiver(pipe, handlers) }
  }

  private static func prepare() throws {
    switch Worker.arguments.first {
    case "fail": throw Failure()
    case "work":
      // Most of half a second of processor time.
      let start = MonotonicTime.now
      while MonotonicTime.now.since(start) < .milliseconds(500) {}
    case "start-thread": try Thread.start(name: "bystander") { raw_wait_forever() }
    default: break
    }
  }

  private static var handlers: Handlers<Probe> {
    var handlers = Handlers<Probe>()
    handlers.on(Probe.echo) { Probe.EchoReply(text: $0.text) }
    handlers.on(Probe.commit) { request -> Empty in
      Crime(rawValue: request.crime)?.commit()
      return Empty()
    }
    return handlers
  }

  struct Failure: Error {}
}
