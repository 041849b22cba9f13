internal import DequeModule
internal import Synchronization

/// What happens to a host's workers, for one reader.
///
/// The host never waits for the reader: what does not fit into the buffer is dropped, and counted where it would have stood. The sequence ends
/// when the host has shut down. Each sequence is for one loop; ask the host for another one.
public struct HostEvents: AsyncSequence, Sendable {
  public typealias Element = HostEvent

  private let subscription: Subscription

  init(_ hub: EventHub, capacity: Int) {
    let queue = EventQueue(capacity: capacity)
    hub.add(queue)
    subscription = Subscription(hub, queue)
  }

  public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let subscription: Subscription

    /// The next event; `nil` when the host has shut down or the task is cancelled.
    public mutating func next() async -> HostEvent? { await subscription.queue.next() }

    public mutating func next(isolation: isolated (any Actor)?) async -> HostEvent? {
      await subscription.queue.next()
    }
  }

  /// Ends the buffering when the last of sequence and iterators has gone.
  fileprivate final class Subscription: Sendable {
    private let hub: EventHub
    let queue: EventQueue

    init(_ hub: EventHub, _ queue: EventQueue) {
      self.hub = hub
      self.queue = queue
    }

    deinit { hub.remove(queue) }
  }
}

/// Hands each event to every reader's buffer.
final class EventHub: Sendable {
  private let start = ContinuousClock.now

  /// Since the host was made.
  var uptime: Duration { start.duration(to: .now) }

  private let queues = Mutex<[EventQueue]>([])
  private let isOver = Atomic(false)
  /// Whether an event is worth being made.
  private let isHeard = Atomic(false)

  var hasReaders: Bool { isHeard.load(ordering: .relaxed) }

  func add(_ queue: EventQueue) {
    queues.withLock { $0.append(queue) }
    isHeard.store(true, ordering: .relaxed)
    // Looked at after the queue can be found: one of the two ends it.
    if isOver.load(ordering: .sequentiallyConsistent) { queue.finish() }
  }

  func remove(_ queue: EventQueue) {
    queues.withLock { queues in
      queues.removeAll { $0 === queue }
      isHeard.store(!queues.isEmpty, ordering: .relaxed)
    }
  }

  /// Never waits for a reader.
  func say(_ kind: @autoclosure () -> HostEvent.Kind) {
    guard hasReaders else { return }
    let event = HostEvent(time: uptime, kind: kind())
    let all = queues.withLock { $0 }
    for queue in all { queue.offer(event) }
  }

  func finish() {
    isOver.store(true, ordering: .sequentiallyConsistent)
    let all = queues.withLock { $0 }
    for queue in all { queue.finish() }
  }
}

/// One reader's buffer.
final class EventQueue: Sendable {
  private let capacity: Int
  private let state = Mutex(State())

  private struct State {
    var events = Deque<HostEvent>()
    /// Since the last one that was kept.
    var dropped: (count: UInt64, since: Duration) = (0, .zero)
    var isFinished = false
    var reader: UnsafeContinuation<HostEvent?, Never>?

    var droppedEvent: HostEvent? {
      dropped.count > 0 ? HostEvent(time: dropped.since, kind: .dropped(dropped.count)) : nil
    }

    mutating func pop() -> HostEvent? {
      if let event = events.popFirst() { return event }
      defer { dropped.count = 0 }
      return droppedEvent
    }
  }

  init(capacity: Int) { self.capacity = max(capacity, 1) }

  func offer(_ event: HostEvent) {
    let reader = state.withLock { state -> UnsafeContinuation<HostEvent?, Never>? in
      guard !state.isFinished else { return nil }
      if let reader = state.reader.take() { return reader }
      guard state.events.count < capacity else {
        if state.dropped.count == 0 { state.dropped.since = event.time }
        state.dropped.count &+= 1
        return nil
      }
      if let dropped = state.droppedEvent { state.events.append(dropped) }
      state.dropped.count = 0
      state.events.append(event)
      return nil
    }
    reader?.resume(returning: event)
  }

  func finish() {
    let reader = state.withLock { state -> UnsafeContinuation<HostEvent?, Never>? in
      state.isFinished = true
      return state.reader.take()
    }
    reader?.resume(returning: nil)
  }

  func next() async -> HostEvent? {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let (event, isOver) = state.withLock { state -> (HostEvent?, Bool) in
          if let event = state.pop() { return (event, true) }
          // A second reader of one sequence is told that there is nothing: events are given once.
          guard !state.isFinished, !Task.isCancelled, state.reader == nil else {
            return (nil, true)
          }
          state.reader = continuation
          return (nil, false)
        }
        if isOver { continuation.resume(returning: event) }
      }
    } onCancel: {
      let reader = state.withLock { $0.reader.take() }
      reader?.resume(returning: nil)
    }
  }
}
