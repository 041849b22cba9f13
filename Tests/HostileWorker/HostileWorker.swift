internal import CRawCalls
internal import CrimeSimulation
internal import Glibc
internal import MageSystem
internal import MageWorker
internal import ProbeInterface
internal import Synchronization

/// The worker of the tests: friendly until it is told to commit a crime, or hostile from its first instruction on when its
/// argument says so.
@main
struct HostileWorker {
  static func main() {
    if let argument = Worker.arguments.first { EarlyCrime(rawValue: argument)?.commit() }
    let counter = Counter()
    Worker.run(
      prepare: { if Worker.arguments.first == "fail-to-prepare" { throw Failure() } },
      { pipe in
        if Worker.arguments.first == "call-host" {
          callHost(pipe)
        } else {
          Receiver(pipe, handlers(counter))
        }
      })
  }

  private static func handlers(_ counter: Counter) -> Handlers<Probe> {
    var handlers = Handlers<Probe>()
    handlers.on(Probe.echo) { $0 }
    handlers.on(Probe.commit) { request in
      Crime(rawValue: request.text)?.commit()
      return request
    }
    handlers.on(Probe.readFile) { request in
      let file = try request.file.descriptor.duplicate()
      return Text(String(decoding: try FileReading.read(file, "file", limit: 4096), as: UTF8.self))
    }
    handlers.on(Probe.fail) { _ in throw Failure() }
    handlers.on(Probe.note) { _ in counter.count.withLock { $0 += 1 } }
    handlers.on(Probe.notes) { _ in Text("\(counter.count.withLock { $0 })") }
    handlers.on(Probe.lie) { _ in Text(String(repeating: "x", count: Text.longest + 1)) }
    handlers.on(Probe.sum) { request in
      let bytes = try SharedRegion(request.region).copy(limit: 16 << 20)
      return Text("\(bytes.reduce(0) { $0 + Int($1) })")
    }
    handlers.on(Probe.bind) { _ in Text("\(bindSocket())") }
    handlers.on(Probe.makeRegion) { request in
      let count = Int(request.text) ?? 1
      return RegionRequest(try SharedRegion.frozen(Array(repeating: 7, count: count)).attachment)
    }
    return handlers
  }

  private static func bindSocket() -> Int64 {
    let socket = raw_call(41, 2, 1, 0, 0, 0, 0)  // socket(AF_INET, SOCK_STREAM)
    var address: [UInt8] = [2, 0, 0x1F, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    return address.withUnsafeMutableBytes { raw in
      let start = UInt64(UInt(bitPattern: raw.baseAddress))
      return raw_call(49, UInt64(bitPattern: socket), start, 16, 0, 0, 0)
    }
  }

  /// The other way round: the worker calls what the host implements.
  private static func callHost(_ pipe: consuming Endpoint) {
    let host = Remote<Probe>(pipe)
    let wish = Worker.arguments.dropFirst().first ?? "echo"
    Task {
      do {
        let answer = try await host.call(Probe.echo, Text(wish))
        try await host.send(Probe.note, answer)
      } catch {
        try await host.send(Probe.note, Text("\(error)"))
      }
    }
  }

  struct Failure: Error {}

  final class Counter: Sendable {
    let count = Mutex(0)
  }
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

  private static let channel: Int32 = 3

  func commit() {
    switch self {
    case .noHello: raw_wait_forever()
    case .openSocket: _ = raw_call(41, 2, 1, 0, 0, 0, 0)
    case .crash: raw_segfault()
    case .exit: Glibc.exit(9)
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
