internal import DequeModule
internal import Glibc
package import MageSystem
internal import MageWire
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
  /// Made when there is a deadline to wait for: most workers have none.
  private var alarm: Alarm?
  private let owner = Atomic<UInt>(0)
  private let submitted = Mutex(Submitted())
  /// Whether `submitted` is worth its lock.
  private let mayHaveSubmitted = Atomic(false)
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
  /// What `alarm` is set to.
  private var alarmed: MonotonicTime?
  /// Ports that are looked at in each turn.
  var awake: [RingPort] = []
  var spinning = Spinning()
  /// On how many the loop's thread may run.
  private(set) var processors = 1
  private var turnsSinceDescriptors = 0
  private var isStopping = false
  private var endOfTurn: [() -> Void] = []
  /// One packet at a time passes through here, whatever number of peers there is.
  ///
  /// Nothing writes zeroes into it: that would touch all its pages in every worker, and what is handed out is only what the kernel has just written.
  private var packetBuffer = [UInt8](unsafeUninitializedCapacity: Outbox.maxPacketBytes) {
    $1 = $0.count
  }

  /// Instead of the kernel's clock.
  private let manual: ManualTime?

  /// - Parameter time: what takes the place of the kernel's clock for every deadline, in tests.
  package init(time manual: ManualTime? = nil) throws(SystemError) {
    epoll = try Epoll.create()
    self.manual = manual
    manual?.attach(self)
  }

  /// The moment, as this loop's deadlines see it.
  package var now: MonotonicTime { manual?.now ?? .now }

  /// No watcher's: they count from 1.
  private static let alarmToken: UInt64 = 0

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
    mayHaveSubmitted.store(true, ordering: .releasing)
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
    processors = Processor.available
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
    let found = pollRings()
    // A job that stopped the loop may have been its last: nothing would end the wait.
    var isIdle = !found && jobs.isEmpty && endOfTurn.isEmpty && !isStopping
    if isIdle { isIdle = awake.isEmpty || !(spin() || !sleepRings()) }
    turnsSinceDescriptors += 1
    if !isIdle, !awake.isEmpty, turnsSinceDescriptors < Self.turnsWithoutDescriptors { return }
    turnsSinceDescriptors = 0
    try lookAtDescriptors(waiting: isIdle)
  }

  /// One turn in which no job runs, for somebody who waits on the loop's own thread. False when the loop is to end. Loop only.
  func turnAlone() throws(SystemError) -> Bool {
    guard !isStopping else { return false }
    runEndOfTurn()
    let found = pollRings()
    let isIdle = !found && endOfTurn.isEmpty && (awake.isEmpty || !(spin() || !sleepRings()))
    try lookAtDescriptors(waiting: isIdle)
    return !isStopping
  }

  private func lookAtDescriptors(waiting: Bool) throws(SystemError) {
    try setAlarm()
    var isDue = false
    // `submitted` is not looked at here: a job that came in since has written the eventfd.
    try epoll.wait(until: waiting ? nil : MonotonicTime(nanoseconds: 0)) { event in
      if event.token == Self.alarmToken { isDue = true }
      watchers[event.token]?.ready(event.ready)
    }
    if isDue { runTimers() }
  }

  /// Runs what is due. Loop only.
  func runTimers() {
    alarmed = nil
    for token in timers.takeDue(at: now) {
      let action = timers.take(token)
      action?()
    }
  }

  /// Most deadlines are far and are cancelled, so an alarm that is earlier than needed stays: it goes off once and finds nothing.
  private func setAlarm() throws(SystemError) {
    guard manual == nil else { return }
    guard let next = timers.next else {
      // One that went off is readable until it is set anew.
      guard alarmed == nil, alarm != nil else { return }
      try alarm?.set(nil)
      alarmed = .distantFuture
      return
    }
    if let alarmed, alarmed <= next { return }
    if alarm == nil { try makeAlarm() }
    try alarm?.set(next)
    alarmed = next
  }

  private func makeAlarm() throws(SystemError) {
    let made = try Alarm.create()
    try epoll.add(made.descriptor.number, .read, token: Self.alarmToken)
    alarm = consume made
  }

  /// Whether jobs of other threads may have come.
  var hasSubmitted: Bool { mayHaveSubmitted.load(ordering: .relaxed) }

  private func takeSubmitted() {
    guard hasSubmitted else { return }
    // Before the look: what comes in during it says so again.
    _ = mayHaveSubmitted.exchange(false, ordering: .acquiringAndReleasing)
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
  func receivePacket(
    from socket: borrowing PacketSocket
  ) throws(SystemError) -> (bytes: ArraySlice<UInt8>, received: PacketSocket.Received) {
    // The closure's typed error comes out as a result: `withUnsafeMutableBytes` rethrows untyped.
    let result = packetBuffer.withUnsafeMutableBytes { buffer in
      Result { () throws(SystemError) in try socket.receive(into: buffer) }
    }
    let received = try result.get()
    return (packetBuffer.prefix(received.count), received)
  }

  /// The same, of a ring's next record. Loop only.
  func receiveRecord(
    from port: RingPort
  ) throws(Malformed) -> (bytes: ArraySlice<UInt8>, record: RingReader.Record)? {
    let result = packetBuffer.withUnsafeMutableBytes { buffer in
      Result { () throws(Malformed) in try port.reader.next(into: buffer) }
    }
    guard let record = try result.get() else { return nil }
    guard case .packet(let count) = record else { return ([], record) }
    return (packetBuffer.prefix(count), record)
  }

  /// Waits for `time` without keeping anybody else from working.
  package func pause(until time: MonotonicTime) async {
    guard time > .now else { return }
    await withCheckedContinuation { continuation in
      schedule(at: time) { continuation.resume() }
    }
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
