internal import MagePipes
internal import MageSystem
internal import Synchronization
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) internal import _Concurrency

/// Makes the worker's loop the executor of everything: detached tasks, `MainActor`, task groups and `Task.sleep`.
///
/// Without it the first of these starts Dispatch's threads, and a policy that refuses `clone` ends the worker there. The hook is the runtime's own
/// but not yet public API (SPI `ExperimentalCustomExecutors`), so its use is kept to this file.
enum WorkerExecutors {
  static func install(_ loop: Loop) {
    let isFirst = shared.withLock { executor in
      // The runtime asks the factory once and keeps the answer: a template's fork changes the loop behind it.
      executor?.replaceLoop(loop)
      defer { executor = executor ?? LoopExecutor(loop) }
      return executor == nil
    }
    if isFirst { _createExecutors(factory: Factory.self) }
  }

  /// Set once, before the runtime asks for it; a mutex because globals must be safe for all threads.
  fileprivate static let shared = Mutex<LoopExecutor?>(nil)

  private struct Factory: ExecutorFactory {
    static var mainExecutor: any MainExecutor { executor }
    static var defaultExecutor: any TaskExecutor { executor }

    private static var executor: LoopExecutor {
      guard let executor = shared.withLock({ $0 }) else {
        // `install` sets it before it hands the factory over; no input leads here.
        preconditionFailure("the loop is installed before the factory")
      }
      return executor
    }
  }
}

/// The loop as the runtime wants to see it.
private final class LoopExecutor: MainExecutor, TaskExecutor, SchedulingExecutor {
  private let current: Mutex<Loop>
  private var loop: Loop { current.withLock { $0 } }

  init(_ loop: Loop) { current = Mutex(loop) }

  func replaceLoop(_ loop: Loop) { current.withLock { $0 = loop } }

  func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(job) }

  func run() throws { try loop.run() }

  func stop() { loop.stop() }

  func isIsolatingCurrentContext() -> Bool? { loop.isCurrent }

  func checkIsolated() { loop.checkIsolated() }

  func enqueue<C: Clock>(
    _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
  ) {
    let job = UnownedJob(job)
    // Both clocks of the standard library measure in `Duration`; a clock of another kind fires at once rather than never.
    let wait = delay as? Duration ?? .zero
    loop.schedule(at: MonotonicTime.now.advanced(by: wait)) { [loop] in
      loop.enqueue(ExecutorJob(job))
    }
  }

  func enqueue<C: Clock>(
    _ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C
  ) {
    enqueue(job, after: clock.now.duration(to: instant), tolerance: tolerance, clock: clock)
  }
}
