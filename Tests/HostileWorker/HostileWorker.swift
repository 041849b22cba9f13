internal import CRawCalls
internal import CrimeSimulation
internal import Glibc
internal import MageWorker
internal import ProbeInterface

/// The worker of the tests: friendly until it is told to commit a crime, or hostile from its first instruction on when its
/// argument says so.
@main
struct HostileWorker {
  static func main() {
    if let argument = Worker.arguments.first { EarlyCrime(rawValue: argument)?.commit() }
    Worker.run(
      prepare: { if Worker.arguments.first == "fail-to-prepare" { throw Failure() } },
      { pipe in
        if Worker.arguments.first == "late-crime" { commitLate() }
        switch Worker.arguments.first {
        case "call-host": callHost(pipe)
        case "travel": Receiver(pipe, Traveller.handlers(Journey()))
        case "visit-host": visitHost(pipe)
        default:
          let friend = Friend()
          var handlers = Probe.handlers(friend)
          handlers.onBatch(Probe.gather) { friend.gather($0) }
          Receiver(pipe, handlers)
        }
      })
  }

  /// Late enough that its host can have stopped by then.
  private static func commitLate() {
    Task {
      try await Task.sleep(for: .milliseconds(300))
      Crime.openPasswd.commit()
      raw_wait_forever()
    }
  }

  /// The other way round: the worker calls what the host implements.
  private static func callHost(_ pipe: consuming Endpoint) {
    let host = Probe.Proxy(Remote(pipe))
    let wish = Worker.arguments.dropFirst().first ?? "echo"
    Task {
      do {
        let trace = TraceContext(traceparent: wish)
        let answer = try await TraceContext.$current.withValue(trace) {
          try await host.echo(text: wish)
        }
        try await host.note(text: answer)
      } catch {
        try await host.note(text: "\(error)")
      }
    }
  }

  /// Holds the calling end of the first pipe and hands the host an end of another.
  private static func visitHost(_ pipe: consuming Endpoint) {
    let host = Traveller.Proxy(Remote(pipe))
    let (remote, receiver) = makePipe(of: Traveller.self)
    Task {
      do {
        try receiver.bind(Traveller.handlers(Journey()))
        try await host.note(number: 1)
        let echo = try await host.visit(remote: remote, count: 2)
        try await host.note(number: echo == "from the host" ? 3 : 4)
      } catch {
        try await host.note(number: 5)
      }
    }
  }

  struct Failure: Error {}
}

/// Crimes before the seal. The policy's `startup` phase is in force from the first instruction.
enum EarlyCrime: String {
  case noHello = "no-hello"
  case openSocket = "open-socket"
  case crash
  case exit
  case startThread = "start-thread"
  case sayHelloTwice = "say-hello-twice"
  case sendMessage = "send-message"
  case wrongVersion = "wrong-version"
  case falseListener = "false-listener"
  case spin
  case allocate
  case writeOn = "write-on"

  private static let channel: Int32 = 3

  /// A file in memory, longer than any file may be.
  private func writeOn() {
    // memfd_create
    let file = raw_call(319, UInt64(UInt(bitPattern: strdup("file"))), 0, 0, 0, 0, 0)
    _ = raw_call(77, UInt64(bitPattern: file), 1 << 40, 0, 0, 0, 0)  // ftruncate
    raw_wait_forever()
  }

  func commit() {
    switch self {
    case .noHello: raw_wait_forever()
    case .openSocket: _ = raw_call(41, 2, 1, 0, 0, 0, 0)
    case .crash: raw_segfault()
    case .exit: Glibc.exit(9)
    case .spin: raw_spin()
    case .allocate:
      raw_allocate()
      raw_wait_forever()
    case .writeOn: writeOn()
    case .startThread: _ = raw_call(56, 0x10F00, 0, 0, 0, 0, 0)  // clone(CLONE_VM | CLONE_THREAD …)
    case .sayHelloTwice:
      send(Crime.frame(kind: 16, endpoint: 0, payload: [1, 0, 0, 0, 0, 0, 0, 0]))
      send(Crime.frame(kind: 16, endpoint: 0, payload: [1, 0, 0, 0, 0, 0, 0, 0]))
      raw_wait_forever()
    case .sendMessage:
      send(Crime.frame(kind: 1, endpoint: 1, payload: [8, 0, 0, 0, 0, 0, 0, 0]))
      raw_wait_forever()
    case .wrongVersion:
      send(Crime.frame(kind: 16, endpoint: 0, payload: [2, 0, 0, 0, 0, 0, 0, 0]))
      raw_wait_forever()
    case .falseListener:
      send(Crime.frame(kind: 16, endpoint: 0, payload: [1, 0, 0, 0, 0, 0, 0, 0]))
      let packet = Crime.frame(kind: 18, endpoint: 0, attachments: [4], payload: [])
      var other: Int32 = 0
      // The host answers the hello with the filter; whatever comes before is out of turn.
      var byte: UInt8 = 0
      _ = read(Self.channel, &byte, 1)
      _ = raw_packet(Self.channel, packet, packet.count, &other, 1)
      raw_wait_forever()
    }
  }

  private func send(_ packet: [UInt8]) {
    _ = raw_packet(Self.channel, packet, packet.count, nil, 0)
  }
}
