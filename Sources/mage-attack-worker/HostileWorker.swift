internal import CRawCalls
internal import CrimeSimulation
internal import Glibc
internal import MageDrill
internal import MageWire
internal import MageWorker

/// A worker of `mage torture` that has turned: does what its seed says and does not come back.
enum HostileWorker {
  private static let channel: Int32 = 3
  /// So many packets, spoiled or not, before a mutant ends itself.
  private static let mostPackets = 40

  static func commit(_ orders: Drill.OrdersReply) async throws {
    let behaviour = Behaviour(seed: orders.seed)
    var mutator = Mutator(seed: orders.seed)
    switch behaviour {
    case .mutants:
      for packet in mutator.preamble() { sendSurely(packet) }
      for _ in 0..<mostPackets {
        let (packet, descriptors) = mutator.next()
        send(packet, descriptors)
      }
      end(mutator.number(below: 4))
    case .flood: Crime.flood.commit()
    case .victim: raw_wait_forever()
    case .descriptors: sendDescriptor(mutator.number(below: 6))
    case .noise: makeNoise(mutator.number(below: 3))
    case .crash: raw_segfault()
    case .exit: end(0)
    case .forbidden: Crime.openPasswd.commit()
    case .deathInMessage:
      sendHalf()
      end(0)
    case .ends, .interfaces, .streams, .buffers:
      for packet in Trick(behaviour, seed: orders.seed)?.packets ?? [] { sendSurely(packet) }
      raw_wait_forever()
    case .neighbour: try await misuse(orders.neighbour, mutator.number(below: 2))
    case .dawdler: try await dawdle(orders.from, orders.to)
    case .silence, .half, .interrupted, .stillbirth, .babble: break  // by their arguments
    }
  }

  /// Before the runtime has started.
  static func commitEarly(_ words: [String]) {
    guard let number = words.last.flatMap({ UInt64($0) }) else { return }
    switch words.first.flatMap(Behaviour.init(rawValue:)) {
    case .stillbirth: exit(Int32(clamping: number))
    case .babble:
      var mutator = Mutator(seed: number)
      for _ in 0..<4 { send(mutator.next().packet, 0) }
      raw_wait_forever()
    default: break
    }
  }

  /// Sealed and invited, and then no more than this.
  static func commitInvited(_ words: [String]) {
    switch words.first.flatMap(Behaviour.init(rawValue:)) {
    case .silence: raw_wait_forever()
    case .half:
      sendHalf()
      raw_wait_forever()
    default: break
    }
  }

  /// What can be no ending of the host's making.
  private static func end(_ choice: Int) {
    switch choice {
    case 0: exit(3)
    case 1: raw_segfault()
    case 2: Crime.openPasswd.commit()
    default: Crime.malformedTransport.commit()
    }
  }

  /// Sends another worker what its interface does not know, or dies while that answers.
  private static func misuse(_ neighbour: PendingRemote<Drill>?, _ choice: Int) async throws {
    guard let neighbour else { return }
    guard choice == 0 else {
      let proxy = Drill.Proxy(try neighbour.bind())
      for number in 0..<UInt64(20) { _ = try await proxy.echo(number: number, bytes: [1]) }
      async let last = proxy.echo(number: 20, bytes: [1])
      raw_segfault()
      _ = try await last
      return
    }
    let liar = Remote<Nonsense>(try neighbour.take())
    _ = try await liar.call(Nonsense.unknown, Drill.VisitReply(right: 1))
  }

  /// Has room for a stream and reads nothing of it, and begins another and never ends it.
  private static func dawdle(_ from: DataPipeConsumer?, _ to: DataPipeProducer?) async throws {
    guard let reader = try from?.bind(), let writer = try to?.bind() else { return }
    try await writer.write([1])
    try await Task.sleep(for: .seconds(3600))
    withExtendedLifetime((reader, writer)) {}
  }

  /// What is no attachment, or not the one that it is said to be.
  private static func sendDescriptor(_ choice: Int) {
    switch choice {
    case 0: Crime.sendSocket.commit()
    case 1: Crime.sendUnaskedDescriptor.commit()
    // A region that can shrink under its reader; one of pages that can run out; a doorbell; an empty device.
    case 2: sendAttachment(.region, raw_call(319, name, 0, 0, 0, 0, 0))
    case 3: sendAttachment(.region, sealed(raw_call(319, name, 6, 0, 0, 0, 0)))
    case 4: sendAttachment(.doorbell, Int64(doorbell))
    default: sendAttachment(.file, 0)
    }
    raw_wait_forever()
  }

  /// Packets that cost nothing and mean nothing; one is enough.
  private static func makeNoise(_ choice: Int) {
    switch choice {
    case 0: send([], 0)
    case 1: send(Crime.frame(kind: 6, endpoint: 0, payload: [UInt8](repeating: 0, count: 16)), 0)
    default: send(Crime.frame(kind: 3, flags: 1, endpoint: 1, payload: []), 0)
    }
    raw_wait_forever()
  }

  /// memfd_create(2) takes any text.
  private static var name: UInt64 { UInt64(UInt(bitPattern: strdup("torture"))) }

  /// F_ADD_SEALS with F_SEAL_SHRINK and F_SEAL_GROW, as a region has them.
  private static func sealed(_ memory: Int64) -> Int64 {
    _ = raw_call(77, UInt64(bitPattern: memory), 2 << 20, 0, 0, 0, 0)  // ftruncate
    _ = raw_call(72, UInt64(bitPattern: memory), 1033, 6, 0, 0, 0)  // fcntl
    return memory
  }

  /// The first pipe that it has: its end of a ring's bell.
  private static var doorbell: Int32 {
    (4..<32).first { descriptor in
      var facts = stat()
      return fstat(descriptor, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO
    } ?? 0
  }

  private static func sendAttachment(_ kind: AttachmentKind, _ descriptor: Int64) {
    let message = [24] + [UInt8](repeating: 0, count: 23) + [8] + [UInt8](repeating: 0, count: 7)
    let packet = Crime.frame(kind: 1, endpoint: 1, attachments: [kind.rawValue], payload: message)
    _ = raw_packet(channel, packet, packet.count, [Int32(truncatingIfNeeded: descriptor)], 1)
  }

  private static func sendHalf() {
    let piece = [UInt8](repeating: 0, count: 64)
    send(Crime.frame(kind: 1, flags: 1, endpoint: 1, total: 4096, payload: piece), 0)
  }

  /// The socket does not wait, so this does: a trick is its packets in their order.
  private static func sendSurely(_ packet: [UInt8]) {
    while raw_packet(channel, packet, packet.count, nil, 0) == -Int64(EAGAIN) { sched_yield() }
  }

  private static func send(_ packet: [UInt8], _ descriptors: Int) {
    let given: [Int32] = Array([0, 1, channel].prefix(descriptors))
    // The socket does not wait: a packet that finds no room is lost, which harms nobody but the attack.
    _ = raw_packet(channel, packet, packet.count, given, given.count)
  }
}

/// Shares no method with ``Drill``.
private enum Nonsense: Interface {
  static let name = "mage.Nonsense"
  static let unknown = Method<Nonsense, Drill.VisitReply, Drill.VisitReply>(77, "Unknown")
}
