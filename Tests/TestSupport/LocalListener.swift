internal import Foundation
internal import Glibc
internal import Synchronization

/// Listens on a port of 127.0.0.1.
package final class LocalListener: Sendable {
  package struct Failed: Error {}

  private let socket: Int32
  private let taking = Mutex<Int32>(-1)
  private let callers = Mutex<[Int32]>([])
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

  deinit {
    taking.withLock { number in
      // Closing it would not wake the thread that waits on it.
      if number >= 0 { shutdown(number, Int32(SHUT_RDWR)) }
    }
    for caller in callers.withLock({ $0 }) { close(caller) }
    close(socket)
  }

  /// Takes whoever connects and lets him go, until the listener itself goes.
  package func takeEverybody() {
    let socket = dup(socket)
    taking.withLock { $0 = socket }
    Thread.detachNewThread {
      while case let connection = accept(socket, nil, nil), connection >= 0 { close(connection) }
    }
  }

  /// Connects until nobody is answered any more, and leaves it so while the listener lives.
  package func fillUp() {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    for _ in 0..<16 {
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
      let waiting = Glibc.socket(AF_INET, kind, 0)
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = connect(waiting, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      callers.withLock { $0.append(waiting) }
    }
  }

  /// Sends `text` to the next who connects.
  package func greetOnce(_ text: String) {
    Thread.detachNewThread { [self] in
      let connection = accept(socket, nil, nil)
      _ = text.withCString { write(connection, $0, strlen($0)) }
      close(connection)
    }
  }
}
