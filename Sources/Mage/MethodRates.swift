internal import MageSystem
internal import Synchronization

/// Counts the messages of methods that declare a rate, for one receiver.
///
/// A token bucket for each: a second's messages at once, and then one for each part of a second that has gone by. Senders that
/// keep the rate are never refused for messages that came late and together.
final class MethodRates: Sendable {
  private struct Bucket {
    /// Tokens in billionths, so that a refill of a few nanoseconds is not lost.
    var billionths: UInt64
    var last: MonotonicTime
  }

  private static let token: UInt64 = 1_000_000_000

  private let buckets = Mutex<[UInt32: Bucket]>([:])

  /// Takes one token; false when there is none.
  func admit(_ ordinal: UInt32, _ rate: Int, at now: MonotonicTime) -> Bool {
    let perSecond = UInt64(UInt32(clamping: max(rate, 1)))
    let full = perSecond * Self.token  // below 2^62
    return buckets.withLock { buckets in
      var bucket = buckets[ordinal] ?? Bucket(billionths: full, last: now)
      // A second fills it, and more than a second could overflow.
      let elapsed = min(now.since(bucket.last).clampedNanoseconds, Self.token)
      bucket.last = max(bucket.last, now)
      bucket.billionths = min(bucket.billionths + elapsed * perSecond, full)
      let isAdmitted = bucket.billionths >= Self.token
      if isAdmitted { bucket.billionths -= Self.token }
      buckets[ordinal] = bucket
      return isAdmitted
    }
  }
}
