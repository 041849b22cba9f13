internal import CRawCalls
internal import CrimeSimulation
internal import Glibc
internal import MageDrill
internal import MageWire

/// A worker of `mage torture` that has turned: does what its seed says and does not come back.
enum HostileWorker {
  private static let channel: Int32 = 3
  /// So many packets, spoiled or not, before a mutant ends itself.
  private static let mostPackets = 40

  static func commit(seed: UInt64) {
    var mutator = Mutator(seed: seed)
    switch Behaviour(seed: seed) {
    case .mutants:
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

  private static func send(_ packet: [UInt8], _ descriptors: Int) {
    let given: [Int32] = Array([0, 1, channel].prefix(descriptors))
    // The socket does not wait: a packet that finds no room is lost, which harms nobody but the attack.
    _ = raw_packet(channel, packet, packet.count, given, given.count)
  }
}
