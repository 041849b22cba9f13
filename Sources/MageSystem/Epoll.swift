internal import CMageSystem
internal import Glibc

/// Readiness of many descriptors (epoll(7)) and a way to wake the waiter from another thread (eventfd(2)).
///
/// Belongs to one thread, but for ``wake()``, which any thread may call.
package struct Epoll: ~Copyable, Sendable {
  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let read = Interest(rawValue: EPOLLIN.rawValue)
    /// Report changes only: what was there when it was reported before is not reported again.
    package static let edge = Interest(rawValue: EPOLLET.rawValue)
    package static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// Reported whether asked for or not.
    package static let hangup = Interest(rawValue: EPOLLHUP.rawValue)
    package static let error = Interest(rawValue: EPOLLERR.rawValue)
  }

  package struct Event: Sendable {
    package let token: UInt64
    package let ready: Interest
  }

  /// Events taken by one wait: enough to amortise the call, few enough that timers are not starved.
  private static let batch = 64
  private static let wakeToken = UInt64.max

  private let epoll: OwnedDescriptor
  private let wakeup: OwnedDescriptor

  private init(epoll: consuming OwnedDescriptor, wakeup: consuming OwnedDescriptor) {
    self.epoll = epoll
    self.wakeup = wakeup
  }

  package static func create() throws(SystemError) -> Epoll {
    let created = Epoll(
      epoll: try owned("epoll_create1", epoll_create1(Int32(EPOLL_CLOEXEC))),
      wakeup: try owned("eventfd", eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))))
    // Edge-triggered and never read: each write is one wake-up, and no read is spent on it.
    try created.control(
      EPOLL_CTL_ADD, created.wakeup.number, events: EPOLLIN.rawValue | EPOLLET.rawValue,
      token: wakeToken)
    return created
  }

  private static func owned(
    _ call: String, _ descriptor: Int32
  ) throws(SystemError) -> OwnedDescriptor {
    guard descriptor >= 0 else { throw SystemError(call, errno: errno) }
    return OwnedDescriptor(owning: descriptor)
  }

  /// Starts watching. `token` comes back with each event; `UInt64.max` is taken.
  package borrowing func add(
    _ descriptor: Int32, _ interest: Interest, token: UInt64
  ) throws(SystemError) {
    try control(EPOLL_CTL_ADD, descriptor, events: interest.rawValue, token: token)
  }

  package borrowing func modify(
    _ descriptor: Int32, _ interest: Interest, token: UInt64
  ) throws(SystemError) {
    try control(EPOLL_CTL_MOD, descriptor, events: interest.rawValue, token: token)
  }

  package borrowing func remove(_ descriptor: Int32) throws(SystemError) {
    try control(EPOLL_CTL_DEL, descriptor, events: 0, token: 0)
  }

  /// Ends the current or the next wait at once.
  package borrowing func wake() {
    // Fails only when the counter is about to overflow, and then a wake-up is already due.
    _ = eventfd_write(wakeup.number, 1)
  }

  /// Waits until something is ready or `deadline` has passed; `nil` waits for ever. Wake-ups bring no event.
  package borrowing func wait(
    until deadline: MonotonicTime?, _ deliver: (Event) -> Void
  ) throws(SystemError) {
    let timeout = Self.milliseconds(until: deadline)
    try unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.batch) {
      (events) throws(SystemError) in
      let count = unsafe epoll_wait(
        epoll.number, events.baseAddress, Int32(Self.batch), timeout)
      guard count >= 0 else {
        if errno == EINTR { return }
        throw SystemError("epoll_wait", errno: errno)
      }
      for index in 0..<Int(count) {
        let event = unsafe events[index]
        guard unsafe event.data.u64 != Self.wakeToken else { continue }
        unsafe deliver(Event(token: event.data.u64, ready: Interest(rawValue: event.events)))
      }
    }
  }

  /// Rounded up, so that a timer is due when the wait ends and the loop does not spin.
  private static func milliseconds(until deadline: MonotonicTime?) -> Int32 {
    guard let deadline else { return -1 }
    let left = deadline.since(.now).clampedNanoseconds
    return Int32(clamping: (left &+ 999_999) / 1_000_000)
  }

  private borrowing func control(
    _ operation: Int32, _ descriptor: Int32, events: UInt32, token: UInt64
  ) throws(SystemError) {
    var event = unsafe epoll_event(events: events, data: epoll_data_t(u64: token))
    guard unsafe epoll_ctl(epoll.number, operation, descriptor, &event) == 0 else {
      throw SystemError("epoll_ctl", errno: errno)
    }
  }
}
