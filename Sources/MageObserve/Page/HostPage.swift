internal import Glibc
public import MageHost
internal import MagePipes
public import MageSystem

/// A page that shows a running host in a browser: its workers as a tree, the pipes between them, what they use and how they end.
///
/// It is there when asked for and not otherwise, on 127.0.0.1 only, and shows and changes nothing else. Its address holds a secret of 128 bits, without which there is nothing
/// to see: other users of the machine, other pages in the browser, and workers that may open connections to this machine get 403. It speaks as much of HTTP as a browser needs for
/// that, in bounded memory: requests of at most 4096 bytes, 32 connections, five seconds for each.
public final class HostPage: Sendable {
  private let core: PageCore
  /// `http://127.0.0.1:PORT/SECRET/`. Whoever has it may look.
  public let address: String

  /// - Parameters:
  ///   - host: what is shown.
  ///   - port: 0 for any that is free.
  /// - Throws: `EADDRINUSE`, and what socket(2), bind(2) and listen(2) say.
  public init(_ host: Host, port: UInt16 = 0) throws(SystemError) {
    let listener = try LoopbackListener(port: port)
    var random = SystemRandomNumberGenerator()
    let token = (0..<2).map { _ in Self.digits(random.next()) }.joined()
    let loop = try Loop()
    core = PageCore(host, listener, PageRoutes(token: token, port: listener.port), loop)
    address = "http://127.0.0.1:\(listener.port)/\(token)/"
    try LoopThread.start(loop)
    Task { [core] in await core.start() }
  }

  deinit { Task { [core] in await core.close() } }

  /// Closes the page.
  public func close() async { await core.close() }

  private static func digits(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A listening TCP socket of this machine's own.
struct LoopbackListener {
  let descriptor: SharedDescriptor
  let port: UInt16

  init(port: UInt16) throws(SystemError) {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
    guard number >= 0 else { throw SystemError("socket(AF_INET)", errno: errno) }
    descriptor = SharedDescriptor(OwnedDescriptor(owning: number))
    var yes: Int32 = 1
    setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, size) == 0 && listen(number, 16) == 0
          && getsockname(number, $0, &size) == 0
      }
    }
    guard isBound else { throw SystemError("bind(127.0.0.1:\(port))", errno: errno) }
    self.port = UInt16(bigEndian: address.sin_port)
  }
}
