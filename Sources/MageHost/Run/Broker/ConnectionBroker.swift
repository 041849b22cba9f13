internal import Glibc
internal import MagePolicy
internal import MageSystem

/// Connects to places that a policy grants (`network { connect "127.0.0.1" port 8080 }`).
///
/// The program's own socket lies in an empty network. The host connects one of its own and puts it in that socket's place.
struct ConnectionBroker {
  private let grants: Set<Address>

  /// An address and port as sockaddr_in and sockaddr_in6 hold them.
  struct Address: Hashable {
    let family: UInt16
    /// 4 or 16 bytes.
    let host: [UInt8]
    let port: UInt16
  }

  init(_ grants: [ConnectGrant]) {
    self.grants = Set(grants.flatMap { Self.addresses(of: $0) })
  }

  /// Grants by address. A host's name is looked up once, when the program is planned; `localhost` is known without asking.
  private static func addresses(of grant: ConnectGrant) -> [Address] {
    let names = grant.host == "localhost" ? ["127.0.0.1", "::1"] : [grant.host]
    return names.compactMap { name in
      for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
        var bytes = [UInt8](repeating: 0, count: size)
        guard inet_pton(family, name, &bytes) == 1 else { continue }
        return Address(family: UInt16(family), host: bytes, port: grant.port)
      }
      return nil
    }
  }

  func connect(_ call: StoppedCall, by listener: borrowing FilterListener) throws(Refusal) {
    guard call.arguments.count > 2 else { throw Refusal(errno: Errno.invalid) }
    let descriptor = Int32(truncatingIfNeeded: call.arguments[0])
    let size = Int(UInt32(truncatingIfNeeded: call.arguments[2]))
    guard (16...128).contains(size) else { throw Refusal(errno: Errno.invalid) }
    do throws(SystemError) {
      let bytes = try RemoteMemory.read(
        Int32(clamping: call.pid), call.arguments[1], count: size)
      guard listener.isWaiting(call.id) else {
        throw SystemError("NOTIF_ID_VALID", errno: Errno.noEntry)
      }
      guard let address = Self.address(bytes), grants.contains(address) else {
        throw SystemError("connect", errno: Errno.accessDenied)
      }
      let socket = try Self.connected(bytes, family: Int32(address.family))
      try listener.replace(descriptor, with: socket, of: call.id)
      try listener.answer(call.id, value: 0)
    } catch {
      throw Refusal(errno: error.errno)
    }
  }

  static func address(_ bytes: [UInt8]) -> Address? {
    guard bytes.count >= 16 else { return nil }
    let family = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
    let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    switch Int32(family) {
    case AF_INET: return Address(family: family, host: Array(bytes[4..<8]), port: port)
    case AF_INET6 where bytes.count >= 28:
      return Address(family: family, host: Array(bytes[8..<24]), port: port)
    default: return nil
    }
  }

  /// How long a connection may take: as long as the host's loop can be without.
  private static let patience = timeval(tv_sec: 0, tv_usec: 200_000)

  private static func connected(
    _ address: [UInt8], family: Int32
  ) throws(SystemError) -> OwnedDescriptor {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let number = socket(family, kind, 0)
    guard number >= 0 else { throw SystemError("socket", errno: errno) }
    let socket = OwnedDescriptor(owning: number)
    var patience = patience
    // The send timeout bounds connect(2) as well (socket(7)).
    setsockopt(
      number, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let status = address.withUnsafeBytes { raw in
      Glibc.connect(
        number, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
    }
    let failure = errno
    guard status == 0 else {
      throw SystemError("connect", errno: failure == EINPROGRESS ? ETIMEDOUT : failure)
    }
    var none = timeval()
    setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &none, socklen_t(MemoryLayout<timeval>.size))
    return socket
  }
}
