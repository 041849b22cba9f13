internal import HeapModule
internal import MageSystem

/// A timer's name, for cancelling it.
package struct TimerToken: Hashable, Sendable { fileprivate let number: UInt64 }

/// Actions by deadline. Most timers are deadlines of calls and are cancelled, so cancelling is cheap and leaves a
/// husk in the heap; husks are swept once they outnumber what lives.
struct Timers {
  private struct Entry: Comparable {
    let deadline: MonotonicTime
    let number: UInt64
    static func < (left: Entry, right: Entry) -> Bool {
      (left.deadline, left.number) < (right.deadline, right.number)
    }
  }

  private var heap = Heap<Entry>()
  private var actions: [UInt64: () -> Void] = [:]
  private var lastNumber: UInt64 = 0
  /// Below this the sweep costs more than the husks.
  private static let sweepThreshold = 64

  var count: Int { actions.count }

  /// The earliest deadline that may be due, husks included.
  var next: MonotonicTime? { heap.min?.deadline }

  mutating func add(_ deadline: MonotonicTime, _ action: @escaping () -> Void) -> TimerToken {
    lastNumber += 1
    heap.insert(Entry(deadline: deadline, number: lastNumber))
    actions[lastNumber] = action
    return TimerToken(number: lastNumber)
  }

  mutating func cancel(_ token: TimerToken) {
    guard actions.removeValue(forKey: token.number) != nil else { return }
    guard heap.count > actions.count * 2 + Self.sweepThreshold else { return }
    heap = Heap(heap.unordered.filter { actions[$0.number] != nil })
  }

  /// Which timers are due, earliest first. ``take(_:)`` each when its turn has come.
  mutating func takeDue(at now: MonotonicTime) -> [TimerToken] {
    var due: [TimerToken] = []
    while let first = heap.min, first.deadline <= now {
      heap.removeMin()
      if actions[first.number] != nil { due.append(TimerToken(number: first.number)) }
    }
    return due
  }

  /// Removes and returns the action of a timer that is due; `nil` when one before it has cancelled it.
  mutating func take(_ token: TimerToken) -> (() -> Void)? {
    actions.removeValue(forKey: token.number)
  }
}
