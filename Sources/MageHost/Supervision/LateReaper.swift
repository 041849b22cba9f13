internal import MagePipes
internal import MageSystem

/// Reaps a process that was killed and did not die in time, whenever it does: one that waits inside the kernel, or is frozen. Nobody waits for it any more,
/// but a dead process that nobody reaps would be there for as long as the host. Loop only.
// @unchecked because the loop alone touches it.
final class LateReaper: @unchecked Sendable {
  private let process: ProcessHandle
  private let loop: Loop
  private var watch: Loop.WatchToken?

  private init(_ process: consuming ProcessHandle, _ loop: Loop) {
    self.process = process
    self.loop = loop
  }

  static func watch(_ process: consuming ProcessHandle, on loop: Loop) {
    let reaper = LateReaper(process, loop)
    // The loop keeps it until then. Without room for one descriptor more there is nothing to be done.
    reaper.watch = try? loop.watch(reaper.process.pidfd.number, .read) { _ in reaper.reap() }
  }

  private func reap() {
    _ = try? process.reap()
    if let watch { loop.unwatch(watch) }
    watch = nil
  }
}
