internal import Mage
internal import MageWire

/// Makes good packets and spoils them.
package struct Mutator: Sendable {
  private var random: SplitMix

  package init(seed: UInt64) { random = SplitMix(seed: seed &+ 1) }

  /// Good packets that come first, in half of the cases: with them the host has ends, streams and interfaces for what follows to spoil.
  package mutating func preamble() -> [[UInt8]] {
    guard chance(2) else { return [] }
    return [
      Packets.meet(Packets.own(1)), Packets.copy(from: Packets.own(2), to: Packets.own(3)),
      Packets.join(Packets.own(1)),
    ]
  }

  /// A packet and how many descriptors go with it.
  package mutating func next() -> (packet: [UInt8], descriptors: Int) {
    var packet = good()
    if chance(4) { packet += good() }
    for _ in 0..<Int.random(in: 0...3, using: &random) { spoil(&packet) }
    let descriptors = chance(8) ? Int.random(in: 1...3, using: &random) : 0
    return (packet, descriptors)
  }

  /// A number below `limit`.
  package mutating func number(below limit: Int) -> Int {
    Int.random(in: 0..<max(limit, 1), using: &random)
  }

  private mutating func chance(_ one: Int) -> Bool { number(below: one) == 0 }

  // MARK: Good packets

  private mutating func good() -> [UInt8] {
    var writer = FrameWriter()
    let bytes = (0..<number(below: 200)).map { _ in UInt8.random(in: 0...255, using: &random) }
    let own = Packets.own(UInt32(1 + number(below: 3)))
    switch number(below: 15) {
    case 0, 1: writer.append(.message, endpoint: 1, payload: Self.message(.oneWay, bytes)[...])
    case 2:
      writer.append(
        .message, endpoint: 1, payload: Self.message(.request(id: random.next()), bytes)[...])
    case 3:
      writer.append(.reply, endpoint: 1, payload: Self.message(.reply(id: 1), bytes)[...])
    case 4:
      let message = Self.message(.oneWay, bytes)
      let total = UInt32(clamping: message.count)
      writer.append(.message, flags: 1, endpoint: 1, total: total, payload: message.prefix(16))
      writer.append(.fragment, endpoint: 1, payload: message.dropFirst(16))
    case 5: writer.append(.close, endpoint: 1, payload: [1, 0, 0, 0, 98, 121, 101])
    // As if it had taken something.
    case 6: writer.append(.credit, payload: [1, 0, 0, 0] + Array(repeating: 0, count: 12)[...])
    case 7: return Packets.meet(own, isMoved: chance(3))
    case 8: return Packets.copy(from: own, to: own + 1)
    case 9: return Packets.say(1, ordinal: 0, interface: Packets.own(1))
    case 10: return chance(2) ? Packets.left(own) : Packets.close(own)
    case 11: return Packets.write(Packets.own(2), 1 + bytes.count)
    case 13: return chance(2) ? Packets.join(own) : Packets.grant(Packets.own(3), 4096)
    case 12: return Packets.buffer(.bufferWanted, 65_536)
    // A trace in front of the message.
    default:
      writer.append(
        .message, flags: Frame.contextFlag, endpoint: 1,
        payload: bytes.prefix(32) + Self.message(.oneWay, bytes)[...])
    }
    return writer.bytes
  }

  /// A message that works.
  private static func message(_ kind: MessageEncoder.Kind, _ bytes: [UInt8]) -> [UInt8] {
    MessageEncoder.encode(
      kind, ordinal: Drill.echo.ordinal, Drill.EchoParameters(number: 1, bytes: bytes)
    ).bytes
  }

  // MARK: Spoiling

  private mutating func spoil(_ packet: inout [UInt8]) {
    guard !packet.isEmpty else { return }
    let place = number(below: packet.count)
    switch number(below: 6) {
    case 0: packet[place] ^= 1 << UInt8(number(below: 8))
    case 1: packet.removeLast(number(below: packet.count))
    case 2: packet[place] = .random(in: 0...255, using: &random)
    case 3: write(Self.borders.randomElement(using: &random) ?? 0, into: &packet, at: place / 4 * 4)
    case 4: packet.removeSubrange(place..<min(place + 8, packet.count))
    default: packet.insert(contentsOf: packet.prefix(place), at: place)
    }
  }

  /// Numbers at which lengths, indices and ids go wrong.
  private static let borders: [UInt32] = [
    0, 1, 7, 8, 15, 16, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, .max, 1 << 20, 1 << 16,
  ]

  private func write(_ value: UInt32, into packet: inout [UInt8], at place: Int) {
    for index in 0..<4 where place + index < packet.count {
      packet[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8))
    }
  }
}
