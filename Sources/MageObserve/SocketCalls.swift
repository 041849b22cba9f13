internal import Glibc
internal import MageSystem

/// What a server does with its sockets. None of them ever blocks.
enum SocketCalls {
  /// The next who connects; `nil` when there is none.
  static func accept(_ listener: Int32) -> SharedDescriptor? {
    let number = Glibc.accept(listener, nil, nil)
    guard number >= 0 else { return nil }
    let descriptor = SharedDescriptor(OwnedDescriptor(owning: number))
    // accept4(2) would do it at once, and is not in this libc's module. What the host starts meanwhile is the launcher, which closes all that it was not given.
    guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0, fcntl(number, F_SETFL, O_NONBLOCK) == 0 else {
      return nil
    }
    return descriptor
  }

  /// Sends what fits without waiting: 0 when nothing does, `nil` when the peer has gone.
  static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
    let count = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    guard count < 0 else { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }
}
