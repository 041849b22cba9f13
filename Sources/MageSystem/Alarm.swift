internal import CMageSystem

/// A timer as a descriptor (timerfd_create(2)) that is readable from its moment on until it is set anew.
///
/// A time-out of epoll_wait(2) costs the kernel a timer for each wait, which a loop with distant deadlines pays for nothing: a third of a
/// round trip on one core. This one is set when the next deadline changes.
package struct Alarm: ~Copyable, Sendable {
  package let descriptor: OwnedDescriptor

  private init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  package static func create() throws(SystemError) -> Alarm {
    Alarm(OwnedDescriptor(owning: try check("timerfd_create", mage_alarm_create())))
  }

  /// Goes off at `moment`, at once when that has passed, never when it is `nil` (timerfd_settime(2)).
  package borrowing func set(_ moment: MonotonicTime?) throws(SystemError) {
    // Zero would mean never.
    let nanoseconds = moment.map { max($0.nanoseconds, 1) } ?? 0
    _ = try check("timerfd_settime", mage_alarm_set(descriptor.number, nanoseconds))
  }
}
