/// The kinds of picture that the demo decodes, told by their first bytes: a file's name is only a
/// claim.
package enum ImageFormat: Equatable, Sendable {
  case png, jpeg

  /// `nil` when the bytes begin like neither.
  package init?(of bytes: RawSpan) {
    if Self.begins(bytes, with: [0x89, 0x50, 0x4e, 0x47]) {
      self = .png
    } else if Self.begins(bytes, with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else {
      return nil
    }
  }

  private static func begins(_ bytes: RawSpan, with magic: [UInt8]) -> Bool {
    guard bytes.byteCount >= magic.count else { return false }
    return magic.indices.allSatisfy { index in
      unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) == magic[index]
    }
  }
}
