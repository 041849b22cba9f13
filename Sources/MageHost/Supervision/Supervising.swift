internal import MagePipes
internal import MageSystem

/// An actor on a loop that watches descriptors and sets timers, one of each for each purpose.
protocol Supervising: Actor {
  associatedtype Watched: Hashable
  associatedtype Timer: Hashable & Sendable

  nonisolated var loop: Loop { get }
  var watches: [Watched: Loop.WatchToken] { get set }
  var timers: [Timer: TimerToken] { get set }
}

extension Supervising {
  func unwatch(_ watched: Watched) {
    guard let token = watches.removeValue(forKey: watched) else { return }
    loop.unwatch(token)
  }

  /// Runs `action` after `delay`, in place of what was scheduled for the same purpose.
  func schedule(
    _ timer: Timer, after delay: Duration,
    _ action: @escaping @Sendable (isolated Self) -> Void
  ) {
    cancel(timer)
    timers[timer] = loop.schedule(at: MonotonicTime.now.advanced(by: delay)) { [weak self] in
      self?.assumeIsolated {
        $0.timers[timer] = nil
        action($0)
      }
    }
  }

  func cancel(_ timer: Timer) {
    guard let token = timers.removeValue(forKey: timer) else { return }
    loop.cancel(token)
  }

  /// Nothing that was watched or scheduled happens any more.
  func stopWatching() {
    for token in watches.values { loop.unwatch(token) }
    watches = [:]
    for token in timers.values { loop.cancel(token) }
    timers = [:]
  }
}
