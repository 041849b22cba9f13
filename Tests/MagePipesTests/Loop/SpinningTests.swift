import MageSystem
import Testing

@testable import MagePipes

/// When a loop may wait awake.
@Suite struct SpinningTests {
  static func at(_ microseconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: microseconds * 1000)
  }

  @Test func whoSucceedsGoesOn() {
    var spinning = Spinning()
    for turn in 0..<1000 as Range<UInt64> {
      #expect(spinning.mayStart(at: Self.at(turn)))
      spinning.ended(.found, at: Self.at(turn))
    }
  }

  @Test func whoFailsTriesEverMoreRarelyAndNeverGivesUp() {
    var spinning = Spinning()
    var now: UInt64 = 0
    var rests: [UInt64] = []
    for _ in 0..<30 {
      spinning.ended(.nothing, at: Self.at(now))
      let failed = now
      while !spinning.mayStart(at: Self.at(now)) { now += 50 }
      rests.append(now - failed)
    }
    #expect(rests == rests.sorted())
    #expect(rests.first == 100)
    #expect(rests.last == 50_000)
    spinning.ended(.found, at: Self.at(now))
    spinning.ended(.nothing, at: Self.at(now))
    #expect(spinning.mayStart(at: Self.at(now + 100)))
  }

  @Test func whoLosesTheProcessorStopsForLonger() {
    var spinning = Spinning()
    spinning.ended(.interrupted, at: Self.at(0))
    #expect(!spinning.mayStart(at: Self.at(49_999)))
    #expect(spinning.mayStart(at: Self.at(50_000)))
    spinning.ended(.found, at: Self.at(50_000))
    spinning.ended(.interrupted, at: Self.at(50_000))
    #expect(!spinning.mayStart(at: Self.at(149_999)))
    for _ in 0..<4096 { spinning.ended(.found, at: Self.at(150_000)) }
    spinning.ended(.interrupted, at: Self.at(150_000))
    #expect(spinning.mayStart(at: Self.at(200_000)))
  }
}
