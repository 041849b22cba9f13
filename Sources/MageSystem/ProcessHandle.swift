internal import CMageSystem
internal import Glibc

/// How a process ended and what it had used (waitid(2)).
public struct ExitStatus: Equatable, Sendable {
  public enum Cause: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)
  }

  public let cause: Cause
  public let userTime: Duration
  public let systemTime: Duration
  /// The largest resident set, in bytes.
  public let peakResidentBytes: UInt64

  package init(
    cause: Cause, userTime: Duration, systemTime: Duration, peakResidentBytes: UInt64
  ) {
    self.cause = cause
    self.userTime = userTime
    self.systemTime = systemTime
    self.peakResidentBytes = peakResidentBytes
  }

  /// The same use of resources, with the cause that another process told.
  package func with(_ cause: Cause) -> ExitStatus {
    ExitStatus(
      cause: cause, userTime: userTime, systemTime: systemTime,
      peakResidentBytes: peakResidentBytes)
  }
}

/// A child process held by pidfd (pidfd_open(2)): the number cannot come to mean another process.
package struct ProcessHandle: ~Copyable, Sendable {
  /// For reading /proc and for people. The pidfd is what signals go by.
  package let pid: Int32
  package let pidfd: SharedDescriptor

  package init(pid: Int32, pidfd: SharedDescriptor) {
    self.pid = pid
    self.pidfd = pidfd
  }

  /// Sends SIGKILL. A process that is dead already is no error.
  package borrowing func kill() throws(SystemError) {
    let result = mage_pidfd_send_signal(pidfd.number, SIGKILL)
    if result == -Errno.noProcess { return }
    _ = try check("pidfd_send_signal", result)
  }

  /// Reaps the process if it has ended; `nil` while it runs. Never waits.
  package borrowing func reap() throws(SystemError) -> ExitStatus? {
    var status = mage_exit_status()
    _ = try check("waitid", unsafe mage_reap(pidfd.number, &status))
    guard status.code != 0 else { return nil }
    let exited = status.code == Int32(CLD_EXITED)
    return ExitStatus(
      cause: exited ? .exited(status.status) : .signaled(status.status),
      userTime: .nanoseconds(Int64(clamping: status.user_nanoseconds)),
      systemTime: .nanoseconds(Int64(clamping: status.system_nanoseconds)),
      peakResidentBytes: status.peak_resident_bytes)
  }

  /// CPU time used so far by all its threads; `nil` once it has ended.
  package borrowing func cpuTime() -> Duration? { ProcessClock.cpuTime(of: pid) }
}

/// The clock of a process's own processor time (clock_getcpuclockid(3)).
package enum ProcessClock {
  /// Time used so far by all threads of `pid`; `nil` when there is no such process.
  package static func cpuTime(of pid: Int32) -> Duration? {
    let nanoseconds = mage_process_cpu_nanoseconds(pid)
    return nanoseconds < 0 ? nil : .nanoseconds(nanoseconds)
  }
}
