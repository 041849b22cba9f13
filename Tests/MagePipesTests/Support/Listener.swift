import CMageSystem
import Glibc
import MageSystem
import Synchronization
import Testing

extension SharedDescriptor {
  /// The listener of a real filter, which allows everything and is in force on a thread that has ended.
  static func listener() throws -> SharedDescriptor {
    let result = Mutex<Int32?>(nil)
    // A semaphore and not an await: the callers are plain functions, and the thread ends at once.
    let done = Semaphore()
    try Thread.start(name: "listener") {
      let listener = installFilter()
      result.withLock { $0 = listener }
      done.signal()
    }
    done.wait()
    let listener = try #require(result.withLock { $0 })
    return SharedDescriptor(
      OwnedDescriptor(owning: try check("seccomp", listener)))
  }

  /// Returns the listener or a negated errno.
  private static func installFilter() -> Int32 {
    // prctl(2) is variadic, so it is looked up: PR_SET_NO_NEW_PRIVS, without which only root may filter.
    typealias Control = @convention(c) (CInt, CUnsignedLong, CLong, CLong, CLong) -> CInt
    guard let symbol = dlsym(nil, "prctl") else { return -ENOSYS }
    let control = unsafeBitCast(symbol, to: Control.self)
    guard control(38, 1, 0, 0, 0) == 0 else { return -errno }
    // BPF_RET | BPF_K, SECCOMP_RET_ALLOW.
    let program: [UInt8] = [6, 0, 0, 0, 0, 0, 0xFF, 0x7F]
    return mage_seccomp_install(program, 1, true)
  }
}

/// Waits for another thread where nothing can be awaited.
final class Semaphore: Sendable {
  private let pipe: (read: Int32, write: Int32)

  init() {
    var ends: [Int32] = [-1, -1]
    _ = Glibc.pipe(&ends)
    self.pipe = (ends[0], ends[1])
  }

  deinit {
    mage_close(pipe.read)
    mage_close(pipe.write)
  }

  func signal() { _ = write(pipe.write, "x", 1) }

  /// Whether the signal came in time.
  @discardableResult
  func wait(milliseconds: Int32 = -1) -> Bool {
    var wanted = pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, milliseconds) == 1 else { return false }
    var byte: UInt8 = 0
    return read(pipe.read, &byte, 1) == 1
  }
}
