internal import Glibc

/// Nanoseconds of CLOCK_MONOTONIC (clock_gettime(2)): no clock that somebody can set decides a deadline.
package struct MonotonicTime: Comparable, Hashable, Sendable {
  package let nanoseconds: UInt64

  package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// Never.
  package static let distantFuture = MonotonicTime(nanoseconds: .max)

  package static var now: MonotonicTime {
    var time = timespec()
    // Cannot fail: the clock always exists and the pointer is valid.
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(
      nanoseconds: UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec))
  }

  /// The moment `duration` later; negative durations count as none, and far ones saturate.
  package func advanced(by duration: Duration) -> MonotonicTime {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
    return MonotonicTime(nanoseconds: overflow ? .max : sum)
  }

  /// How long from `earlier` until this moment; zero when it is not earlier.
  package func since(_ earlier: MonotonicTime) -> Duration {
    guard nanoseconds > earlier.nanoseconds else { return .zero }
    return .nanoseconds(Int64(clamping: nanoseconds - earlier.nanoseconds))
  }

  package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
  /// Whole nanoseconds, 0 for negative durations, saturating at the top.
  package var clampedNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return .max }
    let (sum, carried) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
    return carried ? .max : sum
  }
}
