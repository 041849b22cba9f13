internal import Glibc
internal import MagePolicy

/// What the host names of a policy's grants meant when they were looked up. They mean that for the whole life of the program:
/// a name server that answers otherwise later changes nothing.
struct PinnedAddresses: Equatable, Sendable {
  private var byName: [String: [Host]] = [:]

  struct Host: Hashable, Sendable {
    let family: Int32
    let bytes: [UInt8]
  }

  init() {}

  mutating func pin(_ name: String, to hosts: [Host]) { byName[name] = hosts }

  func of(_ grant: ConnectGrant) -> [SocketAddress] {
    hosts(grant.host).map {
      SocketAddress(family: $0.family, host: $0.bytes, port: grant.port)
    }
  }

  private func hosts(_ name: String) -> [Host] {
    Self.numeric(name).map { [$0] } ?? byName[name] ?? Self.wellKnown[name] ?? []
  }

  /// Known without asking.
  private static let wellKnown = [
    "localhost": [
      Host(family: AF_INET, bytes: [127, 0, 0, 1]),
      Host(family: AF_INET6, bytes: Array(repeating: 0, count: 15) + [1]),
    ]
  ]

  /// Whether somebody has to be asked what `name` means.
  static func isAsked(_ name: String) -> Bool { numeric(name) == nil && wellKnown[name] == nil }

  /// An address as numbers.
  private static func numeric(_ name: String) -> Host? {
    for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: size)
      if inet_pton(family, name, &bytes) == 1 { return Host(family: family, bytes: bytes) }
    }
    return nil
  }
}
