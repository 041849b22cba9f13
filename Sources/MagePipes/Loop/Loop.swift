internal import DequeModule
internal import Glibc
package import MageSystem
internal import Synchronization

/// One thread that waits in epoll and runs everything else: callbacks for ready descriptors, timers, and the jobs of every
/// actor and task that has this loop as its executor.
///
/// A message is therefore read, checked and dispatched without changing threads. A worker's loop is its main thread
/// and needs no other. Methods marked *loop only* must be called on the loop's thread: actors that name the loop as their
/// executor are, by construction.
// @unchecked because `jobs`, `watchers`, `timers` and `isStopping` belong to the loop's thread alone and are only touched
// there; what other threads touch is the mutex, the atomic and the eventfd.
package final class Loop: SerialExecutor, TaskExecutor, @unchecked Sendable {
  /// Jobs run between two looks at the descriptors, so that neither starves the other.
  private static let jobsPerTurn = 256

  private let epoll: Epoll
  private let owner = Atomic<UInt>(0)
  private let submitted = Mutex(Submitted())
  /// Held by the thread that runs jobs once ``run()`` has ended.
  private let afterlife = Mutex(())

  /// Jobs from other threads.
  private struct Submitted {
    var jobs: [UnownedJob] = []
    var isEnded = false
  }

  private var jobs = Deque<UnownedJob>()
  private var watchers: [UInt64: Watcher] = [:]
  private var lastToken: UInt64 = 0
  private var timers = Timers()
  private var isStopping = false
  private var endOfTurn: [() -> Void] = []
  /// One packet at a time passes through here, whatever number of peers there is.
  private var packetBuffer = [UInt8](repeating: 0, count: Outbox.maxPacketBytes)

  package init() throws(SystemError) { epoll = try Epoll.create() }

  // MARK: Executor

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      jobs.append(job)
      return
    }
    let (isFirst, isEnded) = submitted.withLock { submitted in
      submitted.jobs.append(job)
      return (submitted.jobs.count == 1, submitted.isEnded)
    }
    if isEnded { runAfterTheEnd() } else if isFirst { epoll.wake() }
  }

  /// Runs what was submitted on the calling thread, which is the loop's for that long.
  ///
  /// Whoever still holds a remote or a worker when the host has shut down may call it: the answer is an error, and
  /// somebody has to give it.
  private func runAfterTheEnd() {
    afterlife.withLock { _ in
      owner.store(UInt(pthread_self()), ordering: .relaxed)
      repeat {
        takeSubmitted()
        runJobs()
        runEndOfTurn()
      } while !(jobs.isEmpty && submitted.withLock { $0.jobs.isEmpty })
      owner.store(0, ordering: .relaxed)
    }
  }

  /// Whether the caller is on the loop's thread.
  package var isCurrent: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  package func checkIsolated() {
    // Only a bug in this package's own callbacks can arrive here on another thread; no peer decides it.
    precondition(isCurrent, "not on the loop's thread")
  }

  // MARK: Running

  /// Runs on the calling thread until ``stop()``. Call once.
  package func run() throws(SystemError) {
    owner.store(UInt(pthread_self()), ordering: .relaxed)
    defer {
      owner.store(0, ordering: .relaxed)
      submitted.withLock { $0.isEnded = true }
      runAfterTheEnd()
    }
    while !isStopping { try turn() }
  }

  /// Ends ``run()`` after the current turn. Loop only.
  package func stop() { isStopping = true }

  private func turn() throws(SystemError) {
    takeSubmitted()
    runJobs()
    runEndOfTurn()
    // A job that stopped the loop may have been its last: nothing would end the wait.
    let isIdle = jobs.isEmpty && endOfTurn.isEmpty && !isStopping
    let waitUntil = isIdle ? timers.next : MonotonicTime(nanoseconds: 0)
    // `submitted` is not looked at here: a job that came in since has written the eventfd.
    try epoll.wait(until: waitUntil) { event in
      watchers[event.token]?.ready(event.ready)
    }
    for token in timers.takeDue(at: .now) {
      let action = timers.take(token)
      action?()
    }
  }

  private func takeSubmitted() {
    let taken = submitted.withLock { submitted in
      let taken = submitted.jobs
      submitted.jobs.removeAll(keepingCapacity: true)
      return taken
    }
    jobs.append(contentsOf: taken)
  }

  private func runJobs() {
    for _ in 0..<Self.jobsPerTurn {
      guard let job = jobs.popFirst() else { return }
      job.runSynchronously(
        isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }
  }

  private func runEndOfTurn() {
    guard !endOfTurn.isEmpty else { return }
    let actions = endOfTurn
    endOfTurn.removeAll(keepingCapacity: true)
    for action in actions { action() }
  }

  /// Runs `action` once before the loop waits again. Loop only.
  package func atEndOfTurn(_ action: @escaping () -> Void) { endOfTurn.append(action) }

  /// Takes the next packet from `socket` into private memory: what is looked at afterwards cannot change. Loop only.
  package func receivePacket(
    from socket: borrowing PacketSocket
  ) throws(SystemError) -> (bytes: ArraySlice<UInt8>, received: PacketSocket.Received) {
    // The closure's typed error comes out as a result: `withUnsafeMutableBytes` rethrows untyped.
    let result = packetBuffer.withUnsafeMutableBytes { buffer in
      Result { () throws(SystemError) in try socket.receive(into: buffer) }
    }
    let received = try result.get()
    return (packetBuffer.prefix(received.count), received)
  }

  // MARK: Descriptors

  /// What ``watch(_:_:ready:)`` returned; keeps no descriptor alive.
  package struct WatchToken: Hashable, Sendable { fileprivate let number: UInt64 }

  private struct Watcher {
    let descriptor: Int32
    let ready: (Epoll.Interest) -> Void
  }

  /// Calls `ready` on the loop whenever `descriptor` is ready (level-triggered). Loop only.
  ///
  /// The descriptor must stay open until ``unwatch(_:)``.
  package func watch(
    _ descriptor: Int32, _ interest: Epoll.Interest,
    ready: @escaping (Epoll.Interest) -> Void
  ) throws(SystemError) -> WatchToken {
    lastToken += 1
    try epoll.add(descriptor, interest, token: lastToken)
    watchers[lastToken] = Watcher(descriptor: descriptor, ready: ready)
    return WatchToken(number: lastToken)
  }

  /// Changes what is watched for. Loop only.
  package func modify(_ token: WatchToken, _ interest: Epoll.Interest) throws(SystemError) {
    guard let watcher = watchers[token.number] else { return }
    try epoll.modify(watcher.descriptor, interest, token: token.number)
  }

  /// Stops watching; events that were already taken are dropped. Loop only.
  package func unwatch(_ token: WatchToken) {
    guard let watcher = watchers.removeValue(forKey: token.number) else { return }
    // Fails only when the descriptor is closed already, and then epoll has forgotten it by itself.
    try? epoll.remove(watcher.descriptor)
  }

  // MARK: Timers

  /// Runs `action` on the loop once `deadline` has passed. Loop only.
  @discardableResult
  package func schedule(at deadline: MonotonicTime, _ action: @escaping () -> Void) -> TimerToken {
    timers.add(deadline, action)
  }

  /// Forgets a timer; harmless when it has fired. Loop only.
  package func cancel(_ token: TimerToken) { timers.cancel(token) }
}
