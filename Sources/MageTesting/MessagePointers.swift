/// Where the objects of a message lie, guessed from its bytes alone: a word that leads to something that looks like an object is a pointer.
struct MessagePointers {
  /// An array or a string. Structs look alike; growing one breaks another rule.
  struct Array: Equatable {
    let start: Int
    /// Bytes without padding, the header included.
    let size: Int
    let count: Int

    var elementSize: Int { count > 0 && (size - 8) % count == 0 ? (size - 8) / count : 1 }
  }

  private let message: [UInt8]
  private let places: [(pointer: Int, target: Int)]

  init(_ message: [UInt8]) {
    self.message = message
    places = stride(from: 24, to: message.count - 7, by: 8).compactMap { position in
      let distance = message.uint32(at: position)
      guard message.uint32(at: position + 4) == 0, distance >= 8, distance % 8 == 0 else {
        return nil
      }
      let target = position + Int(distance)
      guard target <= message.count - 8 else { return nil }
      let size = Int(message.uint32(at: target))
      return size >= 8 && size <= message.count - target ? (position, target) : nil
    }
  }

  var arrays: [Array] {
    Set(places.map(\.target)).sorted().map { start in
      Array(
        start: start, size: Int(message.uint32(at: start)),
        count: Int(message.uint32(at: start + 4)))
    }
  }

  /// The message with more elements, like the last one, in one array; what lies behind is moved, and the pointers to it too.
  func growing(_ array: Array, to count: Int) -> [UInt8] {
    let end = array.start + array.size
    let behind = min((end + 7) / 8 * 8, message.count)
    let element =
      array.count > 0 ? Swift.Array(message[(end - array.elementSize)..<end]) : [UInt8(ascii: "x")]
    var bytes = Swift.Array(message[..<end])
    for _ in array.count..<count { bytes += element }
    bytes.set(UInt32(clamping: bytes.count - array.start), at: array.start)
    bytes.set(UInt32(clamping: count), at: array.start + 4)
    bytes += [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    let shift = bytes.count - behind
    bytes += message[behind...]
    for place in places where place.pointer < behind && place.target >= behind {
      bytes.set(UInt32(clamping: place.target - place.pointer + shift), at: place.pointer)
    }
    return bytes
  }
}

extension [UInt8] {
  func uint32(at position: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(self[position + $1]) << UInt32($1 * 8) }
  }

  mutating func set(_ value: UInt32, at position: Int) {
    for byte in 0..<4 {
      self[position + byte] = UInt8(truncatingIfNeeded: value >> UInt32(byte * 8))
    }
  }
}
