internal import Glibc
internal import MagePolicy
internal import MageSystem

/// Connections that a policy grants (`network { connect "127.0.0.1" port 8080 }`).
///
/// The program's own socket lies in an empty network. The host connects one of its own and puts it in that socket's place.
struct ConnectionBroker {
  private let grants: Set<SocketAddress>

  /// A granted connection, and the caller's descriptor that becomes it.
  struct Wish {
    /// A copy of the caller's sockaddr.
    let address: [UInt8]
    let family: Int32
    let descriptor: Int32
    /// O_* bits of the caller's own socket.
    let flags: UInt32

    var closeOnExec: Bool { flags & OpenFlags.closeOnExec != 0 }
    var isNonBlocking: Bool { flags & OpenFlags.nonBlocking != 0 }
  }

  init(_ grants: [ConnectGrant], _ addresses: PinnedAddresses) {
    self.grants = Set(grants.flatMap { addresses.of($0) })
  }

  func wish(
    of call: StoppedCall, _ listener: borrowing FilterListener
  ) throws(Refusal) -> Wish {
    guard call.arguments.count > 2 else { throw Refusal(errno: Errno.invalid) }
    let descriptor = Int32(truncatingIfNeeded: call.arguments[0])
    let size = Int(UInt32(truncatingIfNeeded: call.arguments[2]))
    guard (16...128).contains(size) else { throw Refusal(errno: Errno.invalid) }
    do throws(SystemError) {
      let pid = Int32(clamping: call.pid)
      let bytes = try RemoteMemory.read(pid, call.arguments[1], count: size)
      let flags = try CallerSocket.flags(of: descriptor, pid)
      guard listener.isWaiting(call.id) else {
        throw SystemError("NOTIF_ID_VALID", errno: Errno.noEntry)
      }
      guard let address = SocketAddress(bytes), grants.contains(address) else {
        throw SystemError("connect", errno: Errno.accessDenied)
      }
      return Wish(
        address: bytes, family: Int32(address.family), descriptor: descriptor, flags: flags)
    } catch {
      throw Refusal(errno: error.errno)
    }
  }
}

/// An address and port as sockaddr_in and sockaddr_in6 hold them.
struct SocketAddress: Hashable, Sendable {
  let family: UInt16
  /// 4 or 16 bytes.
  let host: [UInt8]
  let port: UInt16

  init(family: Int32, host: [UInt8], port: UInt16) {
    self.family = UInt16(truncatingIfNeeded: family)
    self.host = host
    self.port = port
  }

  /// - Parameter bytes: a sockaddr as somebody wrote it.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 16 else { return nil }
    let family = Int32(bytes[0]) | Int32(bytes[1]) << 8
    let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    switch family {
    case AF_INET: self.init(family: family, host: Array(bytes[4..<8]), port: port)
    case AF_INET6 where bytes.count >= 28:
      self.init(family: family, host: Array(bytes[8..<24]), port: port)
    default: return nil
    }
  }
}

/// What the kernel says of a caller's descriptor (proc_pid_fdinfo(5)).
private enum CallerSocket {
  static func flags(of descriptor: Int32, _ pid: Int32) throws(SystemError) -> UInt32 {
    guard let link = try? FileReading.link("/proc/\(pid)/fd/\(descriptor)") else {
      throw SystemError("connect", errno: Errno.badDescriptor)
    }
    guard link.hasPrefix("socket:") else { throw SystemError("connect", errno: ENOTSOCK) }
    let bytes = try FileReading.read("/proc/\(pid)/fdinfo/\(descriptor)", limit: 4096)
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("flags:")
    }
    let digits = line?.dropFirst(6).drop { $0.isWhitespace } ?? ""
    return UInt32(digits, radix: 8) ?? 0
  }
}

/// A connection of the host's that is being made.
struct OutgoingConnection {
  let socket: SharedDescriptor
  let isComplete: Bool

  /// Begins; never waits (connect(2) of a non-blocking socket).
  init(to wish: ConnectionBroker.Wish) throws(SystemError) {
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let number = Glibc.socket(wish.family, kind, 0)
    guard number >= 0 else { throw SystemError("socket", errno: errno) }
    socket = SharedDescriptor(OwnedDescriptor(owning: number))
    let status = wish.address.withUnsafeBytes { raw in
      Glibc.connect(
        number, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
    }
    let failure = errno
    guard status == 0 || failure == EINPROGRESS else {
      throw SystemError("connect", errno: failure)
    }
    isComplete = status == 0
  }

  /// Of a socket that has become writable: whether it is connected.
  static func check(_ socket: SharedDescriptor) throws(SystemError) {
    var failure: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(socket.number, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 else {
      throw SystemError("getsockopt", errno: errno)
    }
    guard failure == 0 else { throw SystemError("connect", errno: failure) }
  }

  /// Waits or not as the caller's own socket does.
  static func adopt(_ wish: ConnectionBroker.Wish, _ socket: SharedDescriptor) {
    guard !wish.isNonBlocking else { return }
    let flags = fcntl(socket.number, F_GETFL, 0)
    if flags >= 0 { _ = fcntl(socket.number, F_SETFL, flags & ~O_NONBLOCK) }
  }
}
