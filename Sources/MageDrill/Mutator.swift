internal import Mage
internal import MageWire

/// Makes good packets and spoils them.
package struct Mutator: Sendable {
  private var random: SplitMix

  package init(seed: UInt64) { random = SplitMix(seed: seed &+ 1) }

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
    switch number(below: 7) {
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
    default: writer.append(.credit, payload: [1, 0, 0, 0] + Array(repeating: 0, count: 12)[...])
    }
    return writer.bytes
  }

  /// A message that works.
  private static func message(_ kind: MessageEncoder.Kind, _ bytes: [UInt8]) -> [UInt8] {
    MessageEncoder.encode(kind, ordinal: Drill.echo.ordinal, Lesson(1, bytes)).bytes
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
