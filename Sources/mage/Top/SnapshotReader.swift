internal import Glibc
internal import MageSystem

/// Reads lines from a host, none longer than a limit.
final class SnapshotReader {
  private static let longestLine = 16 << 20

  private let descriptor: OwnedDescriptor
  private var bytes: [UInt8] = []
  private var isOver = false

  init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  var number: Int32 { descriptor.number }

  /// The next line, waiting for it; `nil` at the end.
  func next() -> String? {
    while true {
      if let line = takeLine() { return line }
      guard !isOver, fill() else { return nil }
    }
  }

  /// A line that is here already.
  func takeLine() -> String? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let line = String(decoding: bytes[..<end], as: UTF8.self)
    bytes.removeFirst(end + 1)
    return line
  }

  /// Reads once. False at the end.
  func fill() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(descriptor.number, &buffer, buffer.count)
    if count < 0, errno == EINTR { return true }
    guard count > 0, bytes.count + count <= Self.longestLine else {
      isOver = true
      return false
    }
    bytes += buffer.prefix(count)
    return true
  }
}
