internal import CRawCalls
internal import CrimeSimulation
internal import Glibc
internal import MageDrill

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
    case .descriptors:
      (mutator.number(below: 2) == 0 ? Crime.sendSocket : .sendUnaskedDescriptor).commit()
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
