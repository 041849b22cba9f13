import MageSystem
import Testing

@testable import MageHost

/// Which inputs are refused, at times that the tests choose.
@Suite struct CircuitBreakerTests {
  private func at(_ seconds: Int) -> MonotonicTime {
    MonotonicTime(nanoseconds: 1_000_000_000_000).advanced(by: .seconds(seconds))
  }

  private let bad = InputKey("bad")

  @Test("An input is refused after its deaths, and for its time")
  func opens() {
    var breaker = CircuitBreaker(InputRule(deaths: 2, refusal: .seconds(10)))
    #expect(breaker.refusal(of: bad, at: at(0)) == nil)
    #expect(breaker.died(bad, at: at(0)) == nil)
    #expect(breaker.refusal(of: bad, at: at(1)) == nil)
    #expect(breaker.died(bad, at: at(1)) == .init(deaths: 2, time: .seconds(10)))
    #expect(breaker.refusal(of: bad, at: at(3)) == .init(deaths: 2, time: .seconds(8)))
    #expect(breaker.refusal(of: InputKey("good"), at: at(3)) == nil)
  }

  @Test("Then one caller tries it, and the time doubles up to the longest when that costs a worker")
  func triesAgain() {
    var breaker = CircuitBreaker(
      InputRule(deaths: 1, refusal: .seconds(10), longest: .seconds(15)))
    _ = breaker.died(bad, at: at(0))
    #expect(breaker.refusal(of: bad, at: at(10)) == nil)
    #expect(
      breaker.refusal(of: bad, at: at(10)) != nil, "the second waits for what comes of the first")
    #expect(breaker.died(bad, at: at(11)) == .init(deaths: 2, time: .seconds(15)))
    #expect(breaker.refusal(of: bad, at: at(25)) != nil)
    #expect(breaker.refusal(of: bad, at: at(26)) == nil)
  }

  @Test("One that is lived through is forgotten, and one that nobody came to try can be tried")
  func closes() {
    var breaker = CircuitBreaker(InputRule(deaths: 1, refusal: .seconds(10)))
    _ = breaker.died(bad, at: at(0))
    #expect(breaker.refusal(of: bad, at: at(10)) == nil)
    breaker.notTried(bad)
    #expect(breaker.refusal(of: bad, at: at(11)) == nil)
    breaker.survived(bad)
    #expect(breaker.count == 0)
    #expect(breaker.refusal(of: bad, at: at(11)) == nil)
  }

  @Test("Ever new deadly inputs take no more memory, and push out those that are the longest ago")
  func bounded() {
    var breaker = CircuitBreaker(InputRule(deaths: 1, refusal: .seconds(10_000), capacity: 8))
    for index in 0..<100 { _ = breaker.died(InputKey(index), at: at(index)) }
    #expect(breaker.count == 8)
    #expect(breaker.refusal(of: InputKey(0), at: at(100)) == nil)
    #expect(breaker.refusal(of: InputKey(99), at: at(100)) != nil)
  }

  @Test("The key of the same bytes is the same, however they are held")
  func keys() {
    let bytes: [UInt8] = [1, 2, 3]
    #expect(InputKey(bytes: bytes) == InputKey(bytes: bytes[...]))
    #expect(InputKey(bytes: bytes) != InputKey(bytes: [1, 2, 4]))
  }
}
