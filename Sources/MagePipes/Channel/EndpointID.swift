/// Names one end of a pipe on one connection, like a descriptor number names an open file in one process: it means nothing
/// elsewhere, so there is nothing to guess and nothing to leak.
///
/// Bit 31 tells which side minted the id, so that both can mint without asking. Zero is no endpoint.
package struct EndpointID: Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  static let none = EndpointID(rawValue: 0)

  /// Set in the ids that workers mint.
  package static let workerBit: UInt32 = 1 << 31

  package var isWorkers: Bool { rawValue & Self.workerBit != 0 }

  /// The pipe that comes with the invitation; minted by the host.
  package static let bootstrap = EndpointID(rawValue: 1)
}

/// Why an end of a pipe was closed, told to the peer.
public struct CloseReason: Equatable, Hashable, Sendable {
  /// The longest text that travels, in bytes of UTF-8.
  public static let maxTextBytes = 256

  /// 0 is an ordinary close; other values belong to the application.
  public let code: UInt32
  /// For people; cut to ``maxTextBytes``. Text from a worker is untrusted: print it escaped.
  public let text: String

  public init(code: UInt32 = 0, text: String = "") {
    self.code = code
    self.text = Self.shortened(text)
  }

  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > maxTextBytes else { return text }
    var short = ""
    for character in text {
      guard short.utf8.count + character.utf8.count <= maxTextBytes else { break }
      short.append(character)
    }
    return short
  }
}
