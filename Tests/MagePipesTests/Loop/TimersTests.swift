import MageSystem
import Synchronization
import Testing

@testable import MagePipes

@Suite struct TimersTests {
  static func time(_ nanoseconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds)
  }

  static func fire(_ timers: inout Timers, at now: MonotonicTime) {
    for token in timers.takeDue(at: now) {
      let action = timers.take(token)
      action?()
    }
  }

  /// Actions that write down their number.
  private final class Record: Sendable {
    let numbers = Mutex<[Int]>([])
    func action(_ number: Int) -> () -> Void {
      { self.numbers.withLock { $0.append(number) } }
    }
    var all: [Int] { numbers.withLock { $0 } }
  }

  @Test func whatIsDueComesEarliestFirst() {
    let record = Record()
    var timers = Timers()
    for deadline in [5, 3, 9, 3, 1] {
      _ = timers.add(Self.time(UInt64(deadline)), record.action(deadline))
    }
    #expect(timers.next == Self.time(1))
    Self.fire(&timers, at: Self.time(5))
    #expect(record.all == [1, 3, 3, 5])
    #expect(timers.count == 1)
    Self.fire(&timers, at: Self.time(8))
    #expect(timers.count == 1)
    Self.fire(&timers, at: Self.time(9))
    #expect(timers.count == 0)
    #expect(timers.next == nil)
  }

  @Test func timersOfOneMomentComeInTheirOrder() {
    let record = Record()
    var timers = Timers()
    for number in 0..<50 { _ = timers.add(Self.time(7), record.action(number)) }
    Self.fire(&timers, at: Self.time(7))
    #expect(record.all == Array(0..<50))
  }

  @Test func aCancelledTimerNeverComes() {
    let record = Record()
    var timers = Timers()
    let token = timers.add(Self.time(1), record.action(1))
    _ = timers.add(Self.time(2), record.action(2))
    timers.cancel(token)
    timers.cancel(token)
    Self.fire(&timers, at: Self.time(10))
    #expect(record.all == [2])
    timers.cancel(token)
    #expect(timers.count == 0)
  }

  @Test func aTimerThatIsDueCanStillBeCancelled() {
    var timers = Timers()
    let tokens = (0..<2).map { _ in timers.add(Self.time(1), {}) }
    let due = timers.takeDue(at: Self.time(1))
    #expect(due == tokens)
    timers.cancel(tokens[1])
    let actions = tokens.map { timers.take($0) != nil }
    #expect(actions == [true, false])
    #expect(timers.count == 0)
  }

  /// A call's deadline is far away and cancelled soon: a million calls must not leave a million entries.
  @Test func cancelledTimersAreSwept() {
    var timers = Timers()
    let first = timers.add(Self.time(1), {})
    for number in 0..<1_000 { timers.cancel(timers.add(Self.time(100 + UInt64(number)), {})) }
    timers.cancel(first)
    for number in 0..<200 { timers.cancel(timers.add(Self.time(100_000 + UInt64(number)), {})) }
    let last = timers.add(Self.time(1_000_000), {})
    #expect(timers.count == 1)
    // The first husk has been swept with all the others.
    #expect(timers.next.map { $0 >= Self.time(100_000) } == true)
    timers.cancel(last)
  }
}

@Suite struct RateMeterTests {
  static func at(_ seconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: UInt64(seconds * 1e9))
  }

  @Test func aBurstIsAdmittedAndNoMore() {
    var meter = RateMeter(perSecond: 10, burst: 3, now: Self.at(0))
    let admitted = (0..<5).map { _ in meter.admits(at: Self.at(0)) }
    #expect(admitted == [true, true, true, false, false])
  }

  @Test func tokensComeBackAtTheirRateAndNotBeyondTheBurst() {
    var meter = RateMeter(perSecond: 10, burst: 2, now: Self.at(0))
    for _ in 0..<3 { _ = meter.admits(at: Self.at(0)) }
    let soon = [0.05, 0.1, 0.1].map { meter.admits(at: Self.at($0)) }
    #expect(soon == [false, true, false])
    let late = (0..<3).map { _ in meter.admits(at: Self.at(1_000)) }
    #expect(late == [true, true, false])
  }

  @Test func smallStepsAreNotLost() {
    var meter = RateMeter(perSecond: 1_000, burst: 1, now: Self.at(0))
    var admitted = 0
    // A thousand steps of one microsecond are one millisecond, worth one token beside the first.
    for step in 0...1_000 {
      if meter.admits(at: MonotonicTime(nanoseconds: UInt64(step) * 1_000)) { admitted += 1 }
    }
    #expect(admitted == 2)
  }

  @Test func extremesDoNotTrap() {
    var meter = RateMeter(perSecond: .max, burst: .max, now: Self.at(0))
    // The last is a clock that went back.
    let most = [MonotonicTime(nanoseconds: .max), Self.at(0)].map { meter.admits(at: $0) }
    #expect(most == [true, true])
    var least = RateMeter(perSecond: 0, burst: 0, now: Self.at(0))
    let few = [0, 0.5, 1].map { least.admits(at: Self.at($0)) }
    #expect(few == [true, false, true])
  }
}
