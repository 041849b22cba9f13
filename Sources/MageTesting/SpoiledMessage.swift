/// A message that was good before something was done to it.
public struct SpoiledMessage: Sendable {
  /// What was done, for reports: `bit 3 of byte 40`.
  public let name: String
  public let bytes: [UInt8]

  /// Everything that is worth doing to a message without knowing what it means: each bit turned over, each place cut off, each number
  /// replaced by those that break arithmetic, bytes added, each object made longer than its limit.
  ///
  /// Most of the results break a rule of the format or of the interface; some are other good messages.
  ///
  /// - Parameter message: an encoded message. Ones of some hundred bytes give some thousand results.
  public static func all(of message: [UInt8]) -> [SpoiledMessage] {
    turned(message) + cut(message) + replaced(message) + extended(message) + grown(message)
  }

  private static func turned(_ message: [UInt8]) -> [SpoiledMessage] {
    message.indices.flatMap { index in
      (0..<8).map { bit in
        var bytes = message
        bytes[index] ^= 1 << UInt8(bit)
        return SpoiledMessage(name: "bit \(bit) of byte \(index)", bytes: bytes)
      }
    }
  }

  private static func cut(_ message: [UInt8]) -> [SpoiledMessage] {
    message.indices.map {
      SpoiledMessage(name: "cut after \($0) bytes", bytes: Array(message.prefix($0)))
    }
  }

  private static func replaced(_ message: [UInt8]) -> [SpoiledMessage] {
    stride(from: 0, to: message.count - 3, by: 4).flatMap { position in
      let old = message.uint32(at: position)
      return [0, 1, old &+ 1, old &- 1, .max, UInt32(Int32.max), UInt32(Int32.max) + 1]
        .filter { $0 != old }
        .map { value in
          var bytes = message
          bytes.set(value, at: position)
          return SpoiledMessage(name: "\(value) at byte \(position)", bytes: bytes)
        }
    }
  }

  private static func extended(_ message: [UInt8]) -> [SpoiledMessage] {
    [1, 7, 8, 64].flatMap { count in
      [0, 0xFF].map { byte in
        SpoiledMessage(
          name: "\(count) bytes of \(byte) added",
          bytes: message + [UInt8](repeating: byte, count: count))
      }
    }
  }

  /// Well formed all through: only a limit of the interface can refuse them.
  private static func grown(_ message: [UInt8]) -> [SpoiledMessage] {
    let pointers = MessagePointers(message)
    return pointers.arrays.flatMap { array in
      [array.count + 1, array.count * 2, 300, 5_000, 70_000].filter { $0 > array.count }
        .map { count in
          SpoiledMessage(
            name: "array at byte \(array.start) grown to \(count) elements",
            bytes: pointers.growing(array, to: count))
        }
    }
  }
}
