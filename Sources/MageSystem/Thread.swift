internal import CMageSystem

/// A thread of one's own, not one of a pool.
package enum Thread {
  /// Starts a detached thread that runs `body` and ends.
  ///
  /// - Parameter name: as ps(1) and a debugger show it; at most 15 bytes are kept (prctl(2), PR_SET_NAME).
  package static func start(
    name: String, _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    let box = unsafe Unmanaged.passRetained(Body(name: name, body)).toOpaque()
    let status = unsafe create(box)
    guard status >= 0 else {
      unsafe Unmanaged<Body>.fromOpaque(box).release()
      throw SystemError("pthread_create", errno: 0 - status)
    }
  }

  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void
    init(name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  private static func create(_ box: UnsafeMutableRawPointer) -> Int32 {
    unsafe mage_start_thread({ unsafe Thread.enter($0) }, box)
  }

  private static func enter(_ box: UnsafeMutableRawPointer?) {
    guard let box = unsafe box else { return }
    let body = unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue()
    unsafe mage_name_thread(body.name)
    body.run()
  }
}
