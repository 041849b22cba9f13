/// Just enough of the PNG format to add a chunk and to lie in one.
enum PNGChunks {
  /// Bytes before the first chunk, and of the header chunk behind them.
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  static let headerLength = 25

  /// A chunk with its length in front and its checksum behind.
  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let covered = Array(type.utf8) + data
    return bigEndian(UInt32(clamping: data.count)) + covered + bigEndian(checksum(covered))
  }

  /// The PNG with a text chunk right behind its header.
  static func adding(keyword: String, value: String, to png: [UInt8]) -> [UInt8] {
    let split = signature.count + headerLength
    let text = chunk("tEXt", Array(keyword.utf8) + [0] + Array(value.utf8))
    return Array(png.prefix(split)) + text + Array(png.dropFirst(split))
  }

  /// A header for 8-bit RGB.
  static func header(width: UInt32, height: UInt32) -> [UInt8] {
    chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  /// CRC-32 as PNG uses it (ISO 3309).
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xffff_ffff) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0)
      }
    }
  }
}
