package import MageSystem

/// A token bucket: at most `burst` at once, refilled at `perSecond`.
package struct RateMeter {
  private let perSecond: UInt64
  private let burst: UInt64
  /// Tokens in billionths, so that a refill of a few nanoseconds is not lost.
  private var billionths: UInt64
  private var last: MonotonicTime

  package init(perSecond: UInt32, burst: UInt32, now: MonotonicTime) {
    self.perSecond = UInt64(max(perSecond, 1))
    self.burst = UInt64(max(burst, 1)) * 1_000_000_000
    billionths = self.burst
    last = now
  }

  /// Takes one token. False when there is none: the peer sends too fast.
  package mutating func admits(at now: MonotonicTime) -> Bool {
    let elapsed = now.since(last).clampedNanoseconds
    last = now
    let (earned, overflow) = elapsed.multipliedReportingOverflow(by: perSecond)
    let (sum, carried) = billionths.addingReportingOverflow(overflow ? .max : earned)
    billionths = carried ? burst : min(sum, burst)
    guard billionths >= 1_000_000_000 else { return false }
    billionths -= 1_000_000_000
    return true
  }
}
