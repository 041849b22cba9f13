internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// The host's end of a filter: takes the calls that it stops, and makes those in the caller's place that are granted by name.
///
/// Loop only. One call is taken at each turn of the loop and none is waited for, so no caller holds up another: files that may
/// take time are opened on a thread, connections are made in the background, and the caller waits meanwhile. A caller that
/// asks faster than its policy says is ended.
// @unchecked because work on other threads carries it back to the loop, where alone it is touched.
final class CallDesk: @unchecked Sendable {
  private let loop: Loop
  private var broker: Broker
  private let limit: UInt32
  private var rate: RateMeter
  private let slow = SerialThread(name: "mage-broker")
  private var listener: FilterListener?
  private var watch: Loop.WatchToken?
  private var pending: [UInt64: Pending] = [:]
  /// Calls that were refused.
  private(set) var denied: UInt64 = 0

  private struct Pending {
    let wish: ConnectionBroker.Wish
    let socket: SharedDescriptor
    let watch: Loop.WatchToken
    let timer: TimerToken
  }

  /// Connections that are being made at a time; each holds up a thread of the caller's, of which there are not that many.
  private static let mostPending = 64
  /// After this long the caller gets ETIMEDOUT.
  private static let patience = Duration.seconds(10)
  private static let timedOut: Int32 = 110

  init(_ policy: Policy, addresses: PinnedAddresses = PinnedAddresses(), loop: Loop) {
    self.loop = loop
    broker = Broker(policy, addresses: addresses)
    limit = policy.limits.brokerRate
    rate = RateMeter(perSecond: limit, burst: limit, now: .now)
  }

  /// Takes over a filter, in place of the one before. `ready` is called when a call waits to be taken, or nobody is left to make one.
  func listen(
    on listener: consuming FilterListener, _ ready: @escaping (Epoll.Interest) -> Void
  ) throws(SystemError) {
    close()
    watch = try loop.watch(listener.descriptor.number, .read, ready: ready)
    self.listener = consume listener
  }

  /// No more calls are taken; who waits in one gets ENOSYS, or is dead.
  func close() {
    unwatch()
    for id in pending.keys { forget(id) }
    listener = nil
  }

  func unwatch() {
    if let watch { loop.unwatch(watch) }
    watch = nil
  }

  /// The call that waits. Throws `ENOENT` when its caller is gone.
  func next() throws(SystemError) -> StoppedCall? { try listener?.next() }

  /// Lets an allowed call go on that the host wanted to see.
  func proceed(_ call: StoppedCall) throws(SystemError) { try listener?.proceed(call.id) }

  /// Makes a call that is granted by name, or refuses it. Returns the limit that the caller has passed by asking.
  func serve(_ call: StoppedCall, _ name: String) throws(SystemError) -> Limit? {
    guard rate.admits(at: .now) else { return .brokerRate(limit) }
    guard let listener = listener.take() else { return nil }
    let wish = Result { () throws(Refusal) in try broker.wish(of: call, name, listener) }
    self.listener = consume listener
    switch wish {
    case .success(.open(let wish)): try open(wish, call)
    case .success(.connect(let wish)): try connect(wish, call)
    case .failure(let refusal): try refuse(call.id, refusal.errno)
    }
    return nil
  }

  private func refuse(_ id: UInt64, _ errno: Int32) throws(SystemError) {
    denied &+= 1
    try listener?.refuse(id, errno: errno)
  }
}

// MARK: Files

extension CallDesk {
  private func open(_ wish: FileBroker.Wish, _ call: StoppedCall) throws(SystemError) {
    let opened = Result { () throws(SystemError) in try broker.files.openAtOnce(wish) }
    switch opened {
    case .success(let file?): try give(.success(file), wish, call.id)
    case .success(nil): try openLater(wish, call.id)
    case .failure(let error): try give(.failure(error), wish, call.id)
    }
  }

  private func openLater(_ wish: FileBroker.Wish, _ id: UInt64) throws(SystemError) {
    let work = broker.files.work(for: wish)
    let queued = Result { () throws(SystemError) in
      try slow.submit { [weak self, loop] in
        let done = work.run()
        Task(executorPreference: loop) { self?.finishOpen(done, wish, id) }
      }
    }
    if case .failure(let error) = queued { try give(.failure(error), wish, id) }
  }

  private func finishOpen(
    _ done: Result<FileWork.Done, SystemError>, _ wish: FileBroker.Wish, _ id: UInt64
  ) {
    if case .success(let done) = done { broker.files.keep(done.directory, for: wish) }
    // A caller that is gone meanwhile misses nothing.
    try? give(done.map(\.file), wish, id)
  }

  private func give(
    _ file: Result<SharedDescriptor, SystemError>, _ wish: FileBroker.Wish, _ id: UInt64
  ) throws(SystemError) {
    do throws(SystemError) {
      try listener?.give(try file.get(), to: id, closeOnExec: wish.closeOnExec)
    } catch {
      broker.files.failed(wish)
      try refuse(id, error.errno)
    }
  }
}

// MARK: Connections

extension CallDesk {
  private func connect(
    _ wish: ConnectionBroker.Wish, _ call: StoppedCall
  ) throws(SystemError) {
    if pending.count >= Self.mostPending { forgetDeserted() }
    guard pending.count < Self.mostPending else { return try refuse(call.id, Errno.again) }
    do throws(SystemError) {
      let outgoing = try OutgoingConnection(to: wish)
      guard outgoing.isComplete else { return try wait(for: outgoing.socket, wish, call.id) }
      try replace(wish, outgoing.socket, call.id)
    } catch {
      try refuse(call.id, error.errno)
    }
  }

  private func wait(
    for socket: SharedDescriptor, _ wish: ConnectionBroker.Wish, _ id: UInt64
  ) throws(SystemError) {
    let watch = try loop.watch(socket.number, .write) { [weak self] _ in self?.finishConnect(id) }
    let timer = loop.schedule(at: MonotonicTime.now.advanced(by: Self.patience)) { [weak self] in
      self?.forget(id)
      try? self?.refuse(id, Self.timedOut)
    }
    pending[id] = Pending(wish: wish, socket: socket, watch: watch, timer: timer)
  }

  private func forget(_ id: UInt64) {
    guard let connection = pending.removeValue(forKey: id) else { return }
    loop.unwatch(connection.watch)
    loop.cancel(connection.timer)
  }

  /// Nobody waits any more for a connection whose caller has died or got a signal.
  private func forgetDeserted() {
    for id in pending.keys where listener?.isWaiting(id) != true { forget(id) }
  }

  private func finishConnect(_ id: UInt64) {
    guard let connection = pending[id] else { return }
    forget(id)
    do throws(SystemError) {
      try OutgoingConnection.check(connection.socket)
      try replace(connection.wish, connection.socket, id)
    } catch {
      try? refuse(id, error.errno)
    }
  }

  private func replace(
    _ wish: ConnectionBroker.Wish, _ socket: SharedDescriptor, _ id: UInt64
  ) throws(SystemError) {
    OutgoingConnection.adopt(wish, socket)
    try listener?.replace(wish.descriptor, with: socket, of: id, closeOnExec: wish.closeOnExec)
    try listener?.answer(id, value: 0)
  }
}
