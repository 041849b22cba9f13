package import MageSystem

/// A thread that runs a ``Loop`` for as long as the process, or the host that owns it, lives.
///
/// A host's workers are killed by the kernel when this thread ends (PR_SET_PDEATHSIG acts on the
/// parent *thread*, prctl(2)), so it is a thread of the host's own and never one of a pool.
package enum LoopThread {
  /// Starts the thread. `ended` runs on it after the loop was stopped, with the error if it failed.
  package static func start(
    _ loop: Loop, ended: @escaping @Sendable (SystemError?) -> Void = { _ in }
  ) throws(SystemError) {
    try Thread.start(name: "mage-loop") {
      do throws(SystemError) {
        try loop.run()
        ended(nil)
      } catch {
        ended(error)
      }
    }
  }
}
