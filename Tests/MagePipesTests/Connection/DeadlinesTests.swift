import MageSystem
import Testing

@testable import MagePipes

/// Calls and when they must have been answered.
@Suite struct DeadlinesTests {
  static func at(_ nanoseconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds)
  }

  @Test func theEarliestIsFirstInWhateverOrderTheyCome() {
    var deadlines = Deadlines()
    let isFirst = [(1, 50), (2, 60), (3, 10), (4, 55)].map { request, moment in
      deadlines.add(request, at: Self.at(moment))
    }
    #expect(isFirst == [true, false, true, false])
    let early = deadlines.takeDue(at: Self.at(9))
    #expect(early.isEmpty)
    let due = deadlines.takeDue(at: Self.at(55))
    #expect(due == [3, 1, 4])
    #expect(deadlines.first == Self.at(60))
  }

  @Test func callsThatAreOverTakeNoRoom() {
    var deadlines = Deadlines()
    for request in 0..<10_000 as Range<UInt64> {
      deadlines.sweep(living: 1) { $0 != 0 }
      // The first stays open for ever; every third call has a shorter limit.
      _ = deadlines.add(request, at: Self.at(request % 3 == 2 ? request : request + 1_000_000))
    }
    #expect(deadlines.count < 200)
    let due = deadlines.takeDue(at: Self.at(2_000_000))
    #expect(due.contains(0))
  }
}
