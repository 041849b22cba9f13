internal import Foundation
internal import Glibc

/// Listens on a port of 127.0.0.1.
package final class LocalListener: Sendable {
  package struct Failed: Error {}

  private let socket: Int32
  package let port: UInt16

  package init() throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = socket
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, size) == 0 && listen(number, 4) == 0 && getsockname(number, $0, &size) == 0
      }
    }
    guard isBound else { throw Failed() }
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(socket) }

  /// Sends `text` to the next who connects.
  package func greetOnce(_ text: String) {
    Thread.detachNewThread { [self] in
      let connection = accept(socket, nil, nil)
      _ = text.withCString { write(connection, $0, strlen($0)) }
      close(connection)
    }
  }
}
