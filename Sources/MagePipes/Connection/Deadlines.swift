internal import DequeModule
internal import HeapModule
internal import MageSystem

/// When calls must have been answered. Almost all are met, so one that is over costs next to nothing: it leaves when it comes to the front.
///
/// Calls with the same limit come in the order of their deadlines; those that would not are kept apart.
struct Deadlines {
  private struct Entry: Comparable {
    let moment: MonotonicTime
    let request: UInt64
    static func < (left: Entry, right: Entry) -> Bool {
      (left.moment, left.request) < (right.moment, right.request)
    }
  }

  private var inOrder = Deque<Entry>()
  private var others = Heap<Entry>()
  /// Below this a sweep costs more than what it removes.
  private static let sweepThreshold = 64

  var count: Int { inOrder.count + others.count }

  /// Adds a call; true when it is the first to be due.
  mutating func add(_ request: UInt64, at moment: MonotonicTime) -> Bool {
    let entry = Entry(moment: moment, request: request)
    if let last = inOrder.last, moment < last.moment {
      others.insert(entry)
    } else {
      inOrder.append(entry)
    }
    return first == moment
  }

  /// The earliest deadline, met or not.
  var first: MonotonicTime? {
    guard let early = inOrder.first?.moment, let other = others.min?.moment else {
      return inOrder.first?.moment ?? others.min?.moment
    }
    return min(early, other)
  }

  /// Forgets calls at the front that are over, and more when most are.
  mutating func sweep(living: Int, _ isOver: (UInt64) -> Bool) {
    while let first = inOrder.first, isOver(first.request) { inOrder.removeFirst() }
    while let first = others.min, isOver(first.request) { others.removeMin() }
    guard count > living * 2 + Self.sweepThreshold else { return }
    inOrder.removeAll { isOver($0.request) }
    others = Heap(others.unordered.filter { !isOver($0.request) })
  }

  /// Removes and returns the calls whose time has come, earliest first.
  mutating func takeDue(at now: MonotonicTime) -> [UInt64] {
    var due: [UInt64] = []
    while let moment = first, moment <= now {
      if inOrder.first?.moment == moment, let entry = inOrder.popFirst() {
        due.append(entry.request)
      } else if let entry = others.popMin() {
        due.append(entry.request)
      }
    }
    return due
  }

  mutating func removeAll() {
    inOrder.removeAll()
    others = Heap()
  }
}

/// A call whose deadline a connection watches.
struct TimedCall: Sendable {
  let port: Port
  let request: UInt64
  let limit: Duration
}

extension Connection {
  /// Ends the wait for a call unless ``isOver(_:)`` is said of it before.
  func watchDeadline(of call: TimedCall) {
    lastTimed += 1
    guard call.port.keep(.connection(self, lastTimed), for: call.request) else { return }
    deadlines.sweep(living: timed.count) { timed[$0] == nil }
    timed[lastTimed] = call
    let isFirst = deadlines.add(lastTimed, at: loop.now.advanced(by: call.limit))
    // An earlier timer finds nothing when it goes off, and waits on.
    if isFirst { setDeadlineTimer() }
  }

  func isOver(_ number: UInt64) { timed[number] = nil }

  private func setDeadlineTimer() {
    guard let first = deadlines.first else { return }
    if let alarmed = deadlineTimer {
      guard first < alarmed.moment else { return }
      loop.cancel(alarmed.token)
    }
    let token = loop.schedule(at: first) { [weak self] in
      self?.assumeIsolated { $0.deadlinesPassed() }
    }
    deadlineTimer = (token, first)
  }

  private func deadlinesPassed() {
    deadlineTimer = nil
    for number in deadlines.takeDue(at: loop.now) {
      guard let call = timed.removeValue(forKey: number) else { continue }
      call.port.missedDeadline(call.request, call.limit, of: self)
    }
    deadlines.sweep(living: timed.count) { timed[$0] == nil }
    setDeadlineTimer()
  }
}
